"""Folders in diffusers' layout: which files a model needs, and whether they are complete."""

import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from backend.store.models import DESCRIPTION
from backend.store.weights import BrokenWeightsError, read_header, shards
from inlay.errors import CommandError
from worker.diffusion.previews import TINY

INDEX = "model_index.json"
LIBRARIES = ("diffusers", "transformers")
LEFT_OUT = ("safety_checker", "feature_extractor", "image_encoder")
"""The parts of a pipeline that Inlay does not use."""

CONFIGS = (".json", ".txt", ".model")
"""The endings of files beside weights: configurations, vocabularies, SentencePiece models."""

_WITHOUT_WEIGHTS = ("Scheduler", "Tokenizer", "TokenizerFast")
_WEIGHTS = re.compile(r"(diffusion_pytorch_model|model)(?P<half>\.fp16)?(?P<shard>-\d{5}-of-\d{5})?\.safetensors")
_SPLIT = re.compile(r"(diffusion_pytorch_model|model)\.safetensors\.index(?P<half>\.fp16)?\.json")
_OTHER_WEIGHTS = (".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".onnx", ".h5")


class Part(NamedTuple):
    """A part of a pipeline. `name`: of its folder. `weighs`: whether it has weights."""

    name: str
    weighs: bool


def parts(index: Path) -> list[Part]:
    """Return the parts that a model_index.json names, without those that Inlay does not use. Raises CommandError if a
    part needs code from the model's author, or if there is no part."""
    found = []
    for name, value in read_json(index).items():
        if not (isinstance(value, list) and len(value) == 2) or None in value or name in LEFT_OUT:
            continue
        library, kind = map(str, value)
        if PurePosixPath(name).name != name:
            raise CommandError(f"{index} names a part {name!r}, which is not the name of a folder beside it.")
        if library not in LIBRARIES:
            raise CommandError(
                f"{index} takes {name} from the library {library!r}; Inlay loads only parts of diffusers and "
                f"transformers."
            )
        found.append(Part(name, not kind.endswith(_WITHOUT_WEIGHTS)))
    if not found:
        raise CommandError(f"{index} names no part of a model.")
    return found


def model_files(folder: Path) -> list[Path]:
    """Return the files that a model needs, relative to its folder: each part's configuration and one set of its
    weights, in full precision if there is one. Raises CommandError, which names the file, if one is missing or damaged.
    """
    files = [Path(INDEX)]
    for part in parts(folder / INDEX):
        files += part_files(folder, part.name, part.weighs, f"{INDEX} names it")
    controls = sorted(folder.glob("controlnet_*/config.json"))
    for config in controls if (folder / DESCRIPTION).is_file() else []:
        files += part_files(folder, config.parent.name, True, f"{DESCRIPTION} names it")
    if (folder / TINY).is_dir():
        files += part_files(folder, TINY, True, "previews need it")
    return files


def part_files(folder: Path, name: str, weighs: bool, why: str) -> list[Path]:
    """Return the files of a part, relative to the model's folder. `name`: of the part's folder; "." is the model's
    folder itself. `why`: the reason why the part must be there, for the error. Raises CommandError if a file is missing
    or damaged."""
    part = folder / name
    if not part.is_dir():
        raise CommandError(f"{part} is missing; {why}. Copy the folder again.")
    names = sorted(path.name for path in part.iterdir() if path.is_file())
    if not weighs:
        return [Path(name, one) for one in names if one.endswith(CONFIGS)]
    if "config.json" not in names:
        raise CommandError(f"{part / 'config.json'} is missing; it describes the weights beside it.")
    weights = chosen_weights(names)
    if not weights:
        raise CommandError(_no_weights(part, names))
    check_weights([part / one for one in weights])
    return [Path(name, "config.json"), *(Path(name, one) for one in weights)]


def chosen_weights(names: Iterable[str]) -> list[str]:
    """Return one set of weights from the file names of a part. Full precision goes before half precision, and one file
    before several shards."""
    for half in (None, ".fp16"):
        matches = [match for name in names if (match := _WEIGHTS.fullmatch(name)) and match["half"] == half]
        if whole := [match[0] for match in matches if match["shard"] is None]:
            return whole[:1]
        split = [match[0] for name in names if (match := _SPLIT.fullmatch(name)) and match["half"] == half]
        if matches or split:
            return [*split[:1], *sorted(match[0] for match in matches)]
    return []


def check_weights(files: Iterable[Path]) -> None:
    """Raise CommandError if a file of weights is damaged, or if an index names a missing or damaged shard."""
    for file in files:
        try:
            shards(file) if file.name.endswith(".json") else read_header(file)
        except BrokenWeightsError as error:
            raise CommandError(f"{file.parent}: {error}.") from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def read_json(file: Path) -> dict[str, Any]:
    """Read a JSON object. Raises CommandError, which names the file, if the file is missing or holds no JSON object."""
    try:
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise CommandError(f"{file} is missing.") from None
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise CommandError(f"{file} is not a JSON object.")
    return value


def _no_weights(part: Path, names: list[str]) -> str:
    other = next((name for name in names if name.endswith((*_OTHER_WEIGHTS, ".safetensors"))), None)
    if other is None:
        return f"{part} holds no weights; copy the folder again."
    return (
        f"{part} holds {other}, which Inlay does not read; it reads model.safetensors and diffusion_pytorch_model"
        f".safetensors. Take a copy of the model that has them."
    )
