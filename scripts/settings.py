"""Write the reference of settings: python -m scripts.settings > docs/settings.md"""

import sys
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ByteSize, SecretStr
from pydantic.fields import FieldInfo

from backend.api.settings import Settings as ApiSettings
from backend.settings import CHECKOUT, SharedSettings
from worker.settings import Settings as WorkerSettings

HEAD = """# Settings

Every process of Inlay reads its settings from environment variables. All of them have a default, so `make run` needs
none. An empty value counts as unset. A process that finds a value it cannot use says which one, and ends.

This page is written by `python -m scripts.settings > docs/settings.md` from `backend/settings.py`,
`backend/api/settings.py` and `worker/settings.py`; a test compares it with them. How the settings work together in a
deployment is in [deploy.md](deploy.md).
"""
GROUPS: dict[str, tuple[str, type[SharedSettings]]] = {
    "All processes": (
        "The API, the reconciler, the worker and the `inlay` command read these. Give all processes of one "
        "installation the same values.",
        SharedSettings,
    ),
    "API and reconciler": (
        "`inlay serve`, `inlay reconcile` and `inlay run` read these, and so do the commands that open the database, "
        "such as `inlay keys`.",
        ApiSettings,
    ),
    "Worker": (
        "The worker reads these, and so do `inlay generate`, `inlay train` and `inlay models`.",
        WorkerSettings,
    ),
}
NAMES: dict[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Path: "folder",
    SecretStr: "text, secret",
    ByteSize: "bytes",
}


def page() -> str:
    """Return the Markdown of docs/settings.md."""
    parts = [HEAD]
    for title, (sentence, settings) in GROUPS.items():
        own = {
            name: field
            for name, field in settings.model_fields.items()
            if settings is SharedSettings or name not in SharedSettings.model_fields
        }
        rows = "\n".join(_row(name, field) for name, field in own.items())
        parts.append(f"## {title}\n\n{sentence}\n\n| setting | type | default | meaning |\n|---|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def _row(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(f"The setting {name} has no description; write one below it, as a string.")
    cells = [f"`INLAY_{name.upper()}`", _type(field), _default(field.default), " ".join(field.description.split())]
    return f"| {' | '.join(cells)} |"


def _type(field: FieldInfo) -> str:
    described = " or ".join(_names(field.annotation))
    bounds = ", ".join(_bounds(field.metadata))
    return f"{described}, {bounds}" if bounds else described


def _names(annotation: Any) -> Iterator[str]:
    origin = get_origin(annotation)
    if origin is Literal:
        yield from (f"`{value}`" for value in get_args(annotation))
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            if part is not type(None):
                yield from _names(part)
    elif origin in (tuple, dict):
        yield "list"
    elif origin is not None:
        yield from _names(get_args(annotation)[0])
    else:
        yield NAMES[annotation]


def _bounds(metadata: list[Any]) -> Iterator[str]:
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    for constraint in metadata:
        for attribute, word in words.items():
            if (bound := getattr(constraint, attribute, None)) is not None:
                yield f"{word} {bound:,}"


def _default(value: Any) -> str:
    match value:
        case None:
            return "none"
        case tuple():
            return _listed(map(str, value))
        case dict():
            return _listed(f"{name}:{one}" for name, one in value.items())
        case Path() if value.is_relative_to(CHECKOUT):
            return f"`{value.relative_to(CHECKOUT)}` in the checkout"
        case bool():
            return f"`{str(value).lower()}`"
        case float():
            return f"`{value:g}`"
        case _:
            return f"`{value}`"


def _listed(parts: Iterable[str]) -> str:
    """Return a list as the environment holds it."""
    return f"`{','.join(found)}`" if (found := [*parts]) else "none"


if __name__ == "__main__":
    sys.stdout.write(page())
