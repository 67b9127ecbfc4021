"""A checkpoint of one file, as a folder in diffusers' layout.

One file holds weights only. Which architecture they are of, and the tokenizers, come from a folder in diffusers' layout
that the operator names: nothing is fetched for it. What the file says of itself goes before what that folder says.
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
    """The checkpoint as a folder under `place`, for the length of the block, at the precision of the file. `said`: what
    the file says of itself. CommandError where it is not of the architecture of the folder `like`, says so itself, or
    lacks a part of it."""
    if like is None:
        raise CommandError(
            f"{file} is a checkpoint of one file: it holds weights, and neither the shape of its model nor its "
            f"tokenizers. Name a folder in diffusers' layout of the same architecture with --like FOLDER; that of a "
            f"model added before will do, and of a download without its weights."
        )
    pipeline = _pipeline(like, said)
    configs, target = place / "configs", place / "converted"
    shutil.rmtree(place, ignore_errors=True)  # of a run that was killed
    try:
        _copy_configs(like, configs)
        linked = place / "checkpoint.safetensors"  # by whatever name and ending people have it
        linked.symlink_to(os.path.abspath(file))
        _convert(pipeline, linked, file, like, configs, target)
        _state(target / SCHEDULER, like, said)
        yield target
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _pipeline(like: Path, said: Statements) -> Any:
    """The pipeline class of a folder, one of those that a kind takes, and the kind that the file says it is of."""
    name = str(read_json(like / INDEX).get("_class_name"))
    kind = next((kind.name for kind in kinds().values() if name in kind.reads), None)
    if kind is None:
        known = sorted(pipeline for kind in kinds().values() for pipeline in kind.reads)
        raise CommandError(f"{like / INDEX}: no kind takes a {name}; those taken: {', '.join(known)}.")
    if said.kind is not None and said.kind.value != kind:
        raise CommandError(
            f"By {said.kind.source} the file is of kind {said.kind.value}, and {like} is of kind {kind}. Name a folder "
            f"of kind {said.kind.value} with --like."
        )
    return getattr(diffusers, name)


def _copy_configs(like: Path, target: Path) -> None:
    """Copy all of a folder but its weights: a part that the file lacks must not come from them in silence."""
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
    """Write what a file says of its prediction and noise into the scheduler's configuration. CommandError where a model
    of that architecture cannot be what it says."""
    config = read_json(scheduler)
    if said.prediction is not None:
        _check_diffusion(config, said.prediction.value, said.prediction.source, like)
        config["prediction_type"] = said.prediction.value
    if said.zero_snr is not None:
        _check_diffusion(config, said.zero_snr.value, said.zero_snr.source, like)
        if config.get("prediction_type") != "v_prediction":
            raise CommandError(
                f"By {said.zero_snr.source} the model was trained up to pure noise (zero terminal SNR), from which one "
                f"that predicts epsilon cannot tell the picture; and {like / SCHEDULER} says that it predicts epsilon. "
                f"Name a folder of a model that predicts v with --like."
            )
        config |= {"_class_name": "DDIMScheduler", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        index = scheduler.parents[1] / INDEX
        index.write_text(json.dumps(read_json(index) | {"scheduler": ["diffusers", "DDIMScheduler"]}, indent=2))
    scheduler.write_text(json.dumps(config, indent=2))


def _check_diffusion(config: Mapping[str, Any], value: str, source: str, like: Path) -> None:
    """CommandError where a model that predicts epsilon or v is said to be a flow model, or the other way round."""
    flows = str(config.get("_class_name", "")).startswith("FlowMatch")
    if flows != (value == "flow"):
        raise CommandError(
            f"By {source} it is {value}, but {like / SCHEDULER} is of a model that predicts "
            f"{'flow' if flows else 'epsilon or v'}. Name a folder of the same architecture with --like."
        )


def _precision(tensors: Mapping[str, Tensor]) -> torch.dtype:
    """That of most of a file's bytes."""
    weighed = Counter[str]()
    for tensor in tensors.values():
        weighed[tensor.dtype] += tensor.data_offsets[1] - tensor.data_offsets[0]
    return _DTYPES.get(weighed.most_common(1)[0][0], torch.float32)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
