"""Logging of all processes of Inlay. They log events with fields to standard error, as text for people or as JSON."""

import io
import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import ExcInfo

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["console", "json"]


def configure(level: Level, format: Format) -> None:
    """Set up structlog for the whole process. Tracebacks leave out local variables, which may be secret or large."""
    if format == "json":
        render = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        render = [_printable, structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_printable_traceback)]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _printable(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Escape the unprintable characters in an event's texts, because a request's path may contain terminal codes.

    The JSON format needs no such step: JSON escapes them itself.
    """
    return {name: _escaped(value) if isinstance(value, str) else value for name, value in event.items()}


def _printable_traceback(out: TextIO, error: ExcInfo) -> None:
    raw = io.StringIO()
    structlog.dev.plain_traceback(raw, error)
    out.write("\n".join(map(_escaped, raw.getvalue().split("\n"))))


def _escaped(text: str) -> str:
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
