"""`inlay workers`: the processes of a server."""

from datetime import datetime

from rich.markup import escape
from rich.table import Table

from backend.contracts.processes import Process
from backend.store.processes import Processes
from inlay.database import opened, settings_of
from inlay.terminal import say, show


def list_workers() -> None:
    """List the workers, the reconcilers and the API processes: which are alive, and what they do."""
    with opened(settings_of()) as database:
        found = Processes(database).all()
    table = Table("kind", "process", "state", "seen", "runs", "device", "memory", "models", box=None, pad_edge=False)
    for one in found:
        table.add_row(*map(escape, _row(one)))
    if found:
        show(table)
    if not any(one.kind == "worker" and one.alive for one in found):
        say("No worker is running. Jobs wait until one starts.")


def _row(one: Process) -> tuple[str, ...]:
    return (
        one.kind,
        one.name,
        _state(one),
        f"{_ago(one.seen_at)} ago",
        f"for {_ago(one.started_at)}, {one.version}",
        one.device or "",
        _memory(one),
        ", ".join(one.models),
    )


def _state(one: Process) -> str:
    if not one.alive:
        return "gone"
    if one.stopping:
        return "stopping"
    if one.kind != "worker":
        return "alive"
    return "idle" if one.job is None else f"job {str(one.job)[:8]}"


def _memory(one: Process) -> str:
    """Return the memory that the process takes, and that its device has."""
    taken = f"{one.resident / 2**30:.1f} GiB"
    if one.memory_free is None or one.memory_total is None:
        return taken
    return f"{taken}; device {one.memory_free / 2**30:.1f} of {one.memory_total / 2**30:.1f} GiB free"


def _ago(moment: datetime) -> str:
    """Return the time since a moment, in its largest unit."""
    seconds = max(0, round((datetime.now(moment.tzinfo) - moment).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
