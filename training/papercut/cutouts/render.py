"""Vector drawings of things as coloured paper: pixels with hard edges and a few flat colours."""

import io
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
from PIL import Image

from training.errors import TrainingError
from training.papercut.cutouts.sources import icons
from training.papercut.drawing.palette import NAMED

PAPERS = 12
"""The most colours in a thing; gradients become flat."""
MEASURED = 128
"""The side, in pixels, of the rendering that measures a drawing's empty margins."""
SOLID = 0.5
"""The least opacity of a pixel that belongs to the paper; it excludes haloes and soft shadows."""
ALIKE, VIVID = 14, 70
"""A pixel is recoloured if its hue (in degrees / 2) differs from the main hue by at most ALIKE, and its saturation is
above VIVID."""


@lru_cache(maxsize=4096)
def svg_of(folder: Path, style: str, emoji: str) -> str:
    """Return the drawing of an emoji in a style as an SVG document. Raises TrainingError if the style has none."""
    found = icons(folder, style)
    code = f"{ord(emoji):x}"
    name = found["chars"].get(code) or found["chars"].get(f"{code}-fe0f")
    name = found.get("aliases", {}).get(name, {}).get("parent", name)
    if name not in found["icons"]:
        raise TrainingError(f"The style {style} has no drawing of {emoji}; leave it out of the catalogue.")
    icon = found["icons"][name]
    width, height = (icon.get(side, found.get(side, 16)) for side in ("width", "height"))
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="0 0 {width} {height}" width="{width}" height="{height}">{icon["body"]}</svg>'


@lru_cache(maxsize=4096)
def extent(svg: str) -> tuple[float, float, float, float]:
    """Return the part of its square that a drawing fills: left, top, right and bottom, from 0 to 1."""
    solid = _rendered(svg, MEASURED)[..., 3] >= SOLID * 255
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    return left / MEASURED, top / MEASURED, right / MEASURED, bottom / MEASURED


def shape_of(svg: str) -> float:
    """Return the ratio of a drawing's width to its height, without its margins."""
    left, top, right, bottom = extent(svg)
    return (right - left) / (bottom - top)


def cutout(svg: str, height: int, colour: str | None = None) -> np.ndarray:
    """Render a drawing at `height` pixels as bytes of shape (height, width, 4), with opacity 0 or 255.

    `colour`, one of NAMED, replaces the drawing's main hue.
    """
    left, top, right, bottom = extent(svg)
    side = max(1, round(height / (bottom - top)))
    whole = _rendered(svg, side)
    rows = slice(round(top * side), round(bottom * side))
    pixels = whole[rows, round(left * side) : round(right * side)]
    solid = pixels[..., 3] >= SOLID * 255
    papers = _flat(pixels[..., :3], solid)
    if colour:
        papers = _recoloured(papers, solid, colour)
    return np.dstack([papers, np.where(solid, 255, 0).astype(np.uint8)])


def _rendered(svg: str, side: int) -> np.ndarray:
    """Render an SVG to bytes of shape (side, side, 4), with colours that are not premultiplied by opacity."""
    png = _renderer().svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGBA"))


@cache
def _renderer() -> ModuleType:
    """Import resvg, which only papercut's training needs. Raises TrainingError if it is not installed."""
    try:
        return import_module("resvg_py")
    except ImportError as error:
        raise TrainingError(
            "The drawings of things need resvg: run `.venv/bin/python -m pip install resvg-py`."
        ) from error


def _flat(colours: np.ndarray, solid: np.ndarray) -> np.ndarray:
    """Reduce the solid pixels to at most PAPERS colours."""
    strip = Image.fromarray(colours[solid][None])
    papers = np.array(colours)
    papers[solid] = np.asarray(
        strip.quantize(PAPERS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    )
    return papers


def _recoloured(papers: np.ndarray, solid: np.ndarray, colour: str) -> np.ndarray:
    """Replace the main hue; its darker and lighter shades stay darker and lighter."""
    hsv = cv2.cvtColor(papers, cv2.COLOR_RGB2HSV).astype(int)
    vivid = solid & (hsv[..., 1] > VIVID)
    if not vivid.any():
        return papers
    hues = np.bincount(hsv[..., 0][vivid], minlength=180)
    around = sum(np.roll(hues, turn) for turn in range(-6, 7))
    main = int(np.argmax(around))
    apart = np.abs((hsv[..., 0] - main + 90) % 180 - 90)
    chosen = vivid & (apart <= ALIKE)
    target = cv2.cvtColor(np.array([[NAMED[colour]]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0].astype(int)
    middle = np.median(hsv[chosen], axis=0)
    hsv[..., 0][chosen] = target[0]
    for channel in (1, 2):
        moved = hsv[..., channel][chosen] + target[channel] - middle[channel]
        hsv[..., channel][chosen] = np.clip(moved, 0, 255).astype(int)
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)
