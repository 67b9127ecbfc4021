"""Break a deployment in every way that it must survive:

    python -m benchmarks.chaos [--jobs 300] [--seconds 900] [--json FILE]

Two APIs, three workers and the reconciler run jobs on a real Postgres, Redis and S3 server, while one fault after the
other happens. Each job's picture is compared, byte by byte, with that of the same document before the first fault.
Exits with 1 if a job was lost, ran twice, failed, or gave another picture, if a client missed an event, or if jobs took
too long to go on.
"""

import argparse
import hashlib
import json
import logging
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.chaos.clients import Caller, Ended, Follower, Sent, Submitter, documents
from benchmarks.chaos.faults import LEASE_SECONDS, Faults, Hit
from benchmarks.chaos.rig import OWNERS, Rig, rig
from benchmarks.chaos.verdict import ENDED, Record, records, verdict
from tests.integration.deployment import wait_for

MUST_BE_ZERO = ("lost", "double", "wrong_picture", "failed", "clients_missing_events")
RECOVERY_BAR_SECONDS = LEASE_SECONDS + 15
SUBMITTING = 0.85  # the part of the time in which jobs are submitted
GAP_SECONDS = (0.5, 3.0)  # between two faults
END_SECONDS = 300.0  # for the jobs that have not ended after the last fault
CATCH_UP_SECONDS = 30.0  # for the followers to hear of the last event


def measure(jobs: int, seconds: float, seed: int = 0) -> dict[str, Any]:
    """Run the deployment under faults and return the figures."""
    with rig() as running:
        callers = {owner: Caller(running.apis, key, seed) for owner, key in OWNERS.items()}
        kinds = documents(max(3, min(12, jobs // 10)))
        calm = [_submitted(callers["ann"], "ann", document, number) for number, document in enumerate(kinds)]
        pictures = [_picture(callers["ann"], job) for job in calm]
        submitter = Submitter(callers, kinds, jobs, seconds * SUBMITTING)
        ended = Ended()
        with _followed(running, submitter.sent, ended) as followers:
            sending = threading.Thread(target=submitter.run, args=(ended,), daemon=True)
            sending.start()
            hits = list(_faults(running, seconds, seed))
            sending.join(END_SECONDS)
            wait_for(lambda: _all_ended(running, jobs + len(calm)), END_SECONDS, 1.0)
            _wait_at_most(lambda: not any(follower.behind() for follower in followers), CATCH_UP_SECONDS)
            connections = sum(follower.connections for follower in followers)
        found = records(running.database)
        for job in calm:
            del found[job.id]
        wrong = sum(_differs(callers, job, found, pictures) for job in submitter.sent)
        return verdict(submitter.sent, found, hits, followers) | {
            "wrong_picture": wrong,
            "connections": connections,
            "restarts": dict(running.restarts),
            "by_fault": dict(Counter(hit.fault for hit in hits)),
        }


def _submitted(caller: Caller, owner: str, document: dict[str, Any], number: int) -> Sent:
    answer = caller.ask("POST", "/api/jobs", document)
    return Sent(UUID(answer.json()["id"]), owner, number)


def _picture(caller: Caller, job: Sent) -> str:
    """Return the SHA-256 of a job's picture file, once the job has ended."""

    def outputs() -> list[dict[str, Any]] | None:
        resource = caller.ask("GET", f"/api/jobs/{job.id}").json()
        if resource["state"] in ("failed", "cancelled"):
            raise RuntimeError(f"job {job.id} has ended without a picture: {resource['error']}")
        return resource["outputs"] or None

    (output,) = wait_for(outputs, END_SECONDS)
    return hashlib.sha256(caller.ask("GET", output["url"]).content).hexdigest()


def _differs(callers: dict[str, Caller], job: Sent, found: dict[UUID, Record], pictures: list[str]) -> bool:
    """Return True if a job that succeeded has another picture than its document gave before the faults."""
    if job.id not in found or found[job.id].state != "succeeded":
        return False
    return _picture(callers[job.owner], job) != pictures[job.document]


@contextmanager
def _followed(running: Rig, sent: list[Sent], ended: Ended) -> Iterator[list[Follower]]:
    """Run two followers of each owner: one at the second API, one at the first API through a relay."""
    addresses = {"api-1": running.apis[1], "relay": f"http://127.0.0.1:{running.clients.port}"}
    followers = [
        Follower(f"{owner} at {name}", address, owner, key, sent, ended)
        for owner, key in OWNERS.items()
        for name, address in addresses.items()
    ]
    threads = [threading.Thread(target=follower.run, daemon=True) for follower in followers]
    for thread in threads:
        thread.start()
    try:
        yield followers
    finally:
        for follower in followers:
            follower.stop()
        for thread in threads:
            thread.join(30)


def _faults(running: Rig, seconds: float, seed: int) -> Iterator[Hit]:
    """Yield one fault after the other for so many seconds. All kinds come before one comes again."""
    faults, chance = Faults(running, seed), random.Random(seed)
    waiting: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(*GAP_SECONDS))
        waiting = waiting or chance.sample(list(faults.kinds), len(faults.kinds))
        kind = waiting.pop()
        if (hit := faults.inject(kind)) is not None:
            sys.stderr.write(f"{end - time.monotonic():6.0f} s left: {kind}, {len(hit.jobs)} jobs\n")
            yield hit


def _all_ended(running: Rig, jobs: int) -> bool:
    states = Counter(record.state for record in records(running.database).values())
    return sum(states[state] for state in ENDED) >= jobs


def _wait_at_most(done: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.2)


def misses(figures: dict[str, Any]) -> list[str]:
    """Return the bars that the figures do not meet."""
    missed = [name for name in MUST_BE_ZERO if figures[name]]
    return missed + (["p95_recovery_s"] if figures["p95_recovery_s"] > RECOVERY_BAR_SECONDS else [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=300, help="how many jobs to submit (%(default)s)")
    parser.add_argument("--seconds", type=float, default=900, help="how long faults happen (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="chooses the faults' order and victims")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    arguments = parser.parse_args()
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # the faults break connections on purpose
    figures = measure(arguments.jobs, arguments.seconds, arguments.seed)
    text = json.dumps(figures, indent=2)
    sys.stdout.write(f"{text}\n")
    if arguments.json:
        arguments.json.write_text(f"{text}\n")
    if missed := misses(figures):
        sys.exit(f"not met: {', '.join(missed)}")


if __name__ == "__main__":
    main()
