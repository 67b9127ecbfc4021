"""Flat paper-cut landscapes, drawn from a seed, and the record of their contents."""

from training.papercut.drawing.panorama import HEIGHT, WIDTH, Panorama, draw_panorama
from training.papercut.drawing.truth import BIOMES, TIMES, WEATHERS, Biome, Box, Thing, Time, Truth, Weather

__all__ = [
    "BIOMES",
    "HEIGHT",
    "TIMES",
    "WEATHERS",
    "WIDTH",
    "Biome",
    "Box",
    "Panorama",
    "Thing",
    "Time",
    "Truth",
    "Weather",
    "draw_panorama",
]
