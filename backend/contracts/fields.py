"""Find the fields of a document that name uploads, and those that are prompts.

Fields are found by their types and never by their names, so a new field is found as soon as it has the type.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import core_schema

Location = tuple[str | int, ...]
UploadKind = Literal["picture", "mask"]
Part = TypeVar("Part", bound=BaseModel)


@dataclass(frozen=True)
class NamesUpload:
    """Marks the type of fields whose values are ids of uploads, and says how the upload is read.

    A document may name something else there, such as files. It is then validated with a function as its context. The
    function gets the name and this kind, and returns the id.
    """

    kind: UploadKind

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_before_validator_function(self._id, handler(source))

    def _id(self, value: Any, info: ValidationInfo) -> Any:
        return info.context(value, self.kind) if callable(info.context) and isinstance(value, str) else value


@dataclass(frozen=True)
class IsPrompt:
    """Marks the type of fields that hold a prompt."""


class Found(NamedTuple):
    location: Location
    value: Any


def marked(document: BaseModel, mark: type) -> Iterator[Found]:
    """Yield the values of a document whose types have a mark, in the order of the document. Fields that are None are
    skipped."""
    return (Found(location, value) for location, value, marks in _values(document) if mark in marks)


def parts(document: BaseModel, kind: type[Part]) -> Iterator[tuple[Location, Part]]:
    """Yield the documents of one class within a document, in order."""
    return ((location, value) for location, value, _ in _values(document) if isinstance(value, kind))


class _Value(NamedTuple):
    location: Location
    value: Any
    marks: frozenset[type]
    """The classes of the annotations on the value's type."""


def _values(value: Any, hint: Any = None, location: Location = ()) -> Iterator[_Value]:
    """Yield a value and all values inside it, except None."""
    if value is None:
        return
    types = [*_alternatives(hint)]
    yield _Value(location, value, frozenset[type]().union(*(marks for _, marks in types)))
    match value:
        case BaseModel():
            for name, inner in _hints(type(value)).items():
                yield from _values(getattr(value, name), inner, (*location, name))
        case list():
            inner = _arguments(types, list)[0]
            for index, one in enumerate(value):
                yield from _values(one, inner, (*location, index))
        case dict():
            inner = _arguments(types, dict)[1]
            for key, one in value.items():
                yield from _values(one, inner, (*location, key))


@cache
def _hints(model: type[BaseModel]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def _alternatives(hint: Any, marks: frozenset[type] = frozenset()) -> Iterator[tuple[Any, frozenset[type]]]:
    """Yield the types that an annotation allows, except None, each with the classes of its annotations."""
    if get_origin(hint) is Annotated:
        inner, *annotations = get_args(hint)
        yield from _alternatives(inner, marks.union(map(type, annotations)))
    elif get_origin(hint) in (Union, UnionType):
        for one in get_args(hint):
            yield from _alternatives(one, marks)
    elif hint is not NoneType:
        yield hint, marks


def _arguments(types: list[tuple[Any, frozenset[type]]], container: type) -> tuple[Any, ...]:
    """Return the types of a container's elements. The first alternative that is such a container decides."""
    found = [get_args(hint) for hint, _ in types if get_origin(hint) is container]
    return found[0] if found else (Any, Any)
