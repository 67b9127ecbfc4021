"""Imports of many modules at the start of a process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """Import modules in this block that live as long as the process.

    The garbage collector rests meanwhile and never looks at them later. Among the worker's thousands of modules it
    would search for a fifth of the time and find nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
