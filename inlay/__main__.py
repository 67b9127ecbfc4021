"""The command `inlay`."""

import sys

from backend.imports import lasting
from inlay.waiting_worker import WaitingWorker


def main() -> None:
    """Run the command line. `inlay run` starts its worker first: both import their modules at the same time."""
    worker = WaitingWorker() if sys.argv[1:2] == ["run"] and "--help" not in sys.argv else None
    try:
        with lasting():
            from inlay.cli import app
        app(obj=worker)
    finally:
        if worker is not None:
            worker.end()


if __name__ == "__main__":
    main()
