"""The record of a drawing's contents, from which captions and checks are made."""

from dataclasses import dataclass
from typing import Literal, get_args

Biome = Literal["desert", "sea", "forest", "mountains", "meadow", "snow", "city"]
Time = Literal["day", "sunset", "night"]
Weather = Literal["clear", "clouds", "rain", "snow", "fog"]

BIOMES: tuple[Biome, ...] = get_args(Biome)
TIMES: tuple[Time, ...] = get_args(Time)
WEATHERS: tuple[Weather, ...] = get_args(Weather)


@dataclass(frozen=True)
class Box:
    """A box in picture pixels. Left and top are inside the box, right and bottom just outside."""

    left: float
    top: float
    right: float
    bottom: float

    def share_between(self, left: float, right: float) -> float:
        """Return the share of the box's width between two columns, from 0 to 1."""
        return max(0.0, min(self.right, right) - max(self.left, left)) / (self.right - self.left)

    def share_within(self, view: "Box") -> float:
        """Return the share of the box's area inside a view, from 0 to 1."""
        inside = max(0.0, min(self.bottom, view.bottom) - max(self.top, view.top))
        return self.share_between(view.left, view.right) * inside / (self.bottom - self.top)

    def overlaps(self, other: "Box", margin: float = 0.0) -> bool:
        """Return whether the gap between the boxes is below `margin` pixels on both axes."""
        apart = (
            self.left >= other.right + margin
            or other.left >= self.right + margin
            or self.top >= other.bottom + margin
            or other.top >= self.bottom + margin
        )
        return not apart


@dataclass(frozen=True)
class Thing:
    """One drawn thing. `colour`: its colour if a person would name it ("red"), else None."""

    kind: str
    box: Box
    colour: str | None = None


@dataclass(frozen=True)
class Truth:
    """The contents of a panorama. `light`: its sun or moon. `clouds`: the boxes of its clouds."""

    biome: Biome
    time: Time
    weather: Weather
    light: Thing
    things: tuple[Thing, ...]
    clouds: tuple[Box, ...]
    width: int
    height: int
    land_top: float
    """Above this row there is nothing but sky."""
    sky_bottom: float
    """Below this row there is no sky."""
