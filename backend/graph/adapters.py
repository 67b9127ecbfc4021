"""Check the adapters that a job uses: each is installed, has the expected kind, and fits its model."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from backend.contracts.custom_graph import CustomPrompt
from backend.contracts.job import Job
from backend.contracts.layout import Prompted
from backend.contracts.model import NOUNS, Adapter, AdapterEntry, Model, ModelPin, one
from backend.graph.errors import LayoutError
from backend.graph.prompts import asked

Location = list[str | int]
NamedAdapters = Iterator[tuple[str, AdapterEntry, Location]]
NONE: Mapping[str, Adapter] = {}
"""The adapters of a server that has none."""


class _Use(NamedTuple):
    """One use of an adapter: its id, the kind that is expected, the model that it is for, and its place in the
    document."""

    id: str
    entry: AdapterEntry
    model: str
    location: Location


def pins(job: Job, models: Mapping[str, Model], adapters: Mapping[str, Adapter]) -> list[ModelPin] | None:
    """Return the pins of the adapters that a job uses, sorted by id, or None if it uses none. Raises LayoutError for an
    adapter that is not installed, has another kind, does not fit its model, or has changed since the document was made.
    """
    uses = list(_uses(job))
    for use in uses:
        _check(use, models, adapters)
    for index, pin in enumerate(job.adapters or []):
        _check_pin(pin, adapters, ["adapters", index])
    return [adapters[id].pin for id in sorted({use.id for use in uses})] or None


def _uses(job: Job) -> Iterator[_Use]:
    if job.layout.kind == "custom":
        for index, observable in enumerate(job.layout.graph.observables):
            location: Location = ["layout", "graph", "observables", index, "prompted"]
            for id, entry, place in _of_observable(observable.prompted):
                yield _Use(id, entry, observable.prompted.model or job.sampling.model, [*location, *place])
    for location, prompted in asked(job.layout):
        for id, entry, place in _of_prompt(prompted):
            yield _Use(id, entry, prompted.model or job.sampling.model, [*location, *place])


def _of_prompt(prompted: Prompted) -> NamedAdapters:
    if prompted.control is not None and prompted.control.controlnet is not None:
        yield prompted.control.controlnet, "controlnet", ["control", "controlnet"]
    yield from _beside(prompted)


def _of_observable(prompted: CustomPrompt) -> NamedAdapters:
    if prompted.pose is not None and prompted.pose.controlnet is not None:
        yield prompted.pose.controlnet, "controlnet", ["pose", "controlnet"]
    if prompted.picture is not None:
        yield prompted.picture.controlnet, "controlnet", ["picture", "controlnet"]
    yield from _beside(prompted)


def _beside(prompted: Prompted | CustomPrompt) -> NamedAdapters:
    """Yield the LoRAs and the IP-Adapter, which layouts and graphs name in the same fields."""
    for index, use in enumerate(prompted.loras):
        yield use.lora, "lora", ["loras", index, "lora"]
    if prompted.reference is not None:
        yield prompted.reference.adapter, "ip-adapter", ["reference", "adapter"]


def _check(use: _Use, models: Mapping[str, Model], adapters: Mapping[str, Adapter]) -> None:
    """Raises LayoutError if the adapter is not installed, has another kind, or does not fit its model. A model that is
    not installed is refused elsewhere, when the graph is made."""
    wanted = one(use.entry)
    there = sorted(id for id, each in adapters.items() if each.description.entry == use.entry)
    choose = f"choose one of: {', '.join(there)}" if there else "none is installed"
    if use.id in models:
        raise LayoutError(f"{use.id!r} is a model, and {wanted} is wanted here; {choose}", use.location)
    if use.id not in adapters:
        raise LayoutError(f"there is no {NOUNS[use.entry]} {use.id!r} here; {choose}", use.location)
    description = adapters[use.id].description
    if description.entry != use.entry:
        raise LayoutError(
            f"{use.id!r} is {one(description.entry)}, and {wanted} is wanted here; {choose}", use.location
        )
    misfit = description.misfit(models[use.model].description) if use.model in models else None
    if misfit is not None:
        raise LayoutError(misfit, use.location)


def _check_pin(pin: ModelPin, adapters: Mapping[str, Adapter], location: Location) -> None:
    if pin.id not in adapters:
        raise LayoutError(f"this document was made with the adapter {pin.id!r}, which is not here", location)
    here = adapters[pin.id]
    if here.pin != pin:
        raise LayoutError(
            f"this document was made with {pin.id} {pin.revision} ({pin.sha256[:12]}), and this server has "
            f"{here.pin.revision} ({here.sha256[:12]}); leave `adapters` out to run it with that",
            location,
        )
