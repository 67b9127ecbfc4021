"""Made-up drawings of the things of papercut's catalogue, in packages like those that npm downloads."""

import io
import json
import tarfile
from pathlib import Path

from training.papercut.cutouts.catalogue import catalogue
from training.papercut.cutouts.sources import NAMES, STYLES

PAINTS = {"flat": (255, 0, 255), "noto": (0, 255, 0), "shaded": (0, 255, 255)}
"""The colour of each style's drawings, which no place has."""


def write_made_up_things(target: Path) -> None:
    """Write the packages of all styles, with a rectangle of one colour for each style, into a folder."""
    emoji = [one for kind in catalogue().values() for one in kind.emoji]
    chars = {f"{ord(one):x}": f"icon-{ord(one):x}" for one in emoji}
    for style, source in STYLES.items():
        icons = {name: {"body": _rectangle(style)} for name in chars.values()}
        _archive(
            target / source.archive, {"icons.json": {"icons": icons, "width": 32, "height": 32}, "chars.json": chars}
        )
    rows = [{"emoji": one, "label": "a label", "tags": ["a tag"]} for one in emoji]
    _archive(target / NAMES.archive, {"en/data.json": rows})


def _rectangle(style: str) -> str:
    """Make a drawing twice as high as wide, with an empty margin around it and a halo that does not belong to it."""
    fill = "#{:02x}{:02x}{:02x}".format(*PAINTS[style])
    halo = f'<rect x="6" y="2" width="20" height="28" fill="{fill}" opacity="0.2"/>'
    return f'{halo}<rect x="10" y="4" width="12" height="24" fill="{fill}"/>'


def _archive(path: Path, members: dict[str, object]) -> None:
    with tarfile.open(path, "w:gz") as file:
        for name, content in members.items():
            data = json.dumps(content).encode()
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
