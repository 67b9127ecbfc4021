"""Conversion of a checkpoint of one file to a folder in diffusers' layout.

The file holds only weights. The architecture and the tokenizers come from a folder that the operator names with --like,
so the conversion downloads nothing. Statements in the file override the configuration of that folder.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers.loaders.single_file_utils import SingleFileComponentError

from backend.store.weights import Tensor, read_header
from inlay.errors import CommandError
from inlay.registry.differences import differences
from inlay.registry.folders import CONFIGS, INDEX, LEFT_OUT, parts, read_json
from inlay.registry.statements import Statements
from worker.diffusion.kinds import kinds

SCHEDULER = Path("scheduler", "scheduler_config.json")

_DTYPES = {"F16": torch.float16, "BF16": torch.bfloat16}
_UNREADABLE = (
    *(OSError, ValueError, LookupError, TypeError, RuntimeError, AttributeError),
    SingleFileComponentError,
)


@contextmanager
def converted(file: Path, like: Path | None, said: Statements, place: Path) -> Iterator[Path]:
    """Convert a checkpoint to a folder under `place`, in the file's precision, and delete the folder after the block.
    `said`: the statements in the file. Raises CommandError if the file does not have the architecture of the folder
    `like`, states another kind, or lacks a part."""
    if like is None:
        raise CommandError(
            f"{file} is a checkpoint of one file: it does not hold the architecture of its model, nor its "
            f"tokenizers. Name a folder in diffusers' layout of the same architecture with --like FOLDER: that of a "
            f"model in Inlay, or a download without weights."
        )
    pipeline = _pipeline(like, said)
    configs, target = place / "configs", place / "converted"
    shutil.rmtree(place, ignore_errors=True)  # left by a run that was killed
    try:
        _copy_configs(like, configs)
        linked = place / "checkpoint.safetensors"  # a fixed name, because diffusers reads the ending
        linked.symlink_to(os.path.abspath(file))
        _convert(pipeline, linked, file, like, configs, target)
        _state(target / SCHEDULER, like, said)
        yield target
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _pipeline(like: Path, said: Statements) -> Any:
    """Return the pipeline class of a folder. Raises CommandError if Inlay does not support it, or if the file states
    another kind of model."""
    name = str(read_json(like / INDEX).get("_class_name"))
    kind = next((kind.name for kind in kinds().values() if name in kind.reads), None)
    if kind is None:
        known = sorted(pipeline for kind in kinds().values() for pipeline in kind.reads)
        raise CommandError(f"{like / INDEX}: Inlay does not support {name}; it supports {', '.join(known)}.")
    if said.kind is not None and said.kind.value != kind:
        raise CommandError(
            f"The file is of kind {said.kind.value} according to {said.kind.source}, but {like} is of kind {kind}. "
            f"Name a folder of kind {said.kind.value} with --like."
        )
    return getattr(diffusers, name)


def _copy_configs(like: Path, target: Path) -> None:
    """Copy a folder without its weights. Otherwise they would silently replace a part that the file lacks."""
    shutil.copy2(like / INDEX, _made(target))
    for part in parts(like / INDEX):
        if not (like / part.name).is_dir():
            raise CommandError(f"{like / part.name} is missing; {INDEX} names it.")
        for file in (like / part.name).iterdir():
            if file.suffix in CONFIGS and ".safetensors." not in file.name:
                shutil.copy2(file, _made(target / part.name))


def _convert(pipeline: Any, linked: Path, file: Path, like: Path, configs: Path, target: Path) -> None:
    unused = {name: None for name in LEFT_OUT if name in read_json(like / INDEX)}
    tensors = read_header(linked)
    options = {"config": str(configs), "local_files_only": True, "torch_dtype": _precision(tensors)}
    try:
        pipeline.from_single_file(str(linked), **options, **unused).save_pretrained(target, safe_serialization=True)
    except _UNREADABLE as error:
        raise CommandError(
            f"{file} is not a whole checkpoint of the architecture of {like}: {differences(tensors, like, str(error))}."
        ) from error


def _state(scheduler: Path, like: Path, said: Statements) -> None:
    """Write the file's statements about prediction and noise into the configuration of the scheduler. Raises
    CommandError if they contradict the architecture."""
    config = read_json(scheduler)
    if said.prediction is not None:
        _check_diffusion(config, said.prediction.value, said.prediction.source, like)
        config["prediction_type"] = said.prediction.value
    if said.zero_snr is not None:
        _check_diffusion(config, said.zero_snr.value, said.zero_snr.source, like)
        if config.get("prediction_type") != "v_prediction":
            raise CommandError(
                f"According to {said.zero_snr.source} the model was trained with zero terminal SNR, so it must predict "
                f"v; but {like / SCHEDULER} is of a model that predicts epsilon. "
                f"Name a folder of a model that predicts v with --like."
            )
        config |= {"_class_name": "DDIMScheduler", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        index = scheduler.parents[1] / INDEX
        index.write_text(json.dumps(read_json(index) | {"scheduler": ["diffusers", "DDIMScheduler"]}, indent=2))
    scheduler.write_text(json.dumps(config, indent=2))


def _check_diffusion(config: Mapping[str, Any], value: str, source: str, like: Path) -> None:
    """Raise CommandError if a statement says flow and the scheduler does not, or the other way round."""
    flows = str(config.get("_class_name", "")).startswith("FlowMatch")
    if flows != (value == "flow"):
        raise CommandError(
            f"The file states {value} (by {source}), but {like / SCHEDULER} is of a model that predicts "
            f"{'flow' if flows else 'epsilon or v'}. Name a folder of the same architecture with --like."
        )


def _precision(tensors: Mapping[str, Tensor]) -> torch.dtype:
    """Return the precision of most of a file's bytes."""
    weighed = Counter[str]()
    for tensor in tensors.values():
        weighed[tensor.dtype] += tensor.data_offsets[1] - tensor.data_offsets[0]
    return _DTYPES.get(weighed.most_common(1)[0][0], torch.float32)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
