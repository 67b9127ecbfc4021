"""Tensor shapes and argument types are checked at run time wherever the engine or its loaders run under pytest."""

from jaxtyping import install_import_hook

install_import_hook(["worker.engine", "worker.diffusion", "worker.build"], "beartype.beartype")
