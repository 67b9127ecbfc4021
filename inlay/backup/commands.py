"""The commands `inlay backup` and `inlay restore`."""

from pathlib import Path
from typing import Annotated

import typer

from backend.store.limits import readable_bytes
from inlay.backup.making import back_up
from inlay.backup.restoring import restore
from inlay.database import explained, settings_of
from inlay.home import home_of
from inlay.terminal import busy, say, sentences


def make_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as inlay-2026-11-29.zip.")],
) -> None:
    """Write the database and all pictures of the data folder into one file. `inlay run` may run meanwhile."""
    settings = settings_of()
    home = home_of(settings)
    with explained(settings), sentences(), busy("Copying the database and the pictures"):
        manifest, lost = back_up(home, file)
    say(
        f"Wrote {file}: {manifest.jobs:,} jobs, {len(manifest.files):,} files, {readable_bytes(manifest.size)}. Models "
        "are not in it."
    )
    if lost:
        say(f"{lost:,} files that jobs name were missing in the picture store already. Those jobs have no pictures.")


def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `inlay backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the jobs and pictures that are in the data folder now.")
    ] = False,
) -> None:
    """Put the database and the pictures of a backup into an empty data folder. Stop `inlay run` first."""
    settings = settings_of()
    home = home_of(settings)
    with explained(settings), home.taken(), sentences(), busy("Checking and writing the files"):
        manifest = restore(file, home, replace=replace)
    say(
        f"Restored {manifest.jobs:,} jobs of {manifest.made_at:%Y-%m-%d %H:%M} UTC into {home.folder}. Start Inlay "
        "with `inlay run`."
    )
    say(
        "Browsers must sign in again. Keys that were revoked, and users who were disabled or removed since then, are "
        "as they were: look at `inlay keys list`, and revoke again what must not work."
    )
