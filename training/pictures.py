"""A user's pictures and captions, checked before the training starts."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from backend.store.pictures import PictureError, decode
from training.autoencoder import CELL
from training.denoiser import CELLS
from training.errors import TrainingError

SIDE = CELL * CELLS
"""The shorter side of all pictures, in pixels, after scaling: the side of a native window."""
LONGEST = 8 * SIDE
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
FEWEST, SMALLEST, MOST_PIXELS = 8, 64, 2**27
NAMED = 5
"""The most files that one error names."""
HEADINGS = frozenset({"file", "file_name", "filename", "image", "picture"})


@dataclass(frozen=True)
class Picture:
    """A picture and its caption. `pixels`: bytes of shape (1, height, width, 3); the shorter side is SIDE, and both
    sides are multiples of CELL."""

    name: str
    caption: str
    pixels: np.ndarray


def read_pictures(folder: Path, captions: Path) -> list[Picture]:
    """Return every picture below `folder` with its caption, in the order of their names.

    Raises TrainingError, which names the files, if a picture cannot be read, is smaller than SMALLEST or has no
    caption, if a caption has no picture, or if there are fewer than FEWEST pictures.
    """
    said, names = read_captions(captions), _names(folder)
    if not names:
        raise TrainingError(f"There is no picture in {folder}. Add files that end in {_listed(sorted(SUFFIXES))}.")
    _refuse(sorted(set(names) - set(said)), f"no caption in {captions}; add a line for each, or remove them")
    _refuse(sorted(set(said) - set(names)), f"a caption, but no picture in {folder}; correct the names")
    if len(names) < FEWEST:
        raise TrainingError(
            f"{len(names)} pictures are too few for a training; add pictures until there are at least {FEWEST}."
        )
    problems: list[str] = []
    pictures = []
    for name in names:
        try:
            pictures.append(Picture(name, said[name], _pixels(folder / name)))
        except TrainingError as error:
            problems.append(f"{name} {error}")
    if problems:
        rest = [f"... and {len(problems) - NAMED} more"] if len(problems) > NAMED else []
        raise TrainingError(
            "\n".join(["Some pictures cannot be used; repair or remove them:", *problems[:NAMED], *rest])
        )
    return pictures


def read_captions(path: Path) -> dict[str, str]:
    """Return the captions by their pictures' paths below the folder. A .jsonl file holds JSON lines with `file_name`
    and `text`. Other files have two columns, file and caption, separated by tabs in a .tsv and by commas elsewhere."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TrainingError(f"The captions {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TrainingError(f"The captions {path} are not UTF-8 text; save the file as UTF-8.") from error
    captions: dict[str, str] = {}
    for line, name, caption in _json_lines(path, text) if path.suffix == ".jsonl" else _columns(path, text):
        name, caption = Path(name.strip()).as_posix(), " ".join(caption.split())
        if not caption:
            raise TrainingError(f"{path}, line {line}: the caption of {name} is empty; say what the picture shows.")
        if name in captions:
            raise TrainingError(f"{path}, line {line}: {name} has a caption already; keep only one.")
        captions[name] = caption
    return captions


def fingerprint(pictures: Sequence[Picture]) -> str:
    """Return a SHA-256 of names, captions and pixels. Equal training data has equal fingerprints."""
    digest = hashlib.sha256()
    for picture in pictures:
        digest.update(json.dumps([picture.name, picture.caption, picture.pixels.shape]).encode())
        digest.update(picture.pixels.tobytes())
    return digest.hexdigest()


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    for line, row in enumerate(text.split("\n"), start=1):  # `splitlines` also divides at U+2028, which JSON allows
        if row.strip():
            try:
                record = json.loads(row)
                name, caption = record["file_name"], record["text"]
            except (ValueError, KeyError, TypeError):
                name = caption = None
            if not (isinstance(name, str) and isinstance(caption, str)):
                shape = '{"file_name": "a.png", "text": "a red house"}'
                raise TrainingError(f"{path}, line {line}: write every line like {shape}.")
            yield line, name, caption


def _columns(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line number, file and caption of each row. All cells after the first are the caption, which may hold
    commas."""
    mark, word = ("\t", "tab") if path.suffix == ".tsv" else (",", "comma")
    for line, row in _rows(path, text, mark):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < 2:
            raise TrainingError(f"{path}, line {line}: write a file name, a {word} and a caption on each line.")
        if line > 1 or row[0].strip().lower() not in HEADINGS:
            yield line, row[0], f"{mark} ".join(row[1:])


def _rows(path: Path, text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the last line of each row, and its cells. Quoted cells may have several lines."""
    reader, first = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True), 1
    try:
        for row in reader:
            yield reader.line_num, row
            first = reader.line_num + 1
    except csv.Error as error:
        raise TrainingError(f"{path}, line {first}: {error}. Close the quotation marks of this line.") from error


def _names(folder: Path) -> list[str]:
    """Return the names of the pictures below a folder, without hidden files."""
    if not folder.is_dir():
        raise TrainingError(f"There is no folder {folder}.")
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES]
    return sorted(path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts))


def _pixels(path: Path) -> np.ndarray:
    """Return the picture upright, over white, scaled so that its shorter side is SIDE. Its longer side is cropped
    around the middle to a multiple of CELL, and to at most LONGEST."""
    try:
        upright = decode(path.read_bytes(), MOST_PIXELS, FORMATS).over("white").convert("RGB")
    except OSError as error:
        raise TrainingError(f"cannot be read: {error.strerror}.") from error
    except PictureError as error:
        raise TrainingError(f"cannot be used. {error}") from error
    if min(upright.size) < SMALLEST:
        size = f"{upright.width} x {upright.height}"
        raise TrainingError(f"has only {size} pixels; its shorter side must have at least {SMALLEST}.")
    scale = SIDE / min(upright.size)
    width, height = (min(LONGEST, int(round(scale * side, 6)) // CELL * CELL) for side in upright.size)
    return np.asarray(ImageOps.fit(upright, (width, height), Image.Resampling.LANCZOS))[None]


def _refuse(names: list[str], what: str) -> None:
    """Raise TrainingError if the list of names is not empty. `what`: what these files have, for the message."""
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        have = "has" if len(names) == 1 else "have"
        raise TrainingError(f"{_listed(names[:NAMED])}{more} {have} {what}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
