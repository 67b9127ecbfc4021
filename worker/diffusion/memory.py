"""Memory: how many items a model takes at once, and which loaded models are kept."""

import ctypes
import gc
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

import psutil
import torch

from worker.diffusion.errors import DiffusionError

Item = TypeVar("Item")
Result = TypeVar("Result")
Loaded = TypeVar("Loaded")

MOST = 64  # items at once, however much memory there is; more of them run no faster
PASS_SHARE = 0.5  # of the memory that is free, which a batch may be expected to take
BUDGET_SHARE = 0.6  # of a device's memory, for weights; passes and pictures take the rest
FEATURE_MAPS = 64  # of the finest resolution, alive at once in SD 1.5's UNet: measured as resident memory on a CPU
EXHAUSTED = ("can't allocate memory", "out of memory", "ALLOC_FAILED")  # torch's words where it has no class for it


class Batches:
    """Runs many items through a model, at most `limit` at a time, and fewer once the memory has run out.

    A size at which it ran out is not tried again, so one is kept for as long as its model.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"A batch holds at least one item, not {limit}.")
        self.limit = limit

    @classmethod
    def sized(cls, per_item_bytes: int, device: torch.device, most: int = MOST) -> "Batches":
        """As many items at once as the device's free memory has room for, from 1 to `most`. `per_item_bytes`: what one
        item's forward pass takes at its peak (`pass_bytes`)."""
        room = PASS_SHARE * free_bytes(device)
        return cls(max(1, min(most, int(room // per_item_bytes))))

    def run(self, items: Sequence[Item], forward: Callable[[Sequence[Item]], Iterable[Result]]) -> Iterator[Result]:
        """Each item's result, in order; `forward` answers one a slice of the items with one result each. DiffusionError
        where the memory does not hold a single one."""
        done = 0
        while done < len(items):
            batch = items[done : done + self.limit]
            results = attempt(lambda batch=batch: list(forward(batch)))
            if results is None:
                self._make_room(len(batch))
            else:
                yield from results
                done += len(batch)

    def _make_room(self, tried: int) -> None:
        release()
        if tried == 1:
            raise DiffusionError(
                "The memory of the device ran out on a single view. Make its window smaller, choose a smaller model, "
                "or lower INLAY_MEMORY_BUDGET so that fewer models are kept beside it."
            )
        self.limit = tried // 2


def attempt(call: Callable[[], Result]) -> Result | None:
    """Return what `call` returns, or None where the memory ran out. Nothing of the call is held then, its traceback
    included."""
    try:
        return call()
    except (torch.OutOfMemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        return None


def out_of_memory(error: BaseException) -> bool:
    """Return whether torch ran out of memory. On a CPU, and in CUDA libraries, only the words of a RuntimeError
    tell."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or any(sign in said for sign in EXHAUSTED)


class Cache(Generic[Loaded]):
    """Loaded models under a budget of memory, the longest unused let go first.

    What is let go while a run still holds it keeps counting, and is handed out again rather than loaded twice.
    """

    def __init__(self, budget_bytes: int, device: torch.device) -> None:
        self.budget = budget_bytes
        self._device = device
        self._kept: OrderedDict[str, Loaded] = OrderedDict()
        self._alive: weakref.WeakValueDictionary[str, Loaded] = weakref.WeakValueDictionary()
        self._bytes: dict[str, int] = {}

    def kept(self) -> frozenset[str]:
        """The keys of what is kept."""
        return frozenset(self._kept)

    def get(self, key: str, load: Callable[[], Loaded], bytes: int) -> Loaded:
        """Return what `key` names, and load it first where needed. `bytes`: of its loaded weights. DiffusionError where
        what is in use leaves no room for it."""
        found = self._alive.get(key)
        if found is None:
            self._make_room(key, bytes)
            found = load()
            self._alive[key], self._bytes[key] = found, bytes
        self._kept[key] = found
        self._kept.move_to_end(key)
        return found

    def drop(self, key: str) -> None:
        """Let go of what `key` names, so that it is loaded anew; a run that holds it keeps what it has."""
        self._kept.pop(key, None)
        self._alive.pop(key, None)

    def _make_room(self, key: str, bytes: int) -> None:
        while self._kept and self._held() + bytes > self.budget:
            self._kept.popitem(last=False)
            release()
        held = self._held()
        if held + bytes > self.budget:
            beside = f" beside {gigabytes(held)} of models that the same picture uses" if held else ""
            raise DiffusionError(
                f"The model {key!r} needs {gigabytes(bytes)}{beside}, but models may take {gigabytes(self.budget)} on "
                f"this device ({self._device.type}). Use fewer or smaller models, or raise INLAY_MEMORY_BUDGET."
            )

    def _held(self) -> int:
        return sum(self._bytes[key] for key in list(self._alive))


def pass_bytes(width: int, cells: int, itemsize: int) -> int:
    """About what one item's forward pass takes at its peak. `width`: channels at the model's finest resolution;
    `cells`: of the view; `itemsize`: bytes of a number."""
    return FEATURE_MAPS * width * cells * itemsize


def budget_bytes(device: torch.device, said: int | None) -> int:
    """Return the bytes that models may take on a device: the operator's number, or BUDGET_SHARE of its memory."""
    return said or int(BUDGET_SHARE * total_bytes(device))


def total_bytes(device: torch.device) -> int:
    """The memory of a device: a GPU's own, or this machine's."""
    return torch.cuda.mem_get_info(device)[1] if device.type == "cuda" else psutil.virtual_memory().total


def free_bytes(device: torch.device) -> int:
    """The memory of a device that this process could still take: of a GPU, what nobody has and what torch holds in
    reserve."""
    if device.type != "cuda":
        return psutil.virtual_memory().available
    reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + reserve


def release() -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


@contextmanager
def compact() -> Iterator[None]:
    """Give large blocks back to the system as they are freed, inside the block; each is then asked for anew. By itself
    glibc keeps blocks of up to 32 MB, in fragments that what comes next does not fit into: the tiles of one decode took
    up to 1 GB more than any of them needs."""
    if not _is_glibc:
        yield
        return
    trim()
    _c_library.mallopt(M_MMAP_THRESHOLD, 4 * 2**20)
    try:
        yield
    finally:
        _c_library.mallopt(M_MMAP_THRESHOLD, 32 * 2**20)


def trim() -> None:
    """Give what was freed back to the system, where glibc would keep it."""
    if _is_glibc:
        _c_library.malloc_trim(0)


_c_library = ctypes.CDLL(None)
_is_glibc = hasattr(_c_library, "malloc_trim")
M_MMAP_THRESHOLD = -3  # of glibc's malloc.h: blocks of more bytes are the system's, not the heap's


def gigabytes(count: int) -> str:
    """A number of bytes, as a person reads it."""
    return f"{count / 2**30:.3g} GiB"
