"""Captions for figures and for their faces, in plain English."""

import numpy as np

from training.papercut.captions.wording import listed, one, some, with_article
from training.papercut.drawing.figure.truth import Face, FigureTruth, Gesture, Hair, Hat

HATS: dict[Hat, tuple[str, ...]] = {
    "none": ("no hat", "a bare head"),
    "hunter": ("a hunter's hat", "a hunter's hat", "a green hat with a feather", "a hunter hat"),
    "chef": ("a chef's hat", "a white chef's hat", "a cook's hat", "a chef hat"),
    "helmet": ("a helmet", "a red helmet", "a firefighter's helmet"),
    "sailor": ("a sailor's cap", "a sailor's hat", "a white sailor cap"),
    "crown": ("a crown", "a golden crown"),
    "straw": ("a straw hat", "a farmer's straw hat"),
    "top": ("a top hat", "a black top hat"),
}
HAIRS: dict[Hair, tuple[str, ...]] = {
    "blonde": ("blonde", "blonde", "blond"),
    "black": ("black",),
    "brown": ("brown",),
    "red": ("red", "red", "ginger"),
    "grey": ("grey", "grey", "gray"),
}
GESTURES: dict[Gesture, tuple[str, ...]] = {
    "standing": ("standing", "standing still"),
    "waving": ("waving", "waving a hand", "with one arm up"),
    "arms wide": ("with arms spread wide", "with open arms"),
    "arms up": ("with both arms up", "with raised arms", "cheering"),
    "hands on hips": ("with hands on hips",),
    "walking": ("walking",),
}
EARRINGS = ("large earrings", "large earrings", "big earrings", "large golden earrings")
GLASSES = ("glasses", "round glasses")
BODIES = ("a full body picture of", "a full figure of", "the whole figure of", "a picture of")
CLOSE_UPS = (
    "a face",
    "a close-up of a face",
    "a portrait",
    "a close-up portrait",
    "a head",
    "a person",
    "a smiling face",
)
STYLES = ("a paper cut of", "a papercut picture of", "paper art of")


def body_caption(truth: FigureTruth, rng: np.random.Generator) -> str:
    """Return one of the many sentences that are true of a figure."""
    subject = with_article(truth.outfit)
    if rng.random() < 0.3:
        subject = f"{one(rng, BODIES)} {subject}"
    elif rng.random() < 0.1:
        subject = f"{one(rng, STYLES)} {subject}"
    features = _features(truth.face, rng, 0.5) if rng.random() < 0.7 else []
    sentence = f"{subject} with {listed(features)}" if features else subject
    if rng.random() < 0.4:
        gesture = one(rng, GESTURES[truth.gesture])
        sentence = f"{sentence}, {gesture}" if features else f"{sentence} {gesture}"
    return _on_background(sentence, truth, rng)


def face_caption(truth: FigureTruth, rng: np.random.Generator) -> str:
    """Return one of the many sentences that are true of a figure's face."""
    features = _features(truth.face, rng, 0.75)
    if features and rng.random() < 0.15:
        return listed(features)
    subject = one(rng, CLOSE_UPS)
    if rng.random() < 0.15:
        subject = f"the face of {with_article(truth.outfit)}"
    sentence = f"{subject} with {listed(features)}" if features else subject
    return _on_background(sentence, truth, rng)


def _on_background(sentence: str, truth: FigureTruth, rng: np.random.Generator) -> str:
    if rng.random() > 0.2:
        return sentence
    return f"{sentence}{',' if ' with ' in sentence else ''} on {with_article(truth.background)} background"


def _features(face: Face, rng: np.random.Generator, share: float) -> list[str]:
    """Return phrases for hair, hat, earrings and glasses. Each is named with probability `share`; absent ones are
    rarely mentioned."""
    hat = one(rng, HATS[face.hat])
    if face.hat == "none" and rng.random() < 0.7:
        hat = ""
    earrings = one(rng, EARRINGS) if face.earrings == "large" else ""
    glasses = one(rng, GLASSES) if face.glasses else ""
    return some(rng, [_hair(face, rng), hat, earrings, glasses], share)


def _hair(face: Face, rng: np.random.Generator) -> str:
    """Return a phrase such as "long blonde hair", "blonde hair" or "long hair"."""
    colour, draw = one(rng, HAIRS[face.hair]), rng.random()
    if draw < 0.5:
        return f"{face.length} {colour} hair"
    return f"{colour} hair" if draw < 0.85 else f"{face.length} hair"
