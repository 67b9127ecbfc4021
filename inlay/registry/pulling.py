"""Downloads from the Hugging Face Hub. No other command of `inlay` downloads anything."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from httpx2 import HTTPError
from huggingface_hub import HfApi, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from inlay.errors import CommandError
from inlay.registry.folders import CONFIGS, INDEX, Part, chosen_weights, parts

CARD = "README.md"


@contextmanager
def pulled(hub_id: str, revision: str | None, file: str | None, place: Path) -> Iterator[tuple[Path, str]]:
    """Download the files of a Hub repository that `inlay models add` needs. Yield their folder, or the single file
    `file`, and the commit.

    The download is under `place` during the block, then deleted. If the network fails, the files stay, and the same
    command resumes. Raises CommandError, which gives the reason, if the Hub cannot be reached, has no such repository
    or revision, or holds nothing that Inlay can add.
    """
    folder = place / re.sub(r"[^A-Za-z0-9.-]+", "--", hub_id).strip(".-")
    with _reached(hub_id, revision):
        found = HfApi().model_info(hub_id, revision=revision)
        names, commit = [one.rfilename for one in found.siblings or []], found.sha or "main"
        if file is None and INDEX in names:
            hf_hub_download(hub_id, INDEX, revision=commit, local_dir=folder)
        try:
            wanted = with_encoder(names, file) if file is not None else wanted_files(names, folder / INDEX)
            if missing := [name for name in wanted if name not in names]:
                raise CommandError(f"{hub_id} has no {missing[0]}; it holds {_listed(names)}.")
        except CommandError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        wanted += [CARD] if CARD in names else []
        snapshot_download(hub_id, revision=commit, local_dir=folder, allow_patterns=[_literal(one) for one in wanted])
    try:
        if file is not None and CARD in wanted and (folder / file).parent != folder:
            shutil.copy2(folder / CARD, (folder / file).parent / CARD)
        yield (folder if file is None else folder / file), commit
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wanted_files(names: list[str], index: Path) -> list[str]:
    """Return the files of a repository that make up a model, a ControlNet or a LoRA: configurations, tokenizers, and
    one set of weights for each part, in full precision if there is one. `index`: the local copy of its
    model_index.json, if it has one. Raises CommandError if the repository holds none of the three."""
    if INDEX in names:
        return [INDEX, *(name for part in parts(index) for name in _of_part(names, part))]
    if "config.json" in names and (weights := _of_part(names, Part(".", weighs=True))):
        return weights
    single = [name for name in names if name.endswith(".safetensors") and "/" not in name]
    if len(single) == 1:
        return single
    raise CommandError(
        f"The repository holds no model in diffusers' layout, no ControlNet and no single .safetensors file, but "
        f"{_listed(names)}. Name one of its .safetensors files with --file."
    )


def with_encoder(names: list[str], file: str) -> list[str]:
    """Return a single file and, if its folder has one, the image encoder of an IP-Adapter."""
    encoder = (PurePosixPath(file).parent / "image_encoder").as_posix()
    beside = f"{encoder}/config.json" in names
    return [file, *(_of_part(names, Part(encoder, weighs=True)) if beside else [])]


def _of_part(names: list[str], part: Part) -> list[str]:
    """Return the files of one part of a repository. The part "." is the repository's own folder."""
    prefix = "" if part.name == "." else f"{part.name}/"
    own = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    own = [name for name in own if "/" not in name]
    if not part.weighs:
        return [prefix + name for name in own if name.endswith(CONFIGS)]
    weights = chosen_weights(own)
    if not weights:
        raise CommandError(
            f"{part.name} has no .safetensors weights in the repository, and Inlay reads no other format; try another "
            f"--revision."
        )
    return [prefix + name for name in ("config.json", *weights)]


@contextmanager
def _reached(hub_id: str, revision: str | None) -> Iterator[None]:
    """Turn the errors of a download inside the block into CommandErrors."""
    try:
        yield
    except HFValidationError as error:
        raise CommandError(f"{hub_id!r} is not the name of a model on the Hub, such as 'someone/a-model'.") from error
    except GatedRepoError as error:
        raise CommandError(
            f"{hub_id} asks you to accept its terms: do so on its page, then set HF_TOKEN to your token."
        ) from error
    except RepositoryNotFoundError as error:
        raise CommandError(
            f"The Hub has no model {hub_id!r}, or it is private. For a private model, set HF_TOKEN."
        ) from error
    except RevisionNotFoundError as error:
        raise CommandError(f"{hub_id} has no revision {revision!r}.") from error
    except (OfflineModeIsEnabled, HTTPError, OSError) as error:
        raise CommandError(
            f"{hub_id} could not be downloaded from the Hub: {_first_line(error)} Once the network works, the same "
            f"command resumes. `inlay models add FOLDER` adds a folder that you downloaded elsewhere."
        ) from error


def _first_line(error: Exception) -> str:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return f"{said}."


def _literal(name: str) -> str:
    """Return a pattern that matches only this name."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _listed(names: list[str]) -> str:
    shown = names[:12]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
