"""Send the previews of a run: encode them as JPEG from a thread, for followers and for the kept frames.

A JPEG of a preview of 1024 x 512 pixels takes a thirteenth of the time of a WebP as good, and a tenth to two
thirds more bytes.
"""

import io
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import NamedTuple, Self

from PIL import Image

from backend.contracts.events import PreviewHeader, pack_preview
from backend.geometry.frames import frame_reduction, preview_reduction
from backend.store.bus import WorkerBus
from backend.store.frames import Frame
from worker.diffusion.vae import Rgb
from worker.job.frames import FrameWriter

QUALITY = 80  # of JPEG
MOST_WAITING = 2  # steps whose previews wait for the thread; the run waits for it before it adds another one


class Preview(NamedTuple):
    """A preview of a node. `offered`: whether followers get it. `kept`: whether it is a frame of the run."""

    header: PreviewHeader
    pixels: Rgb
    offered: bool
    kept: bool


class Encoded:
    """A preview as JPEG, for followers and for the store. Both get the same bytes, unless it is too large to be kept
    as it is."""

    def __init__(self, pixels: Rgb) -> None:
        self._pixels = pixels
        self._known: dict[int, tuple[int, int, bytes]] = {}

    def for_followers(self) -> bytes:
        """Return the preview in full size."""
        return self._reduced(preview_reduction(*self._pixels.shape[1::-1]))[2]

    def for_the_store(self) -> tuple[int, int, bytes]:
        """Return the width, the height and the JPEG of the frame."""
        return self._reduced(frame_reduction(*self._pixels.shape[1::-1]))

    def _reduced(self, factor: int) -> tuple[int, int, bytes]:
        if factor not in self._known:
            picture = Image.fromarray(self._pixels)
            picture = picture if factor == 1 else picture.reduce(factor)
            encoded = io.BytesIO()
            picture.save(encoded, "JPEG", quality=QUALITY)
            self._known[factor] = (*picture.size, encoded.getvalue())
        return self._known[factor]


class PreviewSender:
    """Encodes and sends the previews of one attempt from a thread during the block, in the order of the steps, while
    the run takes its next step. The block ends when all are sent."""

    def __init__(self, bus: WorkerBus, frames: FrameWriter) -> None:
        self._bus, self._frames = bus, frames
        self._pool = ThreadPoolExecutor(1, "preview_sender")
        self._waiting: deque[Future[None]] = deque()

    def send(self, previews: Sequence[Preview]) -> None:
        """Send the previews of one step soon. Raises the error of an earlier step's previews."""
        while len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(copy_context().run, self._encode, previews))

    def flush(self) -> None:
        """Wait until all previews are sent and the frames among them are with the frame writer. Raises their error."""
        while self._waiting:
            self._waiting.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()
        if error is None:
            self.flush()

    def _encode(self, previews: Sequence[Preview]) -> None:
        frames: list[Frame] = []
        for header, pixels, offered, kept in previews:
            encoded = Encoded(pixels)
            if offered:
                self._bus.preview(header.job_id, pack_preview(header, encoded.for_followers()))
            if kept:
                frames.append(Frame(header.node, header.what, header.step, *encoded.for_the_store()))
        self._frames.take(frames)
