"""Poses: the positions of the joints of a figure with a large head."""

import numpy as np

from backend.contracts.pose import JOINTS
from training.papercut.drawing.figure.truth import GESTURES, Gesture, Pose
from training.papercut.drawing.paper import Point
from training.papercut.drawing.truth import Box

SIZE, HEAD, GRID = 256, 128, 8
"""The sides of the picture and of the head's box, and the grid of the box's positions, in pixels."""
NECK = (HEAD / 2, 113.0)
"""The position of the neck within the head's box."""
UPPER_ARM, FOREARM, THIGH, SHIN = 29.0, 27.0, 28.0, 27.0
TORSO, SHOULDER, HIP = 50.0, 22.0, 12.0

# Angles in degrees from straight down, outwards positive: upper arm, then forearm.
HANGING, UP, OUT, AKIMBO, SWUNG = (16.0, 10.0), (128.0, 158.0), (84.0, 92.0), (52.0, -48.0), (32.0, 52.0)
ARMS: dict[Gesture, tuple[tuple[float, float], tuple[float, float]]] = {
    "standing": (HANGING, HANGING),
    "waving": (UP, HANGING),
    "arms wide": (OUT, OUT),
    "arms up": (UP, UP),
    "hands on hips": (AKIMBO, AKIMBO),
    "walking": (SWUNG, HANGING),
}


def random_head(rng: np.random.Generator) -> Box:
    """Choose a head box on the grid, near the middle and the top."""
    left = GRID * int(rng.integers(6, 11))
    top = GRID * int(rng.integers(0, 2))
    return Box(left, top, left + HEAD, top + HEAD)


def random_gesture(rng: np.random.Generator) -> Gesture:
    return GESTURES[int(rng.integers(len(GESTURES)))]


def random_pose(rng: np.random.Generator, head: Box, gesture: Gesture, busy_right: bool) -> Pose:
    """Choose a pose of a gesture under a head. `busy_right`: whether the right arm makes the gesture."""
    neck = (head.left + NECK[0], head.top + NECK[1])
    middle = (neck[0] + rng.uniform(-6, 6), neck[1] + TORSO + rng.uniform(-2, 2))
    pose: Pose = {"nose": (neck[0] + rng.uniform(-6, 6), head.top + 83), "neck": neck}
    acting, other = ARMS[gesture]
    for side in ("right", "left"):
        outwards = -1.0 if side == "right" else 1.0
        bends = acting if (side == "right") == busy_right else other
        shoulder = (neck[0] + outwards * SHOULDER, neck[1] + 8)
        elbow, wrist = _two_bones(rng, shoulder, outwards, bends, (UPPER_ARM, FOREARM))
        pose |= _limb(side, ("shoulder", "elbow", "wrist"), (shoulder, elbow, wrist))
    stride = 26.0 if gesture == "walking" else rng.choice([4.0, 12.0])
    for side in ("right", "left"):
        outwards = -1.0 if side == "right" else 1.0
        hip = (middle[0] + outwards * HIP, middle[1])
        knee, ankle = _two_bones(rng, hip, outwards, (stride, 0.7 * stride), (THIGH, SHIN))
        pose |= _limb(side, ("hip", "knee", "ankle"), (hip, knee, ankle))
    return {joint: pose[joint] for joint in JOINTS}


def _limb(side: str, names: tuple[str, str, str], points: tuple[Point, Point, Point]) -> Pose:
    return {f"{side}_{name}": point for name, point in zip(names, points, strict=True)}


def _two_bones(
    rng: np.random.Generator,
    start: Point,
    outwards: float,
    bends: tuple[float, float],
    lengths: tuple[float, float],
) -> tuple[Point, Point]:
    """Return the middle and far joint of an arm or leg, with slightly varied angles."""
    x, y = start
    ends: list[Point] = []
    for bend, length in zip(bends, lengths, strict=True):
        angle = np.deg2rad(bend + rng.normal(0, 5))
        x, y = x + outwards * length * np.sin(angle), y + length * np.cos(angle)
        ends.append((float(x), float(y)))
    return ends[0], ends[1]
