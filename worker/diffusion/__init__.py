"""Diffusion models: the only folder that knows diffusers and transformers."""

import os

os.environ["DIFFUSERS_DISABLE_REMOTE_CODE"] = "1"  # read when diffusers is imported; a model folder must not run code
