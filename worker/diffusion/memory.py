"""Memory: how many items a model takes at once, and the cache of loaded models."""

import ctypes
import gc
import resource
import sys
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import psutil
import torch

from worker.diffusion.errors import DiffusionError

Item = TypeVar("Item")
Result = TypeVar("Result")
Loaded = TypeVar("Loaded")

MOST = 64  # the most items at once: larger batches run no faster
PASS_SHARE = 0.5  # the share of the free memory for a batch
BUDGET_SHARE = 0.6  # the share of a device's memory for weights; passes and pictures take the rest
FEATURE_MAPS = 64  # maps of the finest resolution that exist at once in SD 1.5's UNet, measured on a CPU
EXHAUSTED = ("can't allocate memory", "out of memory", "ALLOC_FAILED")  # in torch's messages of other errors


@dataclass(frozen=True)
class Alike(Generic[Item]):
    """Items that may share a batch, of `cells` latent cells each."""

    items: Sequence[Item]
    cells: int


class Batches:
    """Runs items through a model in batches of nearly equal size, at most `limit`, and halves the limit when the memory
    runs out. How items are split depends on their number and on the limit alone, so that equal runs round equally.

    Keep one instance for as long as its model, because it remembers the limit.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"A batch holds at least one item, not {limit}.")
        self.limit = limit

    @classmethod
    def sized(cls, per_item_bytes: int, device: torch.device, most: int = MOST) -> "Batches":
        """Return batches of as many items as half of the device's free memory holds, from 1 to `most`.
        `per_item_bytes`: the peak memory of one item's forward pass (`pass_bytes`)."""
        room = PASS_SHARE * free_bytes(device)
        return cls(max(1, min(most, int(room // per_item_bytes))))

    def run(self, items: Sequence[Item], forward: Callable[[Sequence[Item]], Iterable[Result]]) -> Iterator[Result]:
        """Yield the result of each item, in order. `forward` returns one result for each item of a batch. Raises
        DiffusionError if the memory cannot hold a single item."""
        done = 0
        while done < len(items):
            batch = items[done : done + evenly(len(items) - done, self.limit)]
            results = attempt(lambda batch=batch: list(forward(batch)))
            if results is None:
                self.make_room(len(batch))
            else:
                yield from results
                done += len(batch)

    def run_all(
        self, groups: Sequence[Alike[Item]], forward: Callable[[Sequence[Item]], Iterable[Result]]
    ) -> list[Result]:
        """Return the result of each item of all groups, in order, as `run` yields them."""
        return [result for group in groups for result in self.run(group.items, forward)]

    def make_room(self, tried: int) -> None:
        """Lower the limit, because the memory ran out on a batch of `tried` items. Raises DiffusionError if that was a
        single item."""
        release()
        if tried == 1:
            raise DiffusionError(
                "The memory of the device ran out on a single view. Make its window smaller, choose a smaller model, "
                "or lower INLAY_MEMORY_BUDGET so that fewer models are kept beside it."
            )
        self.limit = tried // 2


def evenly(items: int, limit: int) -> int:
    """Return the size of the first batch of so many items in the fewest batches of nearly equal size, at most
    `limit`."""
    return -(-items // -(-items // limit))


def attempt(call: Callable[[], Result]) -> Result | None:
    """Return the result of `call`, or None if the memory ran out. In that case nothing keeps the call's objects alive,
    not even a traceback."""
    try:
        return call()
    except (torch.OutOfMemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        return None


def out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that torch ran out of memory. On a CPU, and in CUDA libraries, only the message of a
    RuntimeError says so."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or any(sign in said for sign in EXHAUSTED)


class Cache(Generic[Loaded]):
    """Loaded models within a memory budget. The least recently used are dropped first.

    A dropped model that a run still holds keeps counting towards the budget, and `get` returns it instead of loading it
    twice.
    """

    def __init__(self, budget_bytes: int, device: torch.device) -> None:
        self.budget = budget_bytes
        self._device = device
        self._kept: OrderedDict[str, Loaded] = OrderedDict()
        self._alive: weakref.WeakValueDictionary[str, Loaded] = weakref.WeakValueDictionary()
        self._bytes: dict[str, int] = {}

    def kept(self) -> frozenset[str]:
        """Return the keys of the models that the cache keeps."""
        return frozenset(self._kept)

    def get(self, key: str, load: Callable[[], Loaded], bytes: int) -> Loaded:
        """Return the model of a key, and load it first if needed. `bytes`: the size of its loaded weights. Raises
        DiffusionError if the models in use leave no room for it."""
        found = self._alive.get(key)
        if found is None:
            self._make_room(key, bytes)
            found = load()
            self._alive[key], self._bytes[key] = found, bytes
        self._kept[key] = found
        self._kept.move_to_end(key)
        return found

    def drop(self, key: str) -> None:
        """Drop the model of a key, so that the next `get` loads it anew. A run that holds it keeps its copy."""
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
    """Return the estimated peak memory of one item's forward pass, in bytes. `width`: channels at the model's finest
    resolution. `cells`: of the view. `itemsize`: bytes per number."""
    return FEATURE_MAPS * width * cells * itemsize


def budget_bytes(device: torch.device, said: int | None) -> int:
    """Return the bytes that models may take on a device: the operator's number, or BUDGET_SHARE of the
    device's memory."""
    return said or int(BUDGET_SHARE * total_bytes(device))


def total_bytes(device: torch.device) -> int:
    """Return the bytes of memory of a GPU, or of this machine."""
    return torch.cuda.mem_get_info(device)[1] if device.type == "cuda" else psutil.virtual_memory().total


def free_bytes(device: torch.device) -> int:
    """Return the bytes of memory that this process can still take. On a GPU they are the free memory and what torch
    holds in reserve. On a CPU, the limits of the process and of its container count as well."""
    if device.type != "cuda":
        return max(0, min(psutil.virtual_memory().available, _under_data_limit(), under_container_limit()))
    reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + reserve


def _under_data_limit() -> int:
    """Return the bytes that the limit on this process's data leaves (`ulimit -d`)."""
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    return limit - getattr(psutil.Process().memory_info(), "data", 0)


def under_container_limit(folder: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the bytes that the limit of the container leaves (a control group, version 2). Files that the kernel keeps
    in memory do not count as taken, because it gives them up."""
    try:
        limit, taken = (folder / "memory.max").read_text().strip(), int((folder / "memory.current").read_text())
        statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except OSError:  # another version, another system, or the root of all groups, which has no limit
        return sys.maxsize
    return sys.maxsize if limit == "max" else int(limit) - taken + int(statistics.get("inactive_file", 0))


def device_name(device: torch.device) -> str:
    """Return a device as the setting names it, with the name of the GPU."""
    return f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)


def release() -> None:
    """Free unreachable objects, and return torch's unused GPU memory to the driver."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


@contextmanager
def compact() -> Iterator[None]:
    """Have glibc return large blocks to the system as soon as they are freed, inside the block.

    By default glibc keeps blocks of up to 32 MB, and the fragments do not fit later requests: the tiles of one decode
    took up to 1 GB more than they need.
    """
    if not _is_glibc:
        yield
        return
    trim()
    _c_library.mallopt(M_MMAP_THRESHOLD, 4 * 2**20)
    try:
        yield
    finally:
        usual_allocation()


@contextmanager
def spacious() -> Iterator[None]:
    """Have glibc keep freed blocks of any size for later requests, inside the block.

    By default glibc takes blocks above 32 MB from the system and returns them as soon as they are freed. The system
    clears every page that it gives: half of the time in which a large picture was decoded.
    """
    if not _is_glibc:
        yield
        return
    _c_library.mallopt(M_MMAP_MAX, 0)
    _c_library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    try:
        yield
    finally:
        usual_allocation()
        trim()


def usual_allocation() -> None:
    """Have glibc keep up to KEPT freed bytes for later requests. By default it keeps about twice the largest block, and
    the system clears the rest anew at every decode of a small picture."""
    if _is_glibc:
        _c_library.mallopt(M_MMAP_MAX, 2**16)
        _c_library.mallopt(M_MMAP_THRESHOLD, MOST_FROM_HEAP)
        _c_library.mallopt(M_TRIM_THRESHOLD, KEPT)


def trim() -> None:
    """Return freed memory to the system, if the C library is glibc, which would keep it."""
    if _is_glibc:
        _c_library.malloc_trim(0)


_c_library = ctypes.CDLL(None)
_is_glibc = hasattr(_c_library, "malloc_trim")
M_TRIM_THRESHOLD = -1  # these are from glibc's malloc.h: above so many free bytes, the heap's end is returned
M_MMAP_THRESHOLD = -3  # larger blocks come from mmap, not from the heap
M_MMAP_MAX = -4  # the most blocks that come from mmap
MOST_FROM_HEAP = 32 * 2**20  # bytes: what glibc itself raises M_MMAP_THRESHOLD to
KEPT = 192 * 2**20  # bytes: about what decoding 512 x 256 pixels takes


def gigabytes(count: int) -> str:
    """Return a number of bytes in GiB, for messages."""
    return f"{count / 2**30:.3g} GiB"
