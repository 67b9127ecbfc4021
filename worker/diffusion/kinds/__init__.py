"""The kinds of models. Every module of this folder defines one as KIND; `kinds` finds the modules by itself."""

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
    """Return all kinds by their names."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return {module.KIND.name: module.KIND for module in modules}


def kind_of(name: str) -> Kind:
    """Return the kind of this name. Raises DiffusionError, which lists the known kinds, if there is none."""
    if name not in kinds():
        raise DiffusionError(f"Inlay knows no models of kind {name!r}; it knows {', '.join(sorted(kinds()))}.")
    return kinds()[name]


def describe(folder: Path) -> Facts:
    """Return the facts of a model folder, by the kind that loads its pipeline. The function reads no weights. Raises
    DiffusionError if no kind loads this pipeline, or if a configuration is missing or cannot be read."""
    pipeline = pipeline_index(folder).get("_class_name")
    for kind in kinds().values():
        if pipeline in kind.reads:
            return kind.describe(folder)
    known = sorted(name for kind in kinds().values() for name in kind.reads)
    raise DiffusionError(
        f"{folder / 'model_index.json'}: Inlay does not support {pipeline}; it supports {', '.join(known)}."
    )
