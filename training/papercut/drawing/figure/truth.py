"""The record of a figure, from which captions, skeletons and the judge are made."""

from dataclasses import dataclass
from typing import Literal, get_args

from training.papercut.drawing.truth import Box

Outfit = Literal["doctor", "singer", "hunter", "chef", "firefighter", "sailor", "farmer", "knight"]
Hair = Literal["blonde", "black", "brown", "red", "grey"]
Length = Literal["short", "long"]
Hat = Literal["none", "hunter", "chef", "helmet", "sailor", "crown", "straw", "top"]
Earrings = Literal["none", "large"]
Gesture = Literal["standing", "waving", "arms wide", "arms up", "hands on hips", "walking"]
Joint = str
"""One of the contract's JOINTS. Right and left are the figure's own: its right arm is on the left of the picture."""

OUTFITS: tuple[Outfit, ...] = get_args(Outfit)
HAIRS: tuple[Hair, ...] = get_args(Hair)
LENGTHS: tuple[Length, ...] = get_args(Length)
HATS: tuple[Hat, ...] = get_args(Hat)
EARRINGS: tuple[Earrings, ...] = get_args(Earrings)
GESTURES: tuple[Gesture, ...] = get_args(Gesture)
Pose = dict[Joint, tuple[float, float]]
"""The position of each joint in picture pixels, in the order of JOINTS."""


@dataclass(frozen=True)
class Face:
    """The contents of a face close-up."""

    hair: Hair
    length: Length
    hat: Hat
    earrings: Earrings
    glasses: bool
    skin: int
    """The skin's shade, from 0 (light) to 3 (dark)."""


@dataclass(frozen=True)
class Unseen:
    """An outfit and features of a face that training never shows together. A feature of None may have any value."""

    outfit: Outfit
    hair: Hair | None = None
    length: Length | None = None
    hat: Hat | None = None
    earrings: Earrings | None = None
    glasses: bool | None = None

    def holds(self, outfit: Outfit, face: Face) -> bool:
        """Return whether a figure is one of these."""
        features = ("hair", "length", "hat", "earrings", "glasses")
        wanted = {name: getattr(self, name) for name in features if getattr(self, name) is not None}
        return outfit == self.outfit and all(getattr(face, name) == value for name, value in wanted.items())


UNSEEN: tuple[Unseen, ...] = (
    Unseen("doctor", hat="hunter"),
    Unseen("singer", hair="blonde", earrings="large"),
    Unseen("chef", hat="helmet"),
    Unseen("firefighter", hat="crown"),
    Unseen("sailor", hat="straw"),
    Unseen("hunter", hat="top"),
    Unseen("farmer", hat="sailor"),
    Unseen("knight", hat="chef"),
    Unseen("doctor", hair="red", length="long"),
    Unseen("hunter", hair="grey", glasses=True),
)
"""The pairs that no training picture shows, so that composing them is a test. `draw_figure` draws them only
on request."""


def is_unseen(outfit: Outfit, face: Face) -> bool:
    """Return whether training never shows this outfit with this face."""
    return any(pair.holds(outfit, face) for pair in UNSEEN)


@dataclass(frozen=True)
class FigureTruth:
    """The contents of a figure's picture."""

    outfit: Outfit
    face: Face
    gesture: Gesture
    pose: Pose
    head: Box
    """The box of 128 x 128 pixels whose crop is the face close-up."""
    background: str
