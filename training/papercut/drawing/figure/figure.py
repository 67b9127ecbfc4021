"""A whole figure: a backdrop, a body in a pose, an outfit and a head."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as with_changes

import numpy as np

from training.papercut.drawing.figure.head import SKINS, draw_head, draw_head_back
from training.papercut.drawing.figure.outfits import SUITS, Suit
from training.papercut.drawing.figure.pose import SIZE, random_gesture, random_head, random_pose
from training.papercut.drawing.figure.truth import (
    EARRINGS,
    HAIRS,
    HATS,
    LENGTHS,
    OUTFITS,
    Face,
    FigureTruth,
    Gesture,
    Hat,
    Outfit,
    Pose,
    is_unseen,
)
from training.papercut.drawing.palette import Colour, from_hex, mix
from training.papercut.drawing.paper import Piece, Point, Points, Sheet, ellipse, strip

BACKGROUNDS: dict[str, Colour] = {
    "blue": from_hex("8CC4E8"),
    "green": from_hex("A5D3A0"),
    "pink": from_hex("F3B9C2"),
    "purple": from_hex("C0AEE2"),
    "orange": from_hex("F5B98A"),
    "cream": from_hex("F3E6CC"),
}
OWN_HAT: dict[Outfit, Hat] = {
    "hunter": "hunter",
    "chef": "chef",
    "firefighter": "helmet",
    "sailor": "sailor",
    "farmer": "straw",
    "knight": "crown",
}
OWN_HAT_SHARE, BARE_SHARE = 0.35, 0.3
FLOOR = 214


@dataclass(frozen=True)
class Figure:
    """A drawing, bytes of shape (scale * 256, scale * 256, 3), and its truth in pixels at a scale of 1."""

    pixels: np.ndarray
    truth: FigureTruth

    @property
    def face(self) -> np.ndarray:
        """The close-up of the face, of shape (scale * 128, scale * 128, 3): the crop at the head's box."""
        box, scale = self.truth.head, len(self.pixels) // SIZE
        rows, columns = (
            (int(scale * start), int(scale * stop)) for start, stop in ((box.top, box.bottom), (box.left, box.right))
        )
        return self.pixels[slice(*rows), slice(*columns)]


def draw_figure(
    seed: int,
    *,
    outfit: Outfit | None = None,
    face: Face | None = None,
    gesture: Gesture | None = None,
    scale: int = 1,
) -> Figure:
    """Draw the figure of a seed. The seed decides all that the arguments do not, and it never chooses an
    unseen pair. `scale`: the factor by which the sides are longer than SIZE; the truth does not depend on it."""
    rng = np.random.default_rng([seed, 20262])
    chosen_outfit = outfit or OUTFITS[int(rng.integers(len(OUTFITS)))]
    chosen_face = face or _random_face(rng, chosen_outfit)
    chosen_gesture = gesture or random_gesture(rng)
    busy_right = bool(rng.integers(2))
    head = random_head(rng)
    pose = random_pose(rng, head, chosen_gesture, busy_right)
    background = list(BACKGROUNDS)[int(rng.integers(len(BACKGROUNDS)))]
    truth = FigureTruth(chosen_outfit, chosen_face, chosen_gesture, pose, head, background)

    sheet = Sheet(SIZE, SIZE, BACKGROUNDS[background], scale)
    _draw_backdrop(sheet, rng, BACKGROUNDS[background], pose)
    _draw_figure(sheet, rng, truth, busy_right)
    return Figure(sheet.finish(), truth)


def random_face(rng: np.random.Generator) -> Face:
    """Choose any face."""
    return Face(
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
        length=LENGTHS[int(rng.integers(len(LENGTHS)))],
        hat=HATS[int(rng.integers(len(HATS)))],
        earrings=EARRINGS[int(rng.integers(len(EARRINGS)))],
        glasses=bool(rng.random() < 0.4),
        skin=int(rng.integers(len(SKINS))),
    )


def _random_face(rng: np.random.Generator, outfit: Outfit) -> Face:
    """Choose a face that training may show with this outfit: often with its own hat, often with none."""
    while True:
        face, share = random_face(rng), rng.random()
        if share < OWN_HAT_SHARE:
            face = with_changes(face, hat=OWN_HAT.get(outfit, "none"))
        elif share < OWN_HAT_SHARE + BARE_SHARE:
            face = with_changes(face, hat="none")
        if not is_unseen(outfit, face):
            return face


def _draw_backdrop(sheet: Sheet, rng: np.random.Generator, wall: Colour, pose: Pose) -> None:
    """Draw a pale disc on the wall, and a floor."""
    middle = (SIZE / 2 + rng.uniform(-14, 14), 112 + rng.uniform(-8, 8))
    sheet.cut(mix(wall, (255, 255, 255), 0.38), ellipse(*middle, 98, 98, 72), shadow=0.2)
    phase = rng.uniform(0, 6.3)
    edge = [(x, FLOOR + 3 * np.sin(x / 41 + phase)) for x in range(-4, SIZE + 8, 4)]
    sheet.cut(mix(wall, (60, 50, 90), 0.26), [*edge, (SIZE + 4, SIZE + 4), (-4, SIZE + 4)], shadow=0.3)
    feet = [pose["right_ankle"], pose["left_ankle"]]
    x, y = (feet[0][0] + feet[1][0]) / 2, max(feet[0][1], feet[1][1]) + 9
    sheet.veil((40, 30, 70), [ellipse(x, y, 46, 6)], 0.25)


def _draw_figure(sheet: Sheet, rng: np.random.Generator, truth: FigureTruth, busy_right: bool) -> None:
    """Draw long hair, legs, the arms behind, the trunk, the arms with their objects, and finally the head."""
    suit, pose, box = SUITS[truth.outfit], truth.pose, truth.head
    centre = ((box.left + box.right) / 2, box.top + 70)
    draw_head_back(sheet, truth.face, *centre)
    _draw_legs(sheet, suit, pose)
    _draw_arms(sheet, suit, pose, SKINS[truth.face.skin])
    neck = strip(pose["neck"], (pose["neck"][0], pose["neck"][1] + 8), 20, 20)
    sheet.lay([(mix(SKINS[truth.face.skin], (120, 50, 40), 0.2), neck)], shadow=0.2)
    frame = _frame(pose)
    sheet.lay([(colour, [frame(*point) for point in shape]) for colour, shape in suit.trunk], shadow=0.4)
    if truth.gesture != "hands on hips":
        _draw_prop(sheet, suit, pose, SKINS[truth.face.skin], right=not busy_right)
    draw_head(sheet, rng, truth.face, centre, pose["nose"][0] - centre[0])


def _frame(pose: Pose) -> Callable[[float, float], Point]:
    """Return a function from (across, down) in the trunk's frame to the picture."""
    (x, y), hips = pose["neck"], [pose["right_hip"], pose["left_hip"]]
    down = np.array([(hips[0][0] + hips[1][0]) / 2 - x, (hips[0][1] + hips[1][1]) / 2 - y])
    down /= np.linalg.norm(down)

    def at(a: float, b: float) -> Point:
        return float(x + a * down[1] + b * down[0]), float(y - a * down[0] + b * down[1])

    return at


def _draw_legs(sheet: Sheet, suit: Suit, pose: Pose) -> None:
    for side, outwards in (("right", -1), ("left", 1)):
        hip, knee, ankle = _joints(pose, side, ("hip", "knee", "ankle"))
        shoe = _shoe(ankle, outwards)
        legs = [(suit.legs, strip(hip, knee, 22, 19)), (suit.legs, strip(knee, ankle, 19, 16))]
        sheet.lay([(suit.shoes, shoe), *legs], shadow=0.35)


def _shoe(ankle: Point, outwards: int) -> Points:
    x, y = ankle
    return [(a, min(b, y + 9)) for a, b in ellipse(x + outwards * 4, y + 7, 14, 9)]


def _draw_arms(sheet: Sheet, suit: Suit, pose: Pose, skin: Colour) -> None:
    for side in ("right", "left"):
        shoulder, elbow, wrist = _joints(pose, side, ("shoulder", "elbow", "wrist"))
        hand = _beyond(elbow, wrist, 5)
        pieces: list[Piece] = [
            (suit.glove or skin, ellipse(*hand, 8, 8)),
            (suit.sleeve, strip(shoulder, elbow, 19, 16)),
            (suit.sleeve, strip(elbow, wrist, 16, 14)),
            (suit.cuff, strip(_beyond(elbow, wrist, -6), _beyond(elbow, wrist, -2), 14.5, 14.5)),
        ]
        sheet.lay(pieces, shadow=0.35)


def _draw_prop(sheet: Sheet, suit: Suit, pose: Pose, skin: Colour, right: bool) -> None:
    """Draw the object in one hand, and the fingers around it."""
    side, outwards = ("right", -1) if right else ("left", 1)
    _, elbow, wrist = _joints(pose, side, ("shoulder", "elbow", "wrist"))
    x, y = _beyond(elbow, wrist, 5)
    pieces = [(colour, [(x + outwards * a, y + b) for a, b in shape]) for colour, shape in suit.prop()]
    sheet.lay(pieces, shadow=0.35)
    sheet.lay([(suit.glove or skin, ellipse(x, y, 7, 6.5))], shadow=0.25)


def _joints(pose: Pose, side: str, names: tuple[str, ...]) -> list[Point]:
    return [pose[f"{side}_{name}"] for name in names]


def _beyond(start: Point, end: Point, by: float) -> Point:
    """Return the point `by` pixels past the end of a line."""
    direction = np.array(end) - np.array(start)
    x, y = np.array(end) + direction / np.linalg.norm(direction) * by
    return float(x), float(y)
