"""The statements of weights files about their model: marker weights, notes in the header, and a .yaml
beside the file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from backend.store.weights import Tensor, read_header, read_metadata
from inlay.errors import CommandError
from inlay.registry.strangers import OTHER_MODEL

_PREDICTIONS = {
    "epsilon": "epsilon",
    "eps": "epsilon",
    "v": "v_prediction",
    "v_prediction": "v_prediction",
    "v-prediction": "v_prediction",
    "flow": "flow",
    "rectified_flow": "flow",
}
_KINDS = {
    r"refiner": None,
    r"^(stable-diffusion-xl|sdxl)": "stable-diffusion-xl",
    r"^(stable-diffusion-v?3|sd_?v?3)": "stable-diffusion-3",
    r"^(stable-diffusion-v?[12]|sd_?v?[12])": "stable-diffusion",
    r"flux|wan|hunyuan|lumina|z-?image|qwen|pixart|aura|cascade|chroma|ltx|cosmos|hidream|kolors|svd|video": None,
}
"""Patterns for names of architectures, and the kind that each one is. None means that Inlay does not support it."""

_ARCHITECTURE_NOTES = ("modelspec.architecture", "ss_base_model_version")
_YAML_PARAMETRIZATION = re.compile(r"^\s*parameterization:\s*[\"']?(\w+)", re.MULTILINE)


class Statement(NamedTuple):
    """A statement and its source."""

    value: str
    source: str


@dataclass(frozen=True)
class Statements:
    """The statements about a model: its prediction, a schedule that ends in pure noise (zero terminal SNR), its kind
    and its licence. Each is None if the files do not state it."""

    prediction: Statement | None = None
    zero_snr: Statement | None = None
    kind: Statement | None = None
    licence: str | None = None


def read_statements(files: Sequence[Path]) -> Statements:
    """Read the statements of files. Raises CommandError if they contradict each other or name a model that Inlay does
    not support, and BrokenWeightsError as `read_header` does."""
    predictions, zeros, kinds, licences = [], [], [], []
    for file in files:
        tensors, notes = read_header(file), read_metadata(file)
        _check_edm(file, tensors)
        predictions += _predictions(file, tensors, notes)
        zeros += _zeros(file, tensors, notes)
        kinds += _kinds(file, notes)
        licences += [notes["modelspec.license"]] if notes.get("modelspec.license") else []
    return Statements(
        prediction=_agreed(predictions),
        zero_snr=next(iter(zeros), None),
        kind=_agreed(kinds),
        licence=next(iter(licences), None),
    )


def _check_edm(file: Path, tensors: Mapping[str, Tensor]) -> None:
    found = next((name for name in tensors if name.startswith(("edm_mean", "edm_std", "edm_vpred."))), None)
    if found is not None:
        raise CommandError(
            f"{file} has the weight {found!r}, so it is an EDM model. Inlay does not support EDM models; it supports "
            f"models that predict epsilon, v or flow."
        )


def _predictions(file: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> Iterator[Statement]:
    if "v_pred" in tensors:
        yield Statement("v_prediction", f"the weight 'v_pred' in {file.name}")
    noted = notes.get("modelspec.prediction_type")
    if noted is not None:
        yield _prediction(noted, f"modelspec.prediction_type in {file.name}")
    beside = file.with_suffix(".yaml")
    if beside.is_file():
        for found in _YAML_PARAMETRIZATION.findall(beside.read_text(errors="replace")):
            yield _prediction(found, f"parameterization in {beside.name}")


def _prediction(said: str, source: str) -> Statement:
    if said.lower() not in _PREDICTIONS:
        raise CommandError(f"{source} is {said!r}; Inlay supports models that predict epsilon, v or flow.")
    return Statement(_PREDICTIONS[said.lower()], source)


def _zeros(file: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> Iterator[Statement]:
    if "ztsnr" in tensors:
        yield Statement("zero terminal SNR", f"the weight 'ztsnr' in {file.name}")
    if notes.get("ss_zero_terminal_snr", "").lower() == "true":
        yield Statement("zero terminal SNR", f"ss_zero_terminal_snr in {file.name}")


def _kinds(file: Path, notes: Mapping[str, str]) -> Iterator[Statement]:
    for note in _ARCHITECTURE_NOTES:
        said = notes.get(note, "").lower()
        sign = next((sign for sign in _KINDS if said and re.search(sign, said)), None)
        if sign is None:
            continue
        kind = _KINDS[sign]
        if kind is None:
            raise CommandError(f"{file} is made for {notes[note]!r} according to {note}. {OTHER_MODEL}")
        yield Statement(kind, f"{note} in {file.name}")


def _agreed(said: list[Statement]) -> Statement | None:
    """Return the first statement, or None if there is none. Raises CommandError if another one differs."""
    other = next((one for one in said if one.value != said[0].value), None)
    if other is not None:
        raise CommandError(
            f"The file contradicts itself: it is {said[0].value} according to {said[0].source}, and {other.value} "
            f"according to {other.source}. Take another copy."
        )
    return said[0] if said else None
