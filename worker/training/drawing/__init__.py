"""Flat paper-cut landscapes, drawn from a seed, with a record of what is in them."""

from worker.training.drawing.panorama import HEIGHT, WIDTH, Panorama, draw_panorama
from worker.training.drawing.truth import BIOMES, TIMES, WEATHERS, Box, Thing, Truth

__all__ = [
    "BIOMES",
    "HEIGHT",
    "TIMES",
    "WEATHERS",
    "WIDTH",
    "Box",
    "Panorama",
    "Thing",
    "Truth",
    "draw_panorama",
]
