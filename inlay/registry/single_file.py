"""A checkpoint of one file, as a folder in diffusers' layout.

One file holds weights only. Which architecture they are of, and the tokenizers, come from a folder in diffusers' layout
that the operator names: nothing is fetched for it.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers.loaders.single_file_utils import SingleFileComponentError

from backend.store.weights import read_header
from inlay.errors import CommandError
from inlay.registry.folders import CONFIGS, INDEX, LEFT_OUT, parts, read_json
from worker.diffusion.kinds import kinds

_DTYPES = {"F16": torch.float16, "BF16": torch.bfloat16}


@contextmanager
def converted(file: Path, like: Path | None, place: Path) -> Iterator[Path]:
    """The checkpoint as a folder at `place`, for the length of the block, at the precision of the file. CommandError
    where it is not of the architecture of the folder `like`, or lacks a part of it."""
    if like is None:
        raise CommandError(
            f"{file} is a checkpoint of one file: it holds weights, and neither the shape of its model nor its "
            f"tokenizers. Name a folder in diffusers' layout of the same architecture with --like FOLDER; that of a "
            f"model added before will do, and of a download without its weights."
        )
    pipeline = _pipeline(like)
    configs, target = place / "configs", place / file.stem
    shutil.rmtree(place, ignore_errors=True)  # of a run that was killed
    try:
        _copy_configs(like, configs)
        _convert(pipeline, file, like, configs, target)
        yield target
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _pipeline(like: Path) -> Any:
    """The pipeline class of a folder, one of those that a kind takes."""
    name = read_json(like / INDEX).get("_class_name")
    known = sorted(pipeline for kind in kinds().values() for pipeline in kind.reads)
    if name not in known:
        raise CommandError(f"{like / INDEX}: no kind takes a {name}; those taken: {', '.join(known)}.")
    return getattr(diffusers, name)


def _copy_configs(like: Path, target: Path) -> None:
    """All of a folder but its weights: a part that the file lacks must not come from them in silence."""
    shutil.copy2(like / INDEX, _made(target))
    for part in parts(like / INDEX):
        if not (like / part.name).is_dir():
            raise CommandError(f"{like / part.name} is missing; {INDEX} names it.")
        for file in (like / part.name).iterdir():
            if file.suffix in CONFIGS and ".safetensors." not in file.name:
                shutil.copy2(file, _made(target / part.name))


def _convert(pipeline: Any, file: Path, like: Path, configs: Path, target: Path) -> None:
    unused = {name: None for name in LEFT_OUT if name in read_json(like / INDEX)}
    options = {"config": str(configs), "local_files_only": True, "torch_dtype": _precision(file)}
    try:
        pipeline.from_single_file(str(file), **options, **unused).save_pretrained(target, safe_serialization=True)
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        RuntimeError,
        AttributeError,
        SingleFileComponentError,
    ) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise CommandError(f"{file} is not a whole checkpoint of the architecture of {like}: {said[0]}") from error


def _precision(file: Path) -> torch.dtype:
    """That of most of a file's bytes."""
    weighed = Counter[str]()
    for tensor in read_header(file).values():
        weighed[tensor.dtype] += tensor.data_offsets[1] - tensor.data_offsets[0]
    return _DTYPES.get(weighed.most_common(1)[0][0], torch.float32)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
