"""Make the thumbnails that the studio shows of the examples: python -m scripts.thumbnails [EXAMPLE ...]

Papercut samples each named document of `examples/`, or all of them, as `inlay generate` does.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.console import Console

from backend.contracts.job import Job
from backend.contracts.layout import Illusion, Texture
from inlay.generate import generate
from worker.settings import Settings

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
THUMBNAILS = ROOT / "frontend" / "src" / "features" / "canvas" / "thumbnails"
WIDTH = 240
MAX_BYTES = 6_000
QUALITIES = range(90, 20, -5)
TURNS = {
    "flip_x": Image.Transpose.FLIP_LEFT_RIGHT,
    "flip_y": Image.Transpose.FLIP_TOP_BOTTOM,
    "rotate_90": Image.Transpose.ROTATE_90,
    "rotate_180": Image.Transpose.ROTATE_180,
    "rotate_270": Image.Transpose.ROTATE_270,
}


def main() -> None:
    settings, console = Settings(models=ROOT / "models"), Console()
    for name in sys.argv[1:] or sorted(path.stem for path in EXAMPLES.glob("*.json")):
        document = EXAMPLES / f"{name}.json"
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "picture.png"
            generate(document, target, settings, console)
            thumbnail(Image.open(target).convert("RGB"), document, THUMBNAILS / f"{name}.webp")
        console.print(name)


def thumbnail(picture: Image.Image, document: Path, target: Path) -> None:
    """Write the thumbnail of an example's picture, in the best quality that fits in MAX_BYTES. An illusion is shown in
    both readings, side by side, and a texture as two tiles."""
    shown = _shown(picture, Job.model_validate_json(document.read_text()))
    small = shown.resize((WIDTH, round(WIDTH * shown.height / shown.width)), Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        small.save(target, quality=quality, method=6)
        if target.stat().st_size <= MAX_BYTES:
            return
    raise ValueError(f"{target} cannot be made smaller than {MAX_BYTES} bytes.")


def _shown(picture: Image.Image, job: Job) -> Image.Image:
    match job.layout:
        case Illusion(views=views):
            second = views[1].transform
            return _beside(picture, picture if second == "identity" else picture.transpose(TURNS[second]))
        case Texture():
            return _beside(picture, picture)
        case _:
            return picture


def _beside(left: Image.Image, right: Image.Image) -> Image.Image:
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


if __name__ == "__main__":
    main()
