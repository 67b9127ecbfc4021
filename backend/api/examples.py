"""Documents that the API's description shows, and that a reader may send as they are."""

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
    "sampling": {"model": "papercut", "steps": 30, "seed": 7},
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
JOBS = Body(
    openapi_examples={
        "panorama": {"summary": "A panorama of three prompts", "value": PANORAMA},
        "regions": {"summary": "Two boxes on a background", "value": REGIONS},
    }
)
