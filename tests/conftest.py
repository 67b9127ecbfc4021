"""Check tensor shapes and argument types at run time, in the engine and its loaders. Refuse tests that share an id."""

import gc
import os
from collections import Counter

import pytest
from jaxtyping import install_import_hook

from backend import logs

gc.disable()  # until all tests are collected: it would search a million lasting objects again and again
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny models only wait for each other's threads
install_import_hook(["inlay_engine", "worker.diffusion", "worker.build"], "beartype.beartype")


@pytest.fixture(autouse=True)
def _logs_to_this_tests_standard_error() -> None:
    """Set up logging again for each test. Applications and workers set it up for the whole process, on the standard
    error of their own test, which is closed afterwards."""
    logs.configure("info", "console")


LONGEST_FIRST = (
    "tests/e2e/",  # first, so that they do not share the processor with the deployment of test_chaos.py
    "tests/integration/test_chaos.py",
    "tests/integration/api/test_described.py",
    "tests/integration/worker/test_faults.py",
    "tests/integration/",
    "tests/unit/worker/",
    "tests/unit/benchmarks/",
)


def pytest_collection_finish() -> None:
    """Let the garbage collector look at what the tests make, and at nothing older."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, so that pytest-xdist's processes end at nearly the same time.

    Refuse tests that share an id. Of these, pytest-xdist runs a single one and says nothing.
    """
    items.sort(key=lambda item: [*map(item.nodeid.startswith, LONGEST_FIRST), True].index(True))
    shared = [id for id, count in Counter(item.nodeid for item in items).items() if count > 1]
    if shared:
        raise pytest.UsageError(f"Several tests have the same id; give each one of its own: {', '.join(shared)}.")
