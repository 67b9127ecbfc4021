"""The place where the ranks of a worker meet: a folder on one machine, or an address of rank 0."""

import fcntl
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from torch.distributed import FileStore, Store, TCPStore  # pyright: ignore[reportPrivateImportUsage]

from worker.ranks.errors import RankError
from worker.ranks.group import Message

READY_SECONDS = 300.0  # the longest time in which the other ranks have to start
LOOK_SECONDS = 0.05
PREFIX = "inlay-ranks-"  # of the folders' names


class MeetingFolder:
    """A new folder in which the ranks of one machine meet.

    This process holds its lock until `delete`, or until the process ends in any way. So the next one that makes such a
    folder can tell which are left over, and deletes them.
    """

    def __init__(self) -> None:
        _delete_left_over()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        unlocked = self.path / "new"
        self._lock = unlocked.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        unlocked.rename(self.path / "lock")  # a file of this name is never seen before it is locked

    def delete(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _delete_left_over() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/lock"):
        with suppress(OSError), path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path.parent)


def in_folder(folder: Path, ranks: int) -> Store:
    """Return the store of ranks that meet in a folder. They talk over this machine's loopback interface only."""
    loopback = next((name for _, name in socket.if_nameindex() if name.startswith("lo")), None)
    if loopback is not None:
        os.environ["GLOO_SOCKET_IFNAME"] = os.environ["NCCL_SOCKET_IFNAME"] = loopback
    return FileStore(str(folder / "store"), ranks)


def at_address(address: str, ranks: int, listens: bool) -> Store:
    """Return the store of ranks that meet at INLAY_RANKS_ADDRESS, where rank 0 `listens`. Raises RankError if that is
    no address, if rank 0 cannot listen there, or if it does not answer."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise RankError(f"INLAY_RANKS_ADDRESS is {address!r}; write it as host:port, such as 10.0.0.5:29500.")
    wait = timedelta(seconds=READY_SECONDS)
    try:
        return TCPStore(host, int(port), ranks, is_master=listens, wait_for_workers=False, timeout=wait)
    except RuntimeError as error:
        said = str(error).split("\n", 1)[0]
        what = "Rank 0 cannot listen at" if listens else "Rank 0 does not answer at"
        raise RankError(f"{what} INLAY_RANKS_ADDRESS, {address}: {said}") from error


def tell_ready(store: Store, rank: int, said: Message) -> None:
    """Tell rank 0 that a rank is ready, and what it is."""
    store.set(_key(rank), json.dumps(said))


def wait_ready(store: Store, rank: int, ended: Callable[[], int | None]) -> Message:
    """Wait until a rank is ready, and return what it says of itself. `ended` returns the rank's exit status if it has
    ended. Raises RankError if it ended, or needs longer than READY_SECONDS."""
    until = time.monotonic() + READY_SECONDS
    while not store.check([_key(rank)]):
        if (status := ended()) is not None:
            raise RankError(f"Rank {rank} ended before it was ready (status {status}); its log says why.")
        if time.monotonic() > until:
            raise RankError(f"Rank {rank} was not ready within {READY_SECONDS:.0f} s; start it.")
        time.sleep(LOOK_SECONDS)
    return json.loads(store.get(_key(rank)))


def _key(rank: int) -> str:
    return f"ready/{rank}"
