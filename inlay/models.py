"""`inlay models`: add, pull, list, check and remove the models and adapters that the studio offers."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from backend.contracts.model import AdapterDescription, ModelDescription
from backend.store.models import Entries, ModelCatalog
from inlay.terminal import busy, err, fail, say, sentences, show, valid
from worker.settings import Settings

if TYPE_CHECKING:
    from inlay.registry.adding import AddOptions

REMOVED = ".removed"
"""The name of a folder beside the models. `remove` renames a model into it, then deletes it."""

commands = typer.Typer(no_args_is_help=True, help="The models and adapters that the studio offers.")

Id = Annotated[str | None, typer.Option(help="The id that jobs use. Default: made from the file's name.")]
Title = Annotated[str | None, typer.Option(help="The name that people see.")]
Licence = Annotated[str | None, typer.Option(help="Its licence. Default: the one in its model card.")]
Kind = Annotated[str | None, typer.Option(help="The kind of model that an adapter fits, if Inlay guesses wrong.")]
Like = Annotated[
    Path | None,
    typer.Option(help="For a checkpoint of one file: a diffusers folder of the same architecture."),
]
LatentSpace = Annotated[
    str | None, typer.Option(help="The latent space of another model, if you know that both share their latents.")
]
TinyVae = Annotated[
    Path | None,
    typer.Option(help="A folder with a tiny decoder (AutoencoderTiny) for the model's latents: sharper previews."),
]


@commands.command()
def add(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER_OR_FILE", help="A diffusers folder, or one .safetensors file.")
    ],
    id: Id = None,
    title: Title = None,
    licence: Licence = None,
    latent_space: LatentSpace = None,
    kind: Kind = None,
    like: Like = None,
    tiny_vae: TinyVae = None,
) -> None:
    """Add a model, ControlNet, LoRA or IP-Adapter from this machine. The original files stay where they are."""
    from inlay.registry.adding import (
        AddOptions,
    )  # imported late: torch takes seconds

    with sentences():
        _add(source, AddOptions(id, title, licence, latent_space, kind, like=like, tiny_vae=tiny_vae))


@commands.command()
def pull(
    hub_id: Annotated[str, typer.Argument(metavar="HUB_ID", help="For example someone/a-model.")],
    revision: Annotated[str | None, typer.Option(help="A branch, tag or commit. Default: the newest.")] = None,
    file: Annotated[str | None, typer.Option(help="One .safetensors file of the repository.")] = None,
    id: Id = None,
    title: Title = None,
    licence: Licence = None,
    latent_space: LatentSpace = None,
    kind: Kind = None,
    like: Like = None,
    tiny_vae: TinyVae = None,
) -> None:
    """Download a model or adapter from the Hugging Face Hub and add it. No other command downloads anything."""
    from inlay.registry.adding import AddOptions
    from inlay.registry.names import check_free, free_id, title_of
    from inlay.registry.pulling import pulled

    settings = _settings()
    with sentences():
        name = title_of(Path(file or hub_id))
        check_free(id or free_id(name, settings.models), settings.models, "--id")
        with pulled(hub_id, revision, file, settings.data / "pulled") as (source, commit):
            _add(source, AddOptions(id, title, licence, latent_space, kind, commit[:12], like, tiny_vae, name))


@commands.command("list")
def list_entries() -> None:
    """List the models and adapters, and say which are broken."""
    settings = _settings()
    entries = ModelCatalog(settings.models).entries()
    table = Table("id", "what", "latents", "weights", "licence", "title", box=None, pad_edge=False)
    for one in _descriptions(entries):
        what = one.kind if isinstance(one, ModelDescription) else f"{one.entry} for {one.kind}"
        row = (one.id, what, _latents(one), _megabytes(one.weights_bytes), one.licence, one.title)
        table.add_row(*map(escape, row))
    if table.row_count:
        show(table)
    else:
        say(f"There is no model in {settings.models}. Add one with `inlay models add` or `inlay models pull`.")
    for broken in entries.broken:
        err.print(f"{broken.folder} is not offered: {broken.reason}.", markup=False, highlight=False, soft_wrap=True)


@commands.command()
def remove(id: Annotated[str, typer.Argument(help="The id, as `inlay models list` shows it.")]) -> None:
    """Delete a model or adapter. Jobs that name it can no longer run."""
    settings = _settings()
    entries = ModelCatalog(settings.models).entries()
    folder = _folder(id, entries, settings.models)
    if users := _users_of(folder, entries, settings.models):
        fail(f"{id!r} cannot be removed yet, because others use its files. Remove them first: {', '.join(users)}.")
    gone = settings.models / REMOVED
    try:
        shutil.rmtree(gone, ignore_errors=True)  # left by a `remove` that was killed
        gone.mkdir()
        folder.rename(gone / folder.name)  # one atomic step: no reader sees half a model
        shutil.rmtree(gone)
    except OSError as error:
        fail(f"{folder} could not be removed: {error.strerror}.")
    say(f"Removed {id!r}.")


@commands.command()
def check(
    id: Annotated[str | None, typer.Argument(help="The id of one. Default: all of them, the broken ones too.")] = None,
) -> None:
    """Compare each model's weights with their checksums, and load it as a worker would."""
    from inlay.registry.checking import faults

    settings = _settings()
    models, budget = settings.models, settings.memory_budget
    entries = ModelCatalog(models).entries()
    broken = {one.folder: one.reason for one in entries.broken}
    wrong = []
    for name in [*entries.folders, *broken] if id is None else [id]:
        folder = _folder(name, entries, models)
        with busy(f"Checking {name}"):
            found = (
                [broken[name]]
                if name not in entries.folders
                else list(faults(name, folder, name in entries.models, budget))
            )
        wrong += [f"{name}: {fault}." for fault in found]
        if not found:
            say(f"{name}: intact, and it loads." if name in entries.models else f"{name}: intact.")
    if wrong:
        fail("\n".join(wrong))


def _add(source: Path, said: "AddOptions") -> None:
    """Add a model or adapter and print what was added. Raises CommandError if it cannot be added."""
    from inlay.registry.adding import add as add_entry

    settings = _settings()
    with busy(f"Adding {source}: checking its weights"):
        added = add_entry(source, settings.models, said, settings.memory_budget)
    if isinstance(added, ModelDescription):
        summary = f"{added.kind}, predicts {added.prediction}, {added.native_size} pixels, latents {added.latent_space}"
    else:
        there = [model.description for model in ModelCatalog(settings.models).models().values()]
        fitting = ", ".join(model.id for model in there if added.misfit(model) is None) or "none of your models"
        summary = f"{added.entry} for {added.kind}, fits {fitting}"
    say(f"Added {added.id!r}: {summary}, {_megabytes(added.weights_bytes)}.")


def _descriptions(entries: Entries) -> list[ModelDescription | AdapterDescription]:
    return [one.description for one in (*entries.models.values(), *entries.adapters.values())]


def _latents(one: ModelDescription | AdapterDescription) -> str:
    """Describe a model's latents: channels, scale, and the latent space if it is known."""
    if isinstance(one, AdapterDescription):
        return ""
    return f"{one.channels} at 1/{one.cell}" + (f", {one.latent_space}" if one.latent_space else "")


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:,.1f} MB"


def _users_of(folder: Path, entries: Entries, models: Path) -> list[str]:
    """Return the ids of the entries whose folders have symbolic links into this one."""

    def links(other: Path) -> bool:
        return any(one.is_symlink() and folder.resolve() in one.resolve().parents for one in other.rglob("*"))

    return [id for id, other in _folders(entries, models).items() if other != folder and links(other)]


def _folders(entries: Entries, models: Path) -> dict[str, Path]:
    """Return the folder of each entry by its id. A broken entry has only its folder's name."""
    return {**{one.folder: models / one.folder for one in entries.broken}, **entries.folders}


def _folder(id: str, entries: Entries, models: Path) -> Path:
    """Return the folder of an entry. Ends the command if there is none with this id."""
    folders = _folders(entries, models)
    if id not in folders:
        fail(f"There is no {id!r} in {models}. The folder holds: {', '.join(sorted(folders)) or 'nothing'}.")
    return folders[id]


def _settings() -> Settings:
    with valid():
        return Settings()
