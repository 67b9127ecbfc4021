"""Requests for portraits: a pair of body and head that the training never shows."""

from dataclasses import replace
from typing import Any

import numpy as np

from backend.contracts.pose import JOINTS
from benchmarks.judge.questions import SIDE
from benchmarks.quality.cases import Case, Check, Part, Real
from training.papercut.drawing import Box
from training.papercut.drawing.figure import UNSEEN, Unseen, draw_figure, random_face
from training.papercut.groups import FIGURES

PORTRAIT = 256
HATS = {
    "hunter": "a hunter's hat",
    "chef": "a chef's hat",
    "helmet": "a helmet",
    "sailor": "a sailor's cap",
    "crown": "a crown",
    "straw": "a straw hat",
    "top": "a top hat",
}


def portrait(stream: np.random.Generator) -> Case:
    """Request an outfit in a pose, and a head under its own prompt.

    Crops are compared at the head's box: the native picture of a portrait is a face, one window of the model under the
    head's prompt, so the same part of a figure is taken from every method and from drawings. The seam score uses the
    borders of that box. Whole figures are compared by themselves.
    """
    pair = UNSEEN[stream.integers(len(UNSEEN))]
    named = _named(pair)
    face = replace(random_face(stream), **named)
    seed = int(stream.integers(FIGURES.held_out_seeds(1).start, 2**31))
    figure = draw_figure(seed, outfit=pair.outfit, face=face)
    head = figure.truth.head
    body_prompt, head_prompt = f"a {pair.outfit}", f"a face with {_features(pair)}"
    joints = [list(figure.truth.pose[joint]) for joint in JOINTS]
    layout: dict[str, Any] = {
        "kind": "portrait",
        "canvas": {"width": PORTRAIT, "height": PORTRAIT},
        "body": {"prompt": body_prompt, "control": {"kind": "pose", "joints": joints}},
        "head": {
            "prompt": head_prompt,
            "box": {"x": int(head.left), "y": int(head.top), "width": SIDE, "height": SIDE},
        },
    }

    def draw(seed: int) -> Real:
        other = draw_figure(seed, outfit=pair.outfit, face=face)
        return Real(other.pixels, other.truth.head)

    wanted = {name: ("yes" if value else "no") if name == "glasses" else str(value) for name, value in named.items()}
    whole = Box(0, 0, PORTRAIT, PORTRAIT)
    parts = (
        Part(head_prompt, (Check("faces", head, wanted),), draw),
        Part(body_prompt, (Check("bodies", whole, {"outfit": pair.outfit}),), draw),
    )
    return Case(layout, parts, boxes=(head,), focus=head, joints=np.array(joints), own=figure.pixels[None])


def _named(pair: Unseen) -> dict[str, Any]:
    """Return the features of the face that the pair names."""
    values = {name: getattr(pair, name) for name in ("hair", "length", "hat", "earrings", "glasses")}
    return {name: value for name, value in values.items() if value is not None}


def _features(pair: Unseen) -> str:
    """Return the named features in words: "long red hair", "blonde hair and large earrings"."""
    hair = " ".join(word for word in (pair.length, pair.hair, "hair") if word)
    words = [
        hair if pair.hair or pair.length else "",
        HATS[pair.hat] if pair.hat else "",
        "large earrings" if pair.earrings == "large" else "",
        "glasses" if pair.glasses else "",
    ]
    return " and ".join(word for word in words if word)
