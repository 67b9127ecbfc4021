"""A worker process that imports its modules while `inlay run` does the same, and then waits for the word to begin.

This module imports almost nothing, because the process has to start before the command line is imported.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys


class WaitingWorker:
    """An embedded worker process, and the other end of its socket. It ends by itself if this end closes."""

    def __init__(self) -> None:
        self._end, theirs = socket.socketpair()
        command = [sys.executable, "-m", "worker.local", "--fd", str(theirs.fileno())]
        with theirs:
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()])

    def begin(self) -> socket.socket:
        """Let the process take jobs, with the settings that this process has now. Returns this end of its socket."""
        settings = {name: value for name, value in os.environ.items() if name.startswith("INLAY_")}
        with contextlib.suppress(OSError):  # it has ended already; whoever waits for the process learns of it
            self._end.sendall(json.dumps(settings).encode() + b"\n")
        return self._end

    def end(self) -> None:
        """End the process, if it still runs."""
        self._end.close()
        self.process.kill()
        self.process.wait()
