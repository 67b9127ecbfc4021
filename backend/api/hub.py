"""The reader of events and previews. Each process has one, which serves all sockets and all waiting requests.

Events are rows of the database. Each follower has a cursor for each job, and gets the events after the cursor as long
as its queue has room. So no event is lost if a hint is lost, if the follower is slow, or if it reconnects. Previews may
be lost: each follower keeps only the newest preview of each view. All code here runs in one event loop, except the
queries, which run in threads.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import groupby
from uuid import UUID

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from backend.api.metrics import Metrics
from backend.contracts.events import Event, ServerProblem, What, unpack_preview
from backend.store.bus import WANT_SECONDS, ApiBus, Hint, PreviewMessage
from backend.store.jobs import NEWS

POLL_SECONDS = 2.0
JOBS_A_QUERY = 256  # SQLite refuses expressions of more than 1000 terms
REMEMBERED = 32 * 2**20  # bytes of previews that the hub remembers, the newest of each view
QUEUE = 256  # most messages that wait for one follower; later events wait in the database
View = tuple[UUID, int, What]
"""A job, the index of a node in its graph, and the kind of picture of that node."""
log = structlog.get_logger(__name__)


class Following:
    """Finds the followers of a job. So news of one job cost nothing for the followers of other jobs."""

    def __init__(self) -> None:
        self._of: defaultdict[UUID, set[Follower]] = defaultdict(set)

    def of(self, job_id: UUID) -> Collection["Follower"]:
        return self._of.get(job_id, ())

    def move(self, follower: "Follower", before: Collection[UUID], after: Collection[UUID]) -> None:
        """Enter that a follower follows the jobs `after`, and no longer those `before`."""
        for job_id in before:
            if job_id not in after:
                self._of[job_id].discard(follower)
                if not self._of[job_id]:
                    del self._of[job_id]
        for job_id in after:
            self._of[job_id].add(follower)


class Follower:
    """The jobs that one client follows, and the messages that wait for it.

    `cursors` maps a job to the seq of its last queued event. `main` maps a job to the view of its main picture, which
    workers always send. `shown` maps a job to the views that the client asked for in addition.
    """

    def __init__(self, wake_hub: Callable[[], None], metrics: Metrics, following: Following) -> None:
        self.cursors: dict[UUID, int] = {}
        self.main: dict[UUID, View] = {}
        self.shown: dict[UUID, set[View]] = {}
        self.ready = asyncio.Event()
        self._wake_hub, self._metrics, self._following = wake_hub, metrics, following
        self._messages: deque[Event | ServerProblem] = deque()
        self._previews: dict[View, tuple[float, bytes]] = {}  # each with its arrival on the monotonic clock
        self._behind = False

    @property
    def has_room(self) -> bool:
        """True if the queue has room for the events of another query."""
        return len(self._messages) <= QUEUE // 2

    def follow(self, cursors: dict[UUID, int]) -> None:
        """Follow these jobs and no others, each from the event after its seq."""
        self._following.move(self, self.cursors, cursors)
        self.cursors = dict(cursors)
        self.shown = {job_id: views for job_id, views in self.shown.items() if job_id in cursors}
        self._messages = deque(message for message in self._messages if isinstance(message, ServerProblem))
        self._previews = {view: frame for view, frame in self._previews.items() if self._wants(view)}
        self._wake_hub()

    def take(self, asked: Mapping[UUID, int], news: Iterable[Event]) -> None:
        """Queue the events of `news` that come next for this follower. `news` holds the events after the cursors in
        `asked`.

        If a job's cursor moved back since the query, the job waits for the next query, so that no event is skipped.
        """
        for event in news:
            cursor = self.cursors.get(event.job_id)
            if cursor is None or cursor < asked[event.job_id] or event.seq <= cursor:
                continue
            if not self._put(event):
                self._behind = True
                return
            self.cursors[event.job_id] = event.seq

    def add_problem(self, problem: ServerProblem) -> None:
        """Queue a problem. It is dropped if the queue is full because the client does not read."""
        self._put(problem)

    def offer(self, view: View, frame: bytes) -> None:
        """Keep a preview if the client wants it. It replaces an older preview of the same view."""
        if not self._wants(view):
            return
        if view in self._previews:
            self._metrics.previews_dropped.inc()
        self._previews[view] = time.monotonic(), frame
        self.ready.set()

    def next(self) -> Event | ServerProblem | bytes | None:
        """Return the next message to send, or None. Events and problems come first, in order, then previews."""
        if self._messages:
            message = self._messages.popleft()
            if self._behind and self.has_room:
                self._behind = False
                self._wake_hub()
            return message
        if self._previews:
            arrived, frame = self._previews.pop(next(iter(self._previews)))
            self._metrics.preview_delay.observe(time.monotonic() - arrived)
            return frame
        self.ready.clear()
        return None

    def _wants(self, view: View) -> bool:
        job_id = view[0]
        if job_id not in self.cursors:
            return False
        return view == self.main.get(job_id) or view in self.shown.get(job_id, ())

    def _put(self, message: Event | ServerProblem) -> bool:
        if len(self._messages) >= QUEUE:
            return False
        self._messages.append(message)
        self.ready.set()
        return True


class _Newest:
    """The newest preview of each view, of at most `most` bytes together. The views that were longest without a preview
    are forgotten first."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._previews: OrderedDict[View, bytes] = OrderedDict()

    def get(self, view: View) -> bytes | None:
        return self._previews.get(view)

    def put(self, view: View, frame: bytes) -> None:
        self._bytes += len(frame) - len(self._previews.pop(view, b""))
        self._previews[view] = frame
        while self._bytes > self._most:
            self._bytes -= len(self._previews.popitem(last=False)[1])


class Hub:
    """Reads the bus and the database, and gives events and previews to the followers.

    `news` is `Jobs.news`: it returns the events after each job's cursor, in order.
    """

    def __init__(self, bus: ApiBus, news: Callable[[dict[UUID, int]], list[Event]], metrics: Metrics) -> None:
        self._bus, self._news, self._metrics = bus, news, metrics
        self._followers: set[Follower] = set()
        self._following = Following()
        # one for events and one for wishes, so that requests which take all other threads delay neither
        self._threads = CapacityLimiter(2)
        self._newest = _Newest(REMEMBERED)
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the bus and the database for the length of the block."""
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
        follower = Follower(self._wake.set, self._metrics, self._following)
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            self._following.move(follower, follower.cursors, ())

    def newest(self, view: View) -> bytes | None:
        """Return the newest preview of a view that this process has seen, or None."""
        return self._newest.get(view)

    def nudge(self) -> None:
        """Query the database now, because this process has just committed events. May be called from any thread."""
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
                    if self._following.of(job_id):
                        self._wake.set()
                case PreviewMessage(_, frame):
                    self._show(frame)

    def _show(self, frame: bytes) -> None:
        try:
            header, _ = unpack_preview(frame)
        except (ValueError, IndexError):
            log.warning("preview_unreadable", size=len(frame), hint="does the worker run another version?")
            return
        view = (header.job_id, header.node, header.what)
        self._newest.put(view, frame)
        for follower in self._following.of(header.job_id):
            follower.offer(view, frame)

    async def _pump(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            await self._deliver()

    async def _deliver(self) -> None:
        """Query once for all followers that have room. Each followed job is read from the lowest of their cursors."""
        asked: dict[UUID, int] = {}
        for follower in self._followers:
            for job_id, seq in follower.cursors.items() if follower.has_room else ():
                asked[job_id] = min(seq, asked.get(job_id, seq))
        jobs = list(asked.items())
        for first in range(0, len(jobs), JOBS_A_QUERY):
            part = dict(jobs[first : first + JOBS_A_QUERY])
            news = await run_sync(self._news, part, limiter=self._threads)
            for job_id, of_job in groupby(news, lambda event: event.job_id):
                events = list(of_job)
                for follower in self._following.of(job_id):
                    follower.take(part, events)
            if len(news) >= NEWS:
                self._wake.set()

    async def _want(self) -> None:
        """Repeat the clients' requests for views to the workers, before the workers forget them."""
        while True:
            for view in {view for follower in self._followers for views in follower.shown.values() for view in views}:
                await run_sync(self._bus.want, *view, limiter=self._threads)
            await asyncio.sleep(WANT_SECONDS / 3)
