"""Example documents for the API's description. The API accepts each of them unchanged."""

from fastapi import Body

PANORAMA = {
    "layout": {
        "kind": "panorama",
        "canvas": {"width": 512, "height": 128},
        "windows": [
            {"prompt": "snowy mountains at night"},
            {"prompt": "a forest at night"},
            {"prompt": "the sea at night, a moon"},
        ],
    },
    "sampling": {"model": "papercut", "seed": 7},
}
REGIONS = {
    "layout": {
        "kind": "regions",
        "canvas": {"width": 512, "height": 256},
        "prompt": "green hills by day",
        "patches": [
            {"id": "house", "prompt": "a red house", "box": {"x": 64, "y": 96, "width": 128, "height": 128}},
            {
                "id": "tree",
                "prompt": "a tall tree",
                "box": {"x": 320, "y": 64, "width": 128, "height": 160},
                "weight": 1.0,
                "feather": 16,
            },
        ],
    },
    "sampling": {"model": "papercut"},
}
SCENE = {
    "layout": {
        "kind": "scene",
        "canvas": {"width": 256, "height": 128},
        "box": {"x": 96, "y": 32, "width": 64, "height": 96},
        "background": {"prompt": "a desert by day"},
        "object": {"prompt": "a tall tree"},
        "whole": {"prompt": "a desert by day, a tall tree"},
        "soft": 16,
    },
    "sampling": {"model": "papercut"},
}
ILLUSION = {
    "layout": {
        "kind": "illusion",
        "canvas": {"width": 128, "height": 128},
        "views": [
            {"prompt": "snowy mountains by day", "transform": "identity"},
            {"prompt": "the sea by day", "transform": "rotate_180"},
        ],
    },
    "sampling": {"model": "papercut", "coarse": {"weight": 0}},
}
TEXTURE = {
    "layout": {"kind": "texture", "canvas": {"width": 256, "height": 256}, "prompt": "a forest by day"},
    "sampling": {"model": "papercut", "windows": {"shift": True}},
    "images": 2,
}
JOBS = Body(
    openapi_examples={
        "panorama": {"summary": "A panorama of three prompts", "value": PANORAMA},
        "regions": {"summary": "Two boxes on a background", "value": REGIONS},
        "scene": {"summary": "An object in front of a background, and both together", "value": SCENE},
        "illusion": {"summary": "A picture that is another one upside down", "value": ILLUSION},
        "texture": {"summary": "Two seamless tiles, made with windows that shift at every step", "value": TEXTURE},
    }
)
