"""Serve the studio and the API. Commands import this module late: FastAPI takes a second to import."""

import gc
import resource
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType

import uvicorn

from backend import logs
from backend.api.main import create_app, server_options
from backend.api.settings import Settings
from backend.store.bus import ApiBus
from inlay.terminal import out

MOST_FILES = 65_536
COLLECTIONS = (5_000, 10, 20)
"""The garbage collector's thresholds. With Python's own, 1,000 new requests cause ten full collections."""
SWITCH_SECONDS = 0.001  # for which a thread may keep the others waiting; Python's own is five times as long


def serve(settings: Settings, bus: ApiBus, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    _allow_connections()
    app = create_app(settings, bus)
    logs.take_over()
    server = _Server(uvicorn.Config(app, **server_options(settings, app)))
    server.address = _address(settings, listener)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        sys.exit(3)


def _allow_connections() -> None:
    """Let this process open as many files as the system allows. Each connection is one, and a usual limit of 1,024 is
    below what one address may have open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # some systems refuse
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class _Server(uvicorn.Server):
    """A server that prints its address once it answers."""

    address = ""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving and return. uvicorn's own handler would end the process before the worker hands its job back."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _shorten_pauses()
        if self.started:
            out.print(f"Inlay is at [bold]{self.address}[/bold]   (Ctrl-C stops it)", highlight=False)


def _shorten_pauses() -> None:
    """Make the moments short in which all clients wait: for a full garbage collection, which would go through all
    modules for a quarter of a second, and for threads that compute."""
    gc.collect()
    gc.freeze()  # what is there now lives as long as the process
    gc.set_threshold(*COLLECTIONS)
    sys.setswitchinterval(SWITCH_SECONDS)


def _address(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{listener.getsockname()[1]}"
