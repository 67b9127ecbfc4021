"""The npm packages of the drawings of things: openly licensed, pinned, verified, and never committed.

`fetch` downloads them with npm into a folder of the training. `SOURCES` lists their licences and authors, for the card
and NOTICE.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from training.errors import TrainingError


@dataclass(frozen=True)
class Source:
    """An npm package. `integrity`: the registry's sha512 of this version."""

    package: str
    version: str
    integrity: str
    licence: str
    author: str
    address: str

    @property
    def archive(self) -> str:
        """The name of the file that `npm pack` writes."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


FLAT = Source(
    "@iconify-json/fluent-emoji-flat",
    "1.2.6",
    "sha512-RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==",
    "MIT",
    "Microsoft Corporation",
    "https://github.com/microsoft/fluentui-emoji",
)
NOTO = Source(
    "@iconify-json/noto",
    "1.2.9",
    "sha512-DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==",
    "Apache-2.0",
    "Google Inc",
    "https://github.com/googlefonts/noto-emoji",
)
SHADED = Source(
    "@iconify-json/fluent-emoji",
    "1.2.7",
    "sha512-D8G6bKAyIsyxP1rzZtIWr/gg/fO4Rg1+DyCWlfqKK4h8W+4Em/Y0P6QYgJUQTlUcagzJvSyg+9OBv4hz4Hc/QA==",
    "MIT",
    "Microsoft Corporation",
    "https://github.com/microsoft/fluentui-emoji",
)
NAMES = Source(
    "emojibase-data",
    "17.0.0",
    "sha512-Yvgb5AWoHViHV/gq1qr5ZAarcBip+B27/ZLRsUJkbgAEaLlZ/fof9g882LTpmEpyhBNEC0m2SEmItljHsTygjA==",
    "MIT",
    "Miles Johnson",
    "https://github.com/milesj/emojibase",
)
SOURCES = (FLAT, NOTO, SHADED, NAMES)
STYLES: dict[str, Source] = {"flat": FLAT, "noto": NOTO, "shaded": SHADED}
"""The styles of the drawings, each with its package."""
FOLDER = Path("runs/things")
"""The folder of the packages."""
Icons = dict[str, Any]


def fetch(folder: Path = FOLDER) -> None:
    """Download the packages that the folder lacks, and verify all of them. Raises TrainingError if npm fails or a
    package is not the pinned one."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        path = folder / source.archive
        if not path.exists():
            _download(source, folder)
        check_integrity(path, source)


def _download(source: Source, folder: Path) -> None:
    """Run npm in a process, through `inlay.node`."""
    wanted = f"{source.package}@{source.version}"
    command = ["pack", wanted, "--silent", "--pack-destination", str(folder.resolve())]
    done = subprocess.run([sys.executable, "-m", "inlay.node", *command], capture_output=True, text=True, check=False)
    if done.returncode or not (folder / source.archive).exists():
        raise TrainingError(f"npm could not download {wanted}: {done.stderr.strip() or done.stdout.strip()}")


def check_integrity(path: Path, source: Source) -> None:
    """Remove an archive and raise TrainingError if its checksum is not the pinned one."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != source.integrity:
        path.unlink()
        raise TrainingError(
            f"{path.name} is not the pinned {source.package} {source.version}: its checksum is {found}. The "
            "file was removed; run the command again to download it."
        )


@cache
def icons(folder: Path, style: str) -> Icons:
    """Return the icon set of a style in Iconify's format. Its "chars" maps an emoji's code points to the
    icon's name."""
    drawn = _read(folder, STYLES[style], "icons.json")
    # The shaded set has no code points, but the same names of icons as the flat set.
    chars = _read(folder, FLAT if style == "shaded" else STYLES[style], "chars.json")
    return drawn | {"chars": chars}


@cache
def tags(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return emojibase's names of each emoji: its label first, then its tags."""
    rows = _read(folder, NAMES, "en/data.json")
    return {row["emoji"].rstrip("\ufe0f"): (row["label"], *row.get("tags", ())) for row in rows}


def _read(folder: Path, source: Source, member: str) -> Any:
    path = folder / source.archive
    if not path.exists():
        raise TrainingError(f"{folder} lacks {source.archive}: run `python -m training fetch` first.")
    with tarfile.open(path) as archive:
        file = archive.extractfile(f"package/{member}")
        assert file is not None
        return json.load(file)


def notice() -> str:
    """Return the lines for the card and NOTICE that credit the drawings of the model's training."""
    used = [
        f"- {source.package} {source.version}, {source.licence}, by {source.author}: {source.address}"
        for source in SOURCES
    ]
    return "\n".join(used)
