"""The kinds of models, one file each: every module of this folder defines one as KIND, and is found by that alone."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import Facts, Kind
from worker.diffusion.parts import pipeline_index


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return {module.KIND.name: module.KIND for module in modules}


def kind_of(name: str) -> Kind:
    """The kind of that name; DiffusionError with those there are."""
    if name not in kinds():
        raise DiffusionError(f"Inlay knows no models of kind {name!r}; it knows {', '.join(sorted(kinds()))}.")
    return kinds()[name]


def describe(folder: Path) -> Facts:
    """Read a folder's configurations with the kind that takes its pipeline; no weights are read. Raise DiffusionError
    for a pipeline that no kind takes, and where a configuration is missing or cannot be read."""
    pipeline = pipeline_index(folder).get("_class_name")
    for kind in kinds().values():
        if pipeline in kind.reads:
            return kind.describe(folder)
    known = sorted(name for kind in kinds().values() for name in kind.reads)
    raise DiffusionError(f"{folder / 'model_index.json'}: no kind takes a {pipeline}; those taken: {', '.join(known)}.")
