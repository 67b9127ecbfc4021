"""Tensor shapes and argument types are checked at run time wherever the engine or its loaders run under pytest."""

import os

from jaxtyping import install_import_hook

from backend import logs

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny models only wait for each other's threads
install_import_hook(["inlay_engine", "worker.diffusion", "worker.build"], "beartype.beartype")

logs.configure("info", "console")
