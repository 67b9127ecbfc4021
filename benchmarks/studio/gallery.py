"""A gallery of thousands of jobs: copies of a few real ones, which share their pictures."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select

from backend.store.database import Database
from backend.store.tables import job_prompts, jobs

_TIMES = ("created_at", "queued_at", "started_at", "finished_at")
_BATCH = 500  # rows of one transaction, so that the server can write between them


def fill_gallery(database: Database, count: int) -> None:
    """Copy the finished jobs of a database until it has `count` of them. The copies are a minute apart."""
    with database.engine.connect() as connection:
        finished = [dict(row) for row in connection.execute(select(jobs).where(jobs.c.state == "succeeded")).mappings()]
        prompts = {row.number: row.prompts for row in connection.execute(select(job_prompts))}
        last = connection.execute(select(func.max(jobs.c.number))).scalar_one()
        connection.rollback()
        copied = range(len(finished), count)
        for begin in copied[::_BATCH]:
            originals = {at: finished[at % len(finished)] for at in range(begin, min(begin + _BATCH, count))}
            copies = [_copy(job, last + at, count - at) for at, job in originals.items()]
            texts = [{"number": last + at, "prompts": prompts.get(job["number"], "")} for at, job in originals.items()]
            with connection.begin():
                connection.execute(insert(jobs), copies)
                connection.execute(insert(job_prompts), texts)


def _copy(job: dict[str, Any], number: int, minutes: int) -> dict[str, Any]:
    """Return the row of a job as another job that ran some minutes earlier."""
    times = {name: job[name] - timedelta(minutes=minutes) for name in _TIMES}
    return {**job, **times, "id": uuid4(), "number": number, "idempotency_key": None}
