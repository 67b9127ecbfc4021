"""Diffusion models. No other folder of the worker imports diffusers or transformers."""

import os

os.environ["DIFFUSERS_DISABLE_REMOTE_CODE"] = "1"  # read when diffusers is imported; a model folder must not run code
