"""The clients of the deployment under test: one that submits jobs, and several that follow them over websockets.

Each of them does what a careful client does: it sends a request again until it gets an answer, under an id that it
chose itself, and after a broken connection it follows each job from the last event that it has.
"""

import itertools
import json
import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from backend.contracts.limits import MAX_FOLLOWED

ENDS = ("job_succeeded", "job_failed", "job_cancelled")
UNFINISHED = 24  # the submitter waits while so many jobs have not ended
PAUSE_SECONDS = 0.3  # before a request or a connection is tried again
_LAYOUTS = ((512, 128, 40), (256, 256, 50), (384, 128, 60))  # width and height in pixels, and steps


def documents(kinds: int) -> list[dict[str, Any]]:
    """Return so many job documents that differ."""
    shapes = itertools.islice(itertools.cycle(_LAYOUTS), kinds)
    return [
        {
            "layout": {"kind": "panorama", "canvas": {"width": width, "height": height}, "prompt": "a desert"},
            "sampling": {"model": "tiny", "steps": steps, "seed": seed},
        }
        for seed, (width, height, steps) in enumerate(shapes)
    ]


@dataclass(frozen=True)
class Sent:
    """A job that the API has accepted."""

    id: UUID
    owner: str
    document: int


class Caller:
    """One owner's REST calls to either API. A call is repeated until an API answers it."""

    def __init__(self, apis: tuple[str, ...], key: str, seed: int = 0) -> None:
        self._clients = [httpx.Client(base_url=api, headers=_bearer(key), timeout=10) for api in apis]
        self._random = random.Random(seed)

    def ask(self, method: str, path: str, body: Any = None, seconds: float = 120) -> httpx.Response:
        """Return the first answer that is neither a server's error nor 429. Raises TimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                answer = self._random.choice(self._clients).request(method, path, json=body)
            except httpx.TransportError:
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.status_code < 500 and answer.status_code != 429:
                return answer
            time.sleep(PAUSE_SECONDS)
        raise TimeoutError(f"{method} {path}: no API answered within {seconds} s")


class Submitter:
    """Submits `jobs` jobs, spread evenly over `seconds`, with the documents in turn and the owners in turn."""

    def __init__(self, callers: dict[str, Caller], documents: list[dict[str, Any]], jobs: int, seconds: float) -> None:
        self.sent: list[Sent] = []
        self._callers, self._documents = callers, documents
        self._jobs, self._seconds = jobs, seconds

    def run(self, ended: "Ended") -> None:
        """Submit all jobs. While many have not ended, wait."""
        begin = time.monotonic()
        owners = itertools.cycle(self._callers)
        for number in range(self._jobs):
            owner, document, id = next(owners), number % len(self._documents), uuid4()
            answer = self._callers[owner].ask("PUT", f"/api/jobs/{id}", self._documents[document])
            if answer.status_code not in (200, 201):
                raise RuntimeError(f"a job was refused: {answer.status_code} {answer.text}")
            self.sent.append(Sent(id, owner, document))
            while time.monotonic() < begin + number * self._seconds / self._jobs or ended.waiting(self.sent):
                time.sleep(0.05)


class Ended:
    """The jobs whose last event some follower has seen."""

    def __init__(self) -> None:
        self._ids: set[UUID] = set()

    def add(self, id: UUID) -> None:
        self._ids.add(id)

    def waiting(self, sent: list[Sent]) -> bool:
        """Return True while UNFINISHED jobs or more of those have not ended."""
        return len(sent) - len(self._ids) >= UNFINISHED

    def __contains__(self, id: UUID) -> bool:
        return id in self._ids


@dataclass
class Follower:
    """Follows all jobs of one owner by a websocket. `seen` holds the seqs of each job in the order in which they came,
    without those that came again."""

    name: str
    api: str
    owner: str
    key: str
    sent: list[Sent]
    ended: Ended
    seen: dict[UUID, list[int]] = field(default_factory=lambda: defaultdict(list))
    connections: int = 0
    _over: set[UUID] = field(default_factory=set)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Follow, and connect again after each break, until `stop`."""
        while not self._stopping.is_set():
            try:
                self._connected()
            except (OSError, TimeoutError, WebSocketException, httpx.TransportError, httpx.HTTPStatusError):
                self._stopping.wait(PAUSE_SECONDS * (1 + random.random()))

    def stop(self) -> None:
        self._stopping.set()

    def behind(self) -> int:
        """Return the number of the owner's accepted jobs whose end this follower has not seen."""
        return len(self._wanted())

    def _wanted(self) -> list[UUID]:
        return [job.id for job in list(self.sent) if job.owner == self.owner and job.id not in self._over]

    def _connected(self) -> None:
        asked = httpx.post(f"{self.api}/api/stream/ticket", headers=_bearer(self.key), timeout=5).raise_for_status()
        address = self.api.replace("http", "ws", 1) + "/api/stream"
        with connect(address, open_timeout=5, close_timeout=1, ping_interval=2, ping_timeout=4) as socket:
            self.connections += 1
            socket.send(json.dumps({"type": "hello", "ticket": asked.json()["ticket"]}))
            following: list[UUID] = []
            while not self._stopping.is_set():
                if (wanted := self._wanted()[:MAX_FOLLOWED]) != following:
                    following = wanted
                    jobs = {str(id): self.seen[id][-1] if self.seen[id] else 0 for id in wanted}
                    socket.send(json.dumps({"type": "follow", "jobs": jobs}))
                try:
                    message = socket.recv(0.25)
                except TimeoutError:
                    continue
                if isinstance(message, str):
                    self._hear(json.loads(message))

    def _hear(self, event: dict[str, Any]) -> None:
        if "seq" not in event:
            return
        id = UUID(event["job_id"])
        if not self.seen[id] or event["seq"] > self.seen[id][-1]:
            self.seen[id].append(event["seq"])
        if event["type"] in ENDS:
            self._over.add(id)
            self.ended.add(id)


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
