"""The layers of a finished job: its pictures, the parts of its composites, and its observables in folders.

The main picture is at the bottom. Layers above it that repeat it at their own place are visible, because they change
nothing; all others are hidden.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from backend.api.layers.cuts import Cuts, Pixels, enlarged
from backend.contracts.graph import CompositeSpec, IdentitySpec, LawSpec, ObservableSpec, OutputSpec
from backend.geometry.canvases import controls_of, shows_whole, source
from backend.geometry.operators import GraphGeometry
from backend.geometry.regions import Cells
from backend.geometry.shares import Shares, View

_PROMPT = 60  # characters of a layer's name that come from its prompt
_NAMED = 3  # pictures that a layer's name names
_COUNTED = re.compile(r":[+-]\d+$")  # the end of a group's name under the counting solver


@dataclass(frozen=True)
class Layer:
    """A picture of width x height pixels at (x, y) of the canvas. `pixels` makes it in RGB; `mask` makes its opacity,
    or is None where all of it is opaque."""

    name: str
    x: int
    y: int
    width: int
    height: int
    visible: bool
    pixels: Callable[[], Pixels]
    mask: Callable[[], Pixels] | None = None


@dataclass(frozen=True)
class Folder:
    """Layers under one name, the lowest first."""

    name: str
    visible: bool
    layers: Sequence[Layer]


@dataclass(frozen=True)
class Plan:
    """All layers of a picture of width x height pixels, the lowest first."""

    width: int
    height: int
    nodes: Sequence[Layer | Folder]

    @property
    def layers(self) -> Iterator[Layer]:
        for node in self.nodes:
            yield from node.layers if isinstance(node, Folder) else (node,)


@dataclass(frozen=True, eq=False)
class Planner:
    """Makes the plan of one image of a job. `main` is the name of the main picture. `own` makes the saved pictures of
    observables, by their names. `framed` has the pictures that are frames of the run. Without `views`, no single
    observable has a layer."""

    cuts: Cuts
    shares: Shares
    main: str
    own: Mapping[str, Callable[[], Pixels]]
    framed: Collection[str] = frozenset()
    views: bool = True

    def plan(self) -> Plan:
        """Return the plan. An observable that can neither be cut nor has a picture of its own is left out."""
        height, width, _ = self.cuts.pictures[self.main].shape
        graph = self.cuts.graph
        others = [name for name in self.cuts.pictures if name != self.main]
        parts = [layer for output in graph.outputs for layer in self._parts(output)]
        together: dict[tuple[str, str], list[View]] = {}
        for view in graph.views:
            together.setdefault(_part_of(view), []).append(view)
        folders = [self._folder(views) for views in together.values()]
        pictures = [self._picture(name) for name in (self.main, *others)]
        return Plan(width, height, [*pictures, *parts, *(folder for folder in folders if folder.layers)])

    def _picture(self, name: str) -> Layer:
        picture = self.cuts.pictures[name]
        height, width, _ = picture.shape
        made = "last frame of the run" if name in self.framed else "picture"
        return Layer(f"{name} ({made})", 0, 0, width, height, name == self.main, lambda: picture)

    def _parts(self, output: OutputSpec) -> Iterator[Layer]:
        """Yield the parts of a composite above its first, each with the mask under which it covers the parts before it.
        Only whole controls that lie exactly on the composite have such a layer."""
        spec = output.operator
        if not isinstance(spec, CompositeSpec) or spec.box is not None:
            return
        below = np.zeros(())
        for index, (part, share) in enumerate(zip(spec.parts, self._geometry.shares(spec), strict=True)):
            below = below + share
            if index == 0 or not isinstance(part.view, IdentitySpec) or not share.any():
                continue
            if shows_whole(spec, index, self._geometry.controls) and self.cuts.origin(part.view):
                cover = np.divide(share, below, out=np.zeros_like(share), where=below > 0)
                name = f"{part.view.control} in {output.node}"
                yield self._cut_out(name, part.view.control, cover, visible=False)

    def _folder(self, views: Sequence[View]) -> Folder:
        """Return the folder of the observables of one patch or group. A patch has a layer of its own below them: all
        that its observables have a share of."""
        first = views[0]
        if isinstance(first, LawSpec) or first.patch is None:
            group = _clean(_COUNTED.sub("", first.precision.group))
            name = f"{group} windows" if len(views) > 1 and group != "windows" else group
            return Folder(name, False, [layer for view in views for layer in self._view(view, visible=True)])
        name = _titled(first.patch, first.prompted.prompt)
        layers = [layer for view in views for layer in self._view(view, visible=False)]
        return Folder(name, True, [*self._patch(first.patch, views), *layers])

    def _patch(self, id: str, views: Sequence[View]) -> Iterator[Layer]:
        controls = {name for view in views for name in controls_of(view.operator)}
        if len(controls) != 1 or not controls <= self.cuts.pictures.keys():
            return
        (control,) = controls
        share = self.shares.on_control(views, control)
        if share is not None and share.any():
            yield self._cut_out(f"{_clean(id)} (cut from {control})", control, share, visible=control == self.main)

    def _cut_out(self, name: str, control: str, share: Cells, *, visible: bool) -> Layer:
        """Return a part of a control's picture, as small as its mask allows."""
        cell, picture = self.cuts.cell, self.cuts.pictures[control]
        (down, across) = (np.flatnonzero(share.any(axis=axis)) for axis in (1, 0))
        top, left = int(down[0]), int(across[0])
        kept = share[top : int(down[-1]) + 1, left : int(across[-1]) + 1].copy()
        cut = picture[top * cell :, left * cell :][: kept.shape[0] * cell, : kept.shape[1] * cell]
        height, width, _ = cut.shape
        place = (left * cell, top * cell, width, height)
        return Layer(name, *place, visible, lambda: cut, lambda: enlarged(kept, cell)[:height, :width])

    def _view(self, view: View, *, visible: bool) -> Iterator[Layer]:
        """Yield the layer of an observable, if it has one."""
        own, origin = self.own.get(view.name), self.cuts.origin(view.operator)
        if not self.views or (own is None and not origin):
            return
        cell, bottom = self.cuts.cell, source(view.operator)
        box = None if isinstance(bottom, IdentitySpec) else bottom.box
        width, height = self._geometry.size(view.operator)
        place = (box.x * cell, box.y * cell) if box is not None else (0, 0)
        pixels = own or partial(self.cuts.view, view.operator)
        made = "saved picture" if own else f"cut from {_joined(origin)}"
        prompt = view.prompted.prompt if isinstance(view, ObservableSpec) else ""
        name, counts = f"{_titled(view.name, prompt)} ({made})", view.precision.weight > 0
        mask = partial(self._mask, view) if counts else None
        yield Layer(name, *place, width * cell, height * cell, visible and counts, pixels, mask)

    def _mask(self, view: View) -> Pixels:
        return enlarged(self.shares.of_view(view), self.cuts.cell)

    @cached_property
    def _geometry(self) -> GraphGeometry:
        return GraphGeometry.of(self.cuts.graph)


def _part_of(view: View) -> tuple[str, str]:
    if isinstance(view, ObservableSpec) and view.patch is not None:
        return "patch", view.patch
    return "group", _COUNTED.sub("", view.precision.group)


def _titled(name: str, prompt: str) -> str:
    words = _clean(prompt)
    short = words if len(words) <= _PROMPT else f"{words[: _PROMPT - 1].rstrip()}…"
    return f"{_clean(name)}: {short}" if short else _clean(name)


def _joined(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) <= _NAMED else f"{len(names)} pictures"


def _clean(text: str) -> str:
    """Return the text on one line, without characters that cannot be shown."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
