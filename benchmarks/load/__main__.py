"""Measure the queue and the stream under load: python -m benchmarks.load [--json FILE] [--queued 10 10000]

The part for the queue measures claims, submissions, `GET /api/queue` and lists, with short and long queues, on SQLite
and on Postgres. The part for the stream measures events and submissions at a running API, while 500 sockets follow 20
jobs, 100 jobs are submitted each second, and the longest queue waits. A third part compares the expected starts of jobs
with their real ones, and a fourth one finds how many workers one Postgres carries. Postgres is a server of its own,
whose commits do not wait for the disk.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backend.store.migrations import migrate
from benchmarks.load import scale, starts, stream
from benchmarks.load.queue import figures
from tests.servers import create_database, postgres_server

KEYS = ("claim_p99_ms", "claim8_p99_ms", "queue_p99_ms", "list50_p99_ms", "submit_p99_ms")
WORKERS = (1, 4, 16)  # that one Postgres carries at the same time


@contextmanager
def sqlite(name: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/{name}.db"


def migrated(server: str, name: str) -> str:
    """Make a database on a Postgres server, and return its URL."""
    url = create_database(server, name)
    migrate(url)
    return url


def rows(server: str, lengths: list[int]) -> Iterator[dict[str, Any]]:
    """Measure each length of the queue on both databases. `server` is the URL of a Postgres server."""
    for queued in lengths:
        with sqlite(f"queue{queued}") as url:
            migrate(url)
            yield {"database": "sqlite", **figures(url, queued)}
        yield {"database": "postgres", **figures(migrated(server, f"queue_{queued}"), queued)}


def summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the worst figures of all rows, and for each database the figures of the longest queue relative to those of
    the shortest."""
    shortest, longest = (pick(row["queued"] for row in found) for pick in (min, max))
    flat = {}
    for database in ("sqlite", "postgres"):
        by_length = {row["queued"]: row for row in found if row["database"] == database}
        flat[database] = {key: round(by_length[longest][key] / by_length[shortest][key], 2) for key in KEYS}
    worst = {key: max(row[key] for row in found) for key in KEYS}
    return {**worst, "overtaken": sum(row["overtaken"] for row in found), "ratio": flat}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--queued", type=int, nargs="+", default=[10, 10_000], help="lengths of the queue, in jobs")
    parser.add_argument("--sockets", type=int, default=500, help="sockets that follow a job")
    parser.add_argument("--rate", type=float, default=100, help="submissions a second")
    parser.add_argument("--seconds", type=float, default=30, help="how long jobs are submitted")
    arguments = parser.parse_args()
    with postgres_server() as server:
        longest = max(arguments.queued)
        streamed = stream.figures(server, longest, arguments.sockets, arguments.rate, arguments.seconds)
        _say(streamed)
        started = starts.figures(migrated(server, "starts"))
        _say(started)
        scaled = [scale.figures(migrated(server, f"scale_{workers}"), workers) for workers in WORKERS]
        _say({"scale": scaled})
        found = []
        for row in rows(server, arguments.queued):
            found.append(row)
            _say(row)
    report = {**summary(found), **streamed, **started, "scale": scaled, "rows": found}
    _say({key: report[key] for key in report if key != "rows"})
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


def _say(figures: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(figures)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
