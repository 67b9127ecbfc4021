"""Adding a model or adapter to the folder of models: read, check and describe it, then move it into place
as a whole."""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from backend.contracts.document import Name
from backend.contracts.model import AdapterDescription, LatentRgb, ModelDescription, read_description
from backend.store.models import DESCRIPTION
from backend.store.weights import BrokenWeightsError, latent_space
from inlay.errors import CommandError
from inlay.registry import adapters
from inlay.registry.folders import CONFIGS, INDEX, model_files, part_files, read_json
from inlay.registry.names import ENDINGS, check_free, free_id, title_of
from inlay.registry.single_file import SCHEDULER, converted
from inlay.registry.statements import read_statements
from inlay.registry.sums import SUMS, write_sums
from inlay.registry.trial import check_numbers, loaded_and_tried
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import Facts
from worker.diffusion.kinds import describe, kinds
from worker.diffusion.latent_rgb import fit
from worker.diffusion.previews import TINY, check_tiny

UNSTATED = "not stated"
STAGE = ".adding"
"""The name of a folder inside the folder of models. It holds a new entry until the entry is complete."""

_LICENCE = re.compile(r"^license:\s*[\"']?([^\s\"']+)", re.MULTILINE)
_PICKLE = "is a pickle, which could run code when it is loaded"
_OTHER_ENDINGS = dict.fromkeys((".ckpt", ".pt", ".pth", ".bin", ".pkl"), _PICKLE) | {
    ".gguf": "is a GGUF file, whose weights are packed for other programs",
    ".onnx": "is an ONNX file, whose network is compiled for other programs",
    ".engine": "is a TensorRT engine, which is compiled for one graphics card",
    ".msgpack": "holds weights for Flax",
    ".h5": "holds weights for TensorFlow",
}
"""The type of file for each ending, as the middle of a sentence."""

Description = ModelDescription | AdapterDescription
Described = TypeVar("Described", ModelDescription, AdapterDescription)


@dataclass(frozen=True)
class AddOptions:
    """The operator's options. None means that the source or a default decides.

    `name`: the name of the source, if its path is not its name; the id and the title are made from it. `like`: a folder
    in diffusers' layout with the configuration and tokenizers for a checkpoint of one file. `tiny_vae`: a folder with a
    tiny decoder for previews, instead of the model's own.
    """

    id: str | None = None
    title: str | None = None
    licence: str | None = None
    latent_space: str | None = None
    kind: str | None = None
    revision: str | None = None
    like: Path | None = None
    tiny_vae: Path | None = None
    name: str | None = None


def add(source: Path, models: Path, said: AddOptions, budget: int | None = None) -> Description:
    """Add a model or an adapter, from a folder or a single file, to the folder of models.

    Weights are hard links to the source's files if possible, else copies. A model is loaded once into main memory.
    `budget`: the bytes that it may take there. Raises CommandError, which names the file, if something is missing,
    damaged or not supported; the folder of models then stays unchanged.
    """
    if not source.exists():
        raise CommandError(f"There is no {source} to add.")
    _check_said(said)
    said = replace(said, name=said.name or title_of(source))
    id = said.id or free_id(said.name or "", models)
    check_free(id, models, "--id")
    try:
        with _stage(models, id) as stage:
            description = _filled(stage, source, said, budget)
            _write(description, stage)
            write_sums(stage)
            if said.id is None:
                _check_new(stage, models, source)
            stage.rename(models / id)
    except OSError as error:
        raise CommandError(f"{source} could not be added to {models}: {error.strerror or error}.") from error
    return description


def _filled(stage: Path, source: Path, said: AddOptions, budget: int | None) -> Description:
    """Recognise the source, put its files into the empty folder `stage`, and return its description. The name of
    `stage` is the new id."""
    if source.is_file():
        return _from_file(stage, source, said, budget)
    if (source / INDEX).is_file():
        return _model(stage, source, said, budget)
    if (source / "config.json").is_file():
        return _controlnet(stage, source, said)
    files = sorted(file for file in source.iterdir() if file.suffix.lower() in ENDINGS)
    if len(files) != 1:
        raise CommandError(
            f"{source / INDEX} is missing: a model is a folder in diffusers' layout, as save_pretrained writes it, or "
            f"a single .safetensors file; a LoRA's folder holds one such file, and this one holds {len(files)}."
        )
    return _from_file(stage, files[0], said, budget)


def _from_file(stage: Path, file: Path, said: AddOptions, budget: int | None) -> Description:
    """Add a LoRA, an IP-Adapter, or a checkpoint of one file."""
    other = _OTHER_ENDINGS.get(file.suffix.lower())
    if other is not None:
        raise CommandError(f"{file} {other}. Take the .safetensors file of the same weights; most models have one.")
    try:
        traits = adapters.of_file(file, said.kind)
        if traits is not None:
            return _adapter(stage, [file], traits, said)
        stated = read_statements([file])
    except BrokenWeightsError as error:
        raise CommandError(f"{file.parent}: {error}.") from error
    said = replace(said, licence=said.licence or stated.licence or _licence(file.parent))
    with converted(file, said.like, stated, stage.with_name(f"{stage.name}.converted")) as folder:
        try:
            return _model(stage, folder, said, budget)
        except CommandError as error:
            raise CommandError(str(error).replace(str(folder), str(file))) from error


def _model(stage: Path, source: Path, said: AddOptions, budget: int | None) -> ModelDescription:
    """Add a whole model, and load it once as a worker would."""
    files = model_files(source)
    try:
        facts = describe(source)
        if said.kind not in (None, facts.kind):
            raise CommandError(f"{source} is of kind {facts.kind}, as its {INDEX} says; leave --kind out.")
        _check_statements(source, files, facts)
        described = _described(source, facts, stage.name, said)
        check_numbers(source / file for file in files if file.suffix == ".safetensors")
        for file in files:
            _put(source / file, stage / file)
        if said.tiny_vae is not None:
            _put_tiny(said.tiny_vae, stage, described)
        for file in (*source.glob("LICENSE*"), *source.glob("README.md")):
            _put(file, stage / file.name)
        measured = {
            "weights_bytes": sum(path.stat().st_size for path in stage.rglob("*.safetensors")),
            "latent_space": described.latent_space or latent_space(stage / "vae"),
        }
        described = described.model_copy(update=measured)
        _write(described, stage)
        loaded = loaded_and_tried(described.id, stage.parent, budget)
        if (source / DESCRIPTION).is_file():
            return described
        mapping = fit(loaded.decoder.decode, described.channels, described.cell, loaded.device)
        return described.model_copy(update={"latent_rgb": mapping})
    except DiffusionError as error:
        raise CommandError(str(error).replace(str(stage), str(source))) from error


def _put_tiny(source: Path, stage: Path, model: ModelDescription) -> None:
    """Put a tiny decoder into the model's folder, in place of its own. Raises CommandError or DiffusionError if it does
    not decode the model's latents."""
    files = part_files(source, ".", True, "--tiny-vae names it")
    check_tiny(source, model)
    check_numbers(source / file for file in files if file.suffix == ".safetensors")
    shutil.rmtree(stage / TINY, ignore_errors=True)
    for file in files:
        _put(source / file, stage / TINY / file)


def _check_statements(source: Path, files: list[Path], facts: Facts) -> None:
    """Raise CommandError if the statements in a model's weights contradict the configuration of its scheduler."""
    stated = read_statements([source / file for file in files if file.suffix == ".safetensors"])
    if stated.prediction is not None and stated.prediction.value != facts.prediction:
        raise CommandError(
            f"According to {stated.prediction.source} the model predicts {stated.prediction.value}, but "
            f"{source / SCHEDULER} says {facts.prediction}. Correct prediction_type there, or take another copy "
            f"of the model."
        )
    if stated.zero_snr is not None and not read_json(source / SCHEDULER).get("rescale_betas_zero_snr"):
        raise CommandError(
            f"According to {stated.zero_snr.source} the model was trained with zero terminal SNR, but "
            f"{source / SCHEDULER} does not say so. Set rescale_betas_zero_snr to true and timestep_spacing to "
            f'"trailing" there.'
        )


def _check_new(stage: Path, models: Path, source: Path) -> None:
    """Raise CommandError if the folder of models holds the same weights already."""
    sums = (stage / SUMS).read_text()
    same = next((one.parent.name for one in sorted(models.glob(f"*/{SUMS}")) if one.read_text() == sums), None)
    if same is not None:
        raise CommandError(
            f"Inlay has the weights of {source} already, as {same!r}. To add them again, name an id with --id."
        )


def _write(description: Description, folder: Path) -> None:
    (folder / DESCRIPTION).write_text(description.model_dump_json(indent=1, exclude_none=True) + "\n")


def _described(source: Path, facts: Facts, id: str, said: AddOptions) -> ModelDescription:
    """Return a model's description: its own inlay.json, or one made from its configuration. The operator's options
    override both."""
    own = source / DESCRIPTION
    if own.is_file():
        try:
            description = read_description(own.read_bytes())
        except ValidationError as error:
            raise CommandError(f"{own} is not a model description: {error.errors()[0]['msg']}.") from error
        if not isinstance(description, ModelDescription):
            raise CommandError(f"{own} describes a {description.entry}, and {INDEX} a whole model.")
        description = description.model_copy(update=_fitting(facts))
        return description.model_copy(update={"id": id, **_changes(said)})
    plain: dict[str, Any] = {
        "id": id,
        "title": said.name,
        "revision": "1",
        "licence": _licence(source),
        "kind": facts.kind,
        "native_size": facts.native_size,
        "cell": facts.cell,
        "channels": facts.channels,
        "prediction": facts.prediction,
        "max_tokens": facts.max_tokens,
        **_fitting(facts),
        "defaults": {
            "steps": facts.steps,
            "guidance": facts.guidance,
            "eta": 0.0,
            "scheduler": facts.scheduler,
            "window": facts.native_size,
            "stride": facts.native_size // 2,
        },
        "presets": facts.presets,
        "latent_rgb": LatentRgb(factors=[[0.0, 0.0, 0.0]] * facts.channels, bias=[0.5, 0.5, 0.5]),
    }
    return _valid(ModelDescription, plain | _changes(said), source)


def _valid(kind: type[Described], plain: dict[str, Any], source: Path) -> Described:
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CommandError(
            f"{source} cannot be offered: by its configuration, {where} is {first['input']!r}, and {first['msg']}."
        ) from error


def _fitting(facts: Facts) -> dict[str, Any]:
    """Return the fields that decide which adapters fit a model, and how large its views may be."""
    return {
        "cross_attention_dim": facts.cross_attention_dim,
        "block_channels": facts.block_channels and list(facts.block_channels),
        "largest_view": facts.largest_view,
        "adapters": list(facts.adapters),
    }


def _controlnet(stage: Path, source: Path, said: AddOptions) -> AdapterDescription:
    traits = adapters.of_controlnet(source)
    if traits is None:
        raise CommandError(
            f"{source / 'config.json'} is not of a ControlNet that Inlay supports. A whole model would have {INDEX} "
            f"beside it."
        )
    files = part_files(source, ".", True, "a ControlNet has it")
    return _adapter(stage, [source / file for file in files], traits, said)


def _adapter(stage: Path, files: list[Path], traits: adapters.Traits, said: AddOptions) -> AdapterDescription:
    """Add an adapter. A single file gets the name that Inlay expects for its type; several files keep their names. An
    IP-Adapter also needs the folder image_encoder beside its file."""
    if said.tiny_vae is not None:
        raise CommandError(f"--tiny-vae goes with a model, and this is a {traits.entry}; leave it out.")
    weights = [file for file in files if file.suffix.lower() not in CONFIGS]
    if traits.entry == "lora":
        adapters.check_lora(weights[0], said.kind or traits.kind)
    placed = {file: adapters.FILES[traits.entry] if weights == [file] else file.name for file in files}
    if traits.entry == "ip-adapter":
        beside = files[0].parent
        encoder = part_files(beside, "image_encoder", True, "an IP-Adapter needs it")
        placed |= {beside / file: file.as_posix() for file in encoder}
    _check_numbers(file for file, name in placed.items() if name.endswith(".safetensors"))
    for file, name in placed.items():
        _put(file, stage / name)
    plain: dict[str, Any] = {
        **traits._asdict(),
        "id": stage.name,
        "title": said.name,
        "revision": "1",
        "licence": _licence(files[0].parent),
        "weights_bytes": sum(path.stat().st_size for path in stage.rglob("*.safetensors")),
    }
    changes = {key: value for key, value in _changes(said).items() if key in AdapterDescription.model_fields}
    return _valid(AdapterDescription, plain | changes | ({"kind": said.kind} if said.kind else {}), files[0].parent)


def _check_numbers(files: Iterable[Path]) -> None:
    """Raise CommandError, which names the weight, if a file of weights holds NaN or infinities."""
    try:
        check_numbers(files)
    except DiffusionError as error:
        raise CommandError(str(error)) from error


def _changes(said: AddOptions) -> dict[str, str]:
    """Return the fields of a description that the operator set, except id and kind."""
    given = {"title": said.title, "licence": said.licence, "revision": said.revision, "latent_space": said.latent_space}
    return {key: value for key, value in given.items() if value is not None}


def _licence(folder: Path) -> str:
    """Return the licence in the front matter of a model card, or "not stated"."""
    card = folder / "README.md"
    found = _LICENCE.search(card.read_text(errors="replace")) if card.is_file() else None
    return found[1] if found else UNSTATED


def _put(source: Path, target: Path) -> None:
    """Put a file into the folder of models: weights as a hard link if possible, because they are large and nobody edits
    them; other files as copies."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".safetensors":
        try:
            target.hardlink_to(source.resolve())
            return
        except OSError:  # the folders are on different file systems, or theirs has no hard links
            pass
    shutil.copyfile(source, target)


@contextmanager
def _stage(models: Path, id: str) -> Iterator[Path]:
    """Make an empty folder on the file system of the models, where the catalog does not look, and delete it after the
    block. The block may move it away."""
    stage = models / STAGE / id
    shutil.rmtree(stage, ignore_errors=True)  # left by a run that was killed
    stage.mkdir(parents=True)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if not any((models / STAGE).iterdir()):
            (models / STAGE).rmdir()


def _check_said(said: AddOptions) -> None:
    """Raise CommandError if the name of the latent space is not valid, or if Inlay does not know the kind."""
    try:
        TypeAdapter(Name | None).validate_python(said.latent_space)
    except ValidationError:
        raise CommandError(
            f"{said.latent_space!r} cannot name a latent space. Choose up to 64 letters, digits, '_', '.' and '-', and "
            f"begin with a letter or digit."
        ) from None
    if said.kind is not None and said.kind not in kinds():
        raise CommandError(f"There is no kind {said.kind!r}; there are: {', '.join(sorted(kinds()))}.")
