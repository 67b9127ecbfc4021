"""One reader of events and previews in each process, which serves every socket and every waiting request.

Events are rows: each follower has a cursor a job, and is given what the database holds beyond it, as far as its queue
has room. So nothing is lost when a hint is, when a follower is slow, or when it comes back. Previews are not: each
follower keeps the newest of each view. Everything here runs in one event loop; only queries go to a thread.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

import structlog
from starlette.concurrency import run_in_threadpool

from backend.api.metrics import Metrics
from backend.contracts.events import Event, ServerProblem, What, unpack_preview
from backend.store.bus import WANT_SECONDS, ApiBus, Hint, PreviewMessage
from backend.store.jobs import NEWS

POLL_SECONDS = 2.0
JOBS_A_QUERY = 256  # SQLite refuses expressions of more than 1000 terms
QUEUE = 256  # messages that wait for one follower; the rest wait in the database
View = tuple[UUID, int, What]
"""A job, a node's index in its graph, and which of the node's pictures is shown."""
log = structlog.get_logger(__name__)


class Follower:
    """The jobs that one client follows.

    `cursors`: job -> seq of the last event taken for it. `main`: job -> the view of its main picture, which workers
    always send. `shown`: job -> the view that the client asked for beside it."""

    def __init__(self, wake_hub: Callable[[], None], metrics: Metrics) -> None:
        self.cursors: dict[UUID, int] = {}
        self.main: dict[UUID, View] = {}
        self.shown: dict[UUID, View] = {}
        self.ready = asyncio.Event()
        self._wake_hub, self._metrics = wake_hub, metrics
        self._messages: deque[Event | ServerProblem] = deque()
        self._previews: dict[View, bytes] = {}
        self._behind = False

    @property
    def hungry(self) -> bool:
        """True while the queue has room for the answer of a query."""
        return len(self._messages) <= QUEUE // 2

    def follow(self, cursors: dict[UUID, int]) -> None:
        """Follow these jobs and no others, each from the event after its seq."""
        self.cursors = dict(cursors)
        self.shown = {job_id: view for job_id, view in self.shown.items() if job_id in cursors}
        self._messages = deque(message for message in self._messages if isinstance(message, ServerProblem))
        self._previews = {view: frame for view, frame in self._previews.items() if self._wants(view)}
        self._wake_hub()

    def take(self, asked: Mapping[UUID, int], news: Iterable[Event]) -> None:
        """Queue those events of `news`, the answer to a query for all beyond `asked`, that come next for this follower.

        A job whose cursor moved back since the query is left for the next round, so that no event is skipped."""
        for event in news:
            cursor = self.cursors.get(event.job_id)
            if cursor is None or cursor < asked[event.job_id] or event.seq <= cursor:
                continue
            if not self._put(event):
                self._behind = True
                return
            self.cursors[event.job_id] = event.seq

    def complain(self, problem: ServerProblem) -> None:
        """Queue a problem; dropped for a client that does not read."""
        self._put(problem)

    def offer(self, view: View, frame: bytes) -> None:
        """Keep a preview if it is wanted, in place of an older one of the same view."""
        if not self._wants(view):
            return
        if view in self._previews:
            self._metrics.previews_dropped.inc()
        self._previews[view] = frame
        self.ready.set()

    def next(self) -> Event | ServerProblem | bytes | None:
        """Take the next message to send: events and problems first, in order, then previews. None if there is none."""
        if self._messages:
            message = self._messages.popleft()
            if self._behind and self.hungry:
                self._behind = False
                self._wake_hub()
            return message
        if self._previews:
            return self._previews.pop(next(iter(self._previews)))
        self.ready.clear()
        return None

    def _wants(self, view: View) -> bool:
        job_id = view[0]
        return job_id in self.cursors and view in (self.main.get(job_id), self.shown.get(job_id))

    def _put(self, message: Event | ServerProblem) -> bool:
        if len(self._messages) >= QUEUE:
            return False
        self._messages.append(message)
        self.ready.set()
        return True


class Hub:
    """The reader. `news` returns the events after each job's cursor, in order (`Jobs.news`)."""

    def __init__(self, bus: ApiBus, news: Callable[[dict[UUID, int]], list[Event]], metrics: Metrics) -> None:
        self._bus, self._news, self._metrics = bus, news, metrics
        self._followers: set[Follower] = set()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the bus and the database during the block."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._keep(part)) for part in (self._read, self._pump, self._want)]
        try:
            yield
        finally:
            self._loop = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def follower(self) -> Iterator[Follower]:
        """Register a follower for the length of the block."""
        follower = Follower(self._wake.set, self._metrics)
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

    def nudge(self) -> None:
        """Look for news now: this process has just committed some. May be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _keep(self, part: Callable[[], Awaitable[None]]) -> None:
        """Run a part forever. If it fails, log the error and start it again."""
        while True:
            try:
                await part()
            except Exception:
                log.exception("stream_reader_failed")
            await asyncio.sleep(POLL_SECONDS)

    async def _read(self) -> None:
        async for message in self._bus.messages():
            match message:
                case Hint(job_id):
                    if any(job_id in follower.cursors for follower in self._followers):
                        self._wake.set()
                case PreviewMessage(_, frame):
                    self._show(frame)

    def _show(self, frame: bytes) -> None:
        try:
            header, _ = unpack_preview(frame)
        except (ValueError, IndexError):
            log.warning("preview_unreadable", size=len(frame), hint="does the worker run another version?")
            return
        for follower in self._followers:
            follower.offer((header.job_id, header.node, header.what), frame)

    async def _pump(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            await self._deliver()

    async def _deliver(self) -> None:
        """Query once for all followers: each followed job, from the lowest cursor of the followers that have room."""
        asked: dict[UUID, int] = {}
        for follower in self._followers:
            for job_id, seq in follower.cursors.items() if follower.hungry else ():
                asked[job_id] = min(seq, asked.get(job_id, seq))
        jobs = list(asked.items())
        for first in range(0, len(jobs), JOBS_A_QUERY):
            part = dict(jobs[first : first + JOBS_A_QUERY])
            news = await run_in_threadpool(self._news, part)
            for follower in list(self._followers):
                follower.take(part, news)
            if len(news) >= NEWS:
                self._wake.set()

    async def _want(self) -> None:
        """Ask the workers again for the views that clients want, before the workers forget them."""
        while True:
            for view in {view for follower in self._followers for view in follower.shown.values()}:
                await run_in_threadpool(self._bus.want, *view)
            await asyncio.sleep(WANT_SECONDS / 3)
