"""`inlay retention`: which jobs are too old, too many, or were in the trash for long enough; and let them go."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from typing import Annotated

import typer
from pydantic import ByteSize, TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from backend.api.settings import Settings
from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.jobs import Jobs
from backend.store.limits import readable_bytes
from backend.store.retention import Going, Retention, Rules
from inlay.access import note
from inlay.database import opened, settings_of
from inlay.terminal import fail, say, show

_WORDS = {
    "age": "to the trash: too old",
    "bytes": "to the trash: the owner keeps too much",
    "trash": "deleted for good",
}


def retain(
    days: Annotated[
        float | None, typer.Option(min=0, help="In place of INLAY_RETENTION_DAYS; 0: jobs do not go by age.")
    ] = None,
    size: Annotated[
        str | None,
        typer.Option("--bytes", help="In place of INLAY_RETENTION_BYTES, such as 20GiB; 0: jobs do not go by bytes."),
    ] = None,
    trash_days: Annotated[float | None, typer.Option(min=0, help="In place of INLAY_TRASH_DAYS.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Let them go now, or only say which would go.")
    ] = False,
) -> None:
    """Say which jobs would go to the trash now, and which would be deleted from it, and their bytes. With --apply, do
    it. The reconciler does it every ten minutes by the settings."""
    settings = settings_of()
    rules = _rules(settings, days, size, trash_days)
    with opened(settings) as database:
        going = _apply(database, rules) if apply else Retention(database, rules).plan()
        _list(going)
        if apply:
            say("Done. The reconciler deletes the files of deleted jobs within ten minutes.")
            return
        _say_unnamed(database, settings)
    if rules.days is None and rules.bytes is None:
        say("No job goes to the trash by itself: neither INLAY_RETENTION_DAYS nor INLAY_RETENTION_BYTES is set.")
    say("Nothing was changed.")


def _rules(settings: Settings, days: float | None, size: str | None, trash_days: float | None) -> Rules:
    usual = settings.retention
    try:
        most = usual.bytes if size is None else int(TypeAdapter(ByteSize).validate_python(size)) or None
    except ValidationError:
        fail(f"{size!r} is not a size; write it as 20GiB or 500MB.")
    return Rules(
        days=usual.days if days is None else days or None,
        bytes=most,
        trash_days=usual.trash_days if trash_days is None else trash_days,
    )


def _apply(database: Database, rules: Rules) -> list[Going]:
    """Let all jobs go that the rules name, and note it in the audit log."""
    retention, gone = Retention(database, rules), list[Going]()
    while some := [*retention.retire(), *retention.empty_trash()]:
        note(database, "retireJob", [str(one.id) for one in some if one.why != "trash"])
        note(database, "deleteJob", [str(one.id) for one in some if one.why == "trash"])
        gone += some
    return gone


def _list(going: Sequence[Going]) -> None:
    if not going:
        say("No job goes now.")
        return
    table = Table("owner", "goes", "jobs", "bytes", box=None, pad_edge=False)
    by_owner = sorted(going, key=lambda one: (one.owner, one.why))
    for (owner, why), some in groupby(by_owner, key=lambda one: (one.owner, one.why)):
        jobs = list(some)
        size = readable_bytes(sum(one.bytes for one in jobs))
        table.add_row(escape(owner), _WORDS[why], f"{len(jobs):,}", size)
    show(table)
    say(f"{len(going):,} jobs in all, {readable_bytes(sum(one.bytes for one in going))}.")


def _say_unnamed(database: Database, settings: Settings) -> None:
    """Say how many files the next round of the reconciler deletes, because no job names them."""
    images, jobs, count, size = settings.open_images(), Jobs(database), 0, 0
    for page in images.list_pages("jobs/"):
        unnamed = jobs.unnamed(page)
        count += len(unnamed)
        for key in unnamed:
            with suppress(NotFound):  # a reconciler deletes them meanwhile
                size += images.size(key)
    say(f"Files that no job names, which the reconciler deletes at its next round: {count:,}, {readable_bytes(size)}.")
