"""Print to the terminal, and end a command with a sentence."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from backend.settings import faults
from inlay.errors import CommandError, Stopped

out, err = Console(), Console(stderr=True)


def say(sentence: str) -> None:
    """Print a sentence as it is, without markup or line breaks."""
    out.print(sentence, highlight=False, markup=False, soft_wrap=True)


def show(table: Table) -> None:
    """Print a table at its full width, so that a narrow terminal or a pipe loses no column."""
    table.width = Measurement.get(out, out.options.update(width=10_000), table).maximum
    out.print(table, crop=False, soft_wrap=True)


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """Show what the command is doing while the block runs."""
    with err.status(escape(doing)):
        yield


def fail(sentence: str, code: int = CommandError.code) -> NoReturn:
    """Print a sentence and end the command."""
    err.print(sentence, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn a CommandError into its sentence and exit code. SIGTERM stops the command as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except CommandError as error:
        fail(str(error), error.code)
    except KeyboardInterrupt:
        fail("Stopped.", Stopped.code)
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def valid() -> Iterator[None]:
    """Turn invalid settings into one sentence each, and end the command."""
    try:
        yield
    except ValidationError as error:
        for name, said in faults(error):
            err.print(f"[red]{name}[/red]: {escape(said)}", highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
