"""Keep the frames of a run: write them to the picture store from a thread."""

import threading
import time
from collections.abc import Sequence
from contextvars import copy_context
from types import TracebackType
from typing import Self

import structlog

from backend.store.errors import LeaseLost
from backend.store.frames import Frame, Frames
from backend.store.jobs import Claim

SECONDS_A_PACK = 1.0  # the least time between two writes
PACK_BYTES = 4 * 2**20  # so many bytes are written without waiting for that time
MOST_WAITING = 32 * 2**20  # bytes of frames that wait for a store that is slow or away; older ones are given up
FLUSH_SECONDS = 5.0  # longest time that a run waits for its frames to be written
_log = structlog.get_logger("worker")


class FrameWriter:
    """Writes the frames of one attempt from a thread during the block, a pack about every second. The run never waits
    for a write, except in `flush` and at the end of the block. A store that takes no frames costs frames only."""

    def __init__(self, frames: Frames, claim: Claim) -> None:
        self._frames, self._claim = frames, claim
        self._waiting: list[Sequence[Frame]] = []  # the frames of each step
        self._changed = threading.Condition()
        self._hurried = self._over = self._writing = False
        self._failing = False
        self._failures = 0
        self._due = 0.0
        self._thread = threading.Thread(target=copy_context().run, args=[self._run], name="frame_writer", daemon=True)

    def begin(self, step: int) -> None:
        """Forget the frames of earlier attempts after `step`, from which this attempt goes on. Raises the database's
        error if it is away, and LeaseLost as `Frames.cut` does."""
        self._frames.cut(self._claim, step)

    def take(self, frames: Sequence[Frame]) -> None:
        """Keep the frames of one step."""
        with self._changed:
            if frames and not self._over:
                self._waiting.append(frames)
                self._give_up_the_oldest()
                self._changed.notify_all()

    def flush(self) -> None:
        """Wait until all frames so far are written, or could not be written, at most FLUSH_SECONDS."""
        with self._changed:
            self._hurried, failures = True, self._failures
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._idle or self._failures > failures, FLUSH_SECONDS)
            self._hurried = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.flush()
        with self._changed:
            if not self._idle:
                _log.warning("frames_lost", steps=len(self._waiting))
            self._waiting.clear()
            self._over = True
            self._changed.notify_all()

    @property
    def _idle(self) -> bool:
        return not (self._waiting or self._writing)

    def _run(self) -> None:
        while (steps := self._next()) is not None:
            kept = self._write([frame for step in steps for frame in step])
            with self._changed:
                self._writing, self._failing = False, not kept
                self._due = time.monotonic() + SECONDS_A_PACK
                if not kept and not self._over:
                    self._failures, self._hurried = self._failures + 1, False
                    self._waiting[:0] = steps
                    self._give_up_the_oldest()
                self._changed.notify_all()

    def _next(self) -> list[Sequence[Frame]] | None:
        """Wait until a pack is due, and return its frames. Returns None at the end."""
        with self._changed:
            while not self._over:
                left = self._due - time.monotonic()
                full = not self._failing and _size(self._waiting) >= PACK_BYTES
                if self._waiting and (left <= 0 or self._hurried or full):
                    steps, self._waiting, self._writing = self._waiting, [], True
                    return steps
                self._changed.wait(left if self._waiting else None)
            return None

    def _write(self, frames: Sequence[Frame]) -> bool:
        """Write a pack. Returns False if the store did not take it and may take it later."""
        try:
            self._frames.keep(self._claim, frames)
        except LeaseLost:
            self._end()
        except Exception as error:
            _log.warning("frames_not_written", error=str(error).split("\n", 1)[0])
            return False
        return True

    def _end(self) -> None:
        with self._changed:
            self._over = True
            self._waiting.clear()

    def _give_up_the_oldest(self) -> None:
        lost = 0
        while len(self._waiting) > 1 and _size(self._waiting) > MOST_WAITING:
            self._waiting.pop(0)
            lost += 1
        if lost:
            _log.warning("frames_lost", steps=lost)


def _size(steps: Sequence[Sequence[Frame]]) -> int:
    return sum(len(frame.image) for step in steps for frame in step)
