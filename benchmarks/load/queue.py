"""How long claims, submissions and lists take in a short and in a long queue.

Each figure is the 99th percentile over SAMPLES calls, in milliseconds. All calls go to the real store on a real
database. The queue is filled with jobs of OWNERS owners, so that each owner has many.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, text, update

from backend.contracts.graph import GraphSpec
from backend.contracts.job import Job
from backend.store.database import Database, connect
from backend.store.gallery import Wanted
from backend.store.jobs import Jobs
from backend.store.search_text import search_text
from backend.store.tables import CLAIM_ORDER, events, job_prompts, jobs, shares, virtual_clock

SAMPLES = 100
ROUNDS = 25  # of eight claims at the same time
CLAIMERS = 8
OWNERS = 20
COST = 480  # view-forwards of a job
PAGE = 50  # jobs of a list

SPEC = Job.model_validate(
    {
        "layout": {
            "kind": "panorama",
            "canvas": {"width": 512, "height": 128},
            "windows": [
                {"prompt": "a desert by day"},
                {"prompt": "a forest at sunset"},
                {"prompt": "the sea at night"},
            ],
        },
        "sampling": {"model": "papercut", "steps": 30, "seed": 7},
    }
)
GRAPH = GraphSpec.model_validate(
    {
        "controls": [{"name": "x", "channels": 4, "width": 64, "height": 16}],
        "observables": [
            {
                "name": "y",
                "operator": {"kind": "identity", "control": "x"},
                "prompted": {"prompt": "sea", "negative_prompt": "", "guidance": 3.0, "model": "papercut"},
                "precision": {"group": "all"},
            }
        ],
        "outputs": [{"node": "x", "width": 512, "height": 128}],
    }
)


def figures(url: str, queued: int) -> dict[str, Any]:
    """Fill an empty, migrated database with this many queued jobs, and measure."""
    database = connect(url)
    store = Jobs(database)
    _measure_pace(store)
    fill(database, queued)
    try:
        owner = "owner-0"
        listed = _times(lambda: store.search(owner, Wanted(), None, PAGE))
        asked = _times(lambda: store.queue(owner))
        made: list[UUID] = []
        submitted = _times(lambda: made.append(store.submit(owner, SPEC, GRAPH, COST)[0].id))
        _remove(database, made)
        claims = _times(lambda: store.claim("benchmark"), lambda: _requeue(database))
        together = [_claim_at_once(store, database) for _ in range(ROUNDS)]
        return {
            "queued": queued,
            "claim_p99_ms": p99(claims),
            "claim8_p99_ms": p99([one for times, _ in together for one in times]),
            "queue_p99_ms": p99(asked),
            "list50_p99_ms": p99(listed),
            "submit_p99_ms": p99(submitted),
            "overtaken": sum(overtaken for _, overtaken in together),
            "p50": {
                "claim_ms": _p50(claims),
                "claim8_ms": _p50([one for times, _ in together for one in times]),
                "queue_ms": _p50(asked),
                "list50_ms": _p50(listed),
                "submit_ms": _p50(submitted),
            },
        }
    finally:
        database.close()


def _claim_at_once(store: Jobs, database: Database) -> tuple[list[float], int]:
    """Let eight workers claim at the same time. Returns their times, and the number of jobs that were overtaken: that
    still wait, though a job behind them was claimed."""
    ranks = _first(database, 2 * CLAIMERS)

    def claim(number: int) -> tuple[float, UUID | None]:
        began = time.perf_counter()
        claimed = store.claim(f"benchmark:{number}")
        return time.perf_counter() - began, None if claimed is None else claimed.id

    with ThreadPoolExecutor(CLAIMERS) as pool:
        results = list(pool.map(claim, range(CLAIMERS)))
    taken = {id for _, id in results if id is not None}
    last = max((ranks.index(id) for id in taken if id in ranks), default=0)
    overtaken = sum(id not in taken for id in ranks[: last + 1])
    _requeue(database)
    return [seconds for seconds, _ in results], overtaken


def _first(database: Database, count: int) -> list[UUID]:
    with database.read() as connection:
        query = select(jobs.c.id).where(jobs.c.state == "queued").order_by(*CLAIM_ORDER).limit(count)
        return list(connection.scalars(query))


def _requeue(database: Database) -> None:
    """Put the claimed jobs back, so that the next claim finds the same queue."""
    with database.begin() as connection:
        back = {"state": "queued", "attempt": 0, "lease_until": None, "started_at": None, "last_seq": 1}
        connection.execute(update(jobs).where(jobs.c.state == "running").values(**back))
        connection.execute(delete(events).where(events.c.seq > 1, events.c.type == "job_started"))


def _remove(database: Database, ids: list[UUID]) -> None:
    with database.begin() as connection:
        connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))


def _measure_pace(store: Jobs) -> None:
    """Let the jobs of a page succeed, so that the starts of others are estimated, and each list is as long."""
    for _ in range(PAGE):
        store.submit("owner-0", SPEC, GRAPH, COST)
        claim = store.claim("benchmark")
        assert claim is not None
        store.finish(claim, [], 10.0)


def fill(database: Database, count: int) -> None:
    """Queue `count` jobs as if OWNERS owners had sent them in turn."""
    for batch in _batches(count, 1000):
        rows = [_row(number, datetime.now(UTC)) for number in batch]
        with database.begin() as connection:
            numbers = connection.scalars(
                insert(jobs).returning(jobs.c.number, sort_by_parameter_order=True), rows
            ).all()
            words = search_text(SPEC)
            connection.execute(insert(job_prompts), [{"number": one, "prompts": words} for one in numbers])
            body = json.dumps({"reason": None})
            queued = [{"job_id": row["id"], "seq": 1, "type": "job_queued", "body": body} for row in rows]
            connection.execute(insert(events), [one | {"at": datetime.now(UTC)} for one in queued])
    with database.begin() as connection:
        connection.execute(delete(shares))
        each = -(-count // OWNERS) * COST
        rows = [{"owner": f"owner-{number}", "virtual_finish": each} for number in range(OWNERS)]
        connection.execute(insert(shares), rows)
        connection.execute(update(virtual_clock).values(now=0))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _batches(count: int, size: int) -> Iterator[range]:
    for first in range(0, count, size):
        yield range(first, min(first + size, count))


def _row(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "owner": f"owner-{number % OWNERS}",
        "state": "queued",
        "priority": 0,
        "virtual_start": number // OWNERS * COST,
        "cost": COST,
        "model": "papercut",
        "layout": "panorama",
        "spec": SPEC.model_dump_json(),
        "graph": GRAPH.model_dump_json(),
        "fingerprint": "",
        "fence": 0,
        "attempt": 0,
        "skips": 0,
        "cancel_requested": False,
        "step": 0,
        "steps": 30,
        "last_seq": 1,
        "outputs": "[]",
        "created_at": at,
        "queued_at": at,
    }


def _times(action: Callable[[], object], after: Callable[[], object] = lambda: None) -> list[float]:
    """Return the seconds of SAMPLES calls, after ten that are not counted. `after` follows each of them."""
    found: list[float] = []
    for _ in range(SAMPLES + 10):
        began = time.perf_counter()
        action()
        found.append(time.perf_counter() - began)
        after()
    return found[10:]


def p99(seconds: list[float]) -> float:
    """Return the 99th percentile, in milliseconds."""
    return round(1000 * statistics.quantiles(seconds, n=100, method="inclusive")[98], 2)


def _p50(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 2)
