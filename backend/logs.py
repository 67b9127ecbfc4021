"""Logging of all processes of Inlay. They log events with fields to standard error, as text for people or as JSON.

The loggers of libraries (`logging`), Python's warnings and uncaught errors go the same way, so every line has the same
form. A line names the process, and where they are known the request, the owner, the job and the worker.
"""

import io
import logging
import sys
import threading
import warnings
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import ExcInfo, Processor

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["console", "json"]

TALKING = ("celery", "uvicorn")
"""The libraries that log as much as Inlay does. Of the others, and of the broker's single messages, only warnings are
logged."""
CHATTY = ("celery.worker.strategy", "celery.app.trace")
_log = structlog.get_logger("inlay")


def configure(level: Level, format: Format, **always: str) -> None:
    """Set up the logging of the whole process. Every line has the fields in `always`, unless it says otherwise.

    Tracebacks leave out local variables, which may be secret or large.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared = [structlog.contextvars.merge_contextvars, _with(always), structlog.processors.add_log_level, _at]
    render: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
        if format == "json"
        else [_printable, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_printable_traceback)]
    )
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _configure_libraries(number, shared, render)


def take_over() -> None:
    """Log Python's warnings, and the error that ends this process or one of its threads, in place of bare text."""
    warnings.showwarning = _warned
    sys.excepthook = _crashed
    threading.excepthook = lambda args: _crashed(args.exc_type, args.exc_value, args.exc_traceback)


class _Handler(logging.StreamHandler[TextIO]):
    """The one handler of the libraries' loggers."""


def _configure_libraries(level: int, shared: list[Processor], render: list[Processor]) -> None:
    unmarked = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name], processors=[unmarked, *render]
        )
    )
    root, quiet = logging.getLogger(), max(level, logging.WARNING)
    for old in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(quiet)
    for name in TALKING:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
    for name in CHATTY:
        logging.getLogger(name).setLevel(quiet)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    said = " ".join(str(message).split())
    _log.warning("python_warning", category=category.__name__, warning=said, place=f"{filename}:{lineno}")


def _crashed(kind: type[BaseException], error: BaseException | None, at: TracebackType | None) -> None:
    if kind is not SystemExit and error is not None and not issubclass(kind, KeyboardInterrupt):
        _log.error("crashed", thread=threading.current_thread().name, exc_info=(kind, error, at))


_at = structlog.processors.TimeStamper(fmt="iso", utc=True)


def _with(always: Mapping[str, str]) -> Processor:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {**always, **event}

    return add


def _printable(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Escape the unprintable characters in an event's texts, because a request's path may contain terminal codes.

    The JSON format needs no such step: JSON escapes them itself.
    """
    return {name: _escaped(value) if isinstance(value, str) else value for name, value in event.items()}


def _printable_traceback(out: TextIO, error: ExcInfo) -> None:
    """Write a traceback. Its lines are indented, so that a line of an error's text looks like no line of the log."""
    raw = io.StringIO()
    structlog.dev.plain_traceback(raw, error)
    out.write("\n".join(f"    {_escaped(line)}" for line in raw.getvalue().split("\n")))


def _escaped(text: str) -> str:
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
