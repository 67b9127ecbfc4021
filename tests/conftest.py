"""Check tensor shapes and argument types at run time, in the engine and its loaders, under pytest."""

import os

from jaxtyping import install_import_hook

from backend import logs

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny models only wait for each other's threads
install_import_hook(["inlay_engine", "worker.diffusion", "worker.build"], "beartype.beartype")

logs.configure("info", "console")
