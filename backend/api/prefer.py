"""Requests that wait: the preference `wait=N` of RFC 7240's header Prefer, and the wait for a job's events.

A wait holds no thread and no database connection.
"""

import asyncio
import re
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response
from starlette.concurrency import run_in_threadpool

from backend.api.services import Services
from backend.contracts.job import FINAL, JobResource

FINAL_EVENTS = frozenset(f"job_{state}" for state in FINAL)
Prefer = Annotated[
    str | None,
    Header(
        alias="Prefer",
        max_length=200,
        description="With `wait=30`, the server answers when the job has ended, or after 30 seconds.",
    ),
]


def wait_seconds(prefer: str | None, most: float) -> float | None:
    """Return the seconds of `wait=N` among the preferences in a header Prefer, at most `most`. Returns None without
    that preference."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})(?![\d.])", prefer or "", re.IGNORECASE)
    return min(float(found[1]), most) if found else None


async def when_ended(
    inlay: Services, owner: str | None, resource: JobResource, prefer: str | None, response: Response
) -> JobResource:
    """Wait for the job's end as long as the header Prefer asks, and return the job as it is then."""
    seconds = wait_seconds(prefer, inlay.settings.max_wait_seconds)
    if seconds is None:
        return resource
    response.headers["Preference-Applied"] = f"wait={seconds:g}"
    if resource.state in FINAL:
        return resource
    await heard(inlay, resource.id, resource.last_seq, seconds, final=True)
    return await run_in_threadpool(inlay.jobs.get, owner, resource.id)


async def heard(inlay: Services, job: UUID, after: int, seconds: float, *, final: bool = False) -> bool:
    """Wait until the job has an event after the seq `after`; if `final`, until it has one that ends the job. Returns
    False if none came within `seconds`."""
    with inlay.hub.follower() as follower:
        follower.follow({job: after})
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await follower.ready.wait()
                    event = follower.next()
                    if event is None or isinstance(event, bytes):
                        continue
                    if not final or event.type in FINAL_EVENTS:
                        return True
        except TimeoutError:
            return False
