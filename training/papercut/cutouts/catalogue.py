"""The kinds of things in openly licensed drawings: their names, their emoji, and the places where they belong."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from training.papercut.drawing.truth import BIOMES, Biome

CATALOGUE = Path(__file__).with_name("catalogue.csv")
Where = Literal["ground", "sea", "air"]
"""The position of a thing. Things on the ground stand in front of the nearest hill, things at sea swim behind the
nearest wave, and things in the air fly."""


@dataclass(frozen=True)
class CutoutKind:
    """One kind of thing. `names`: its English names, each a singular and a plural. `emoji`: one or several drawings of
    it. `homes`: the places where it appears most often; empty means anywhere. `colours`: the colours that its drawings
    can take."""

    kind: str
    names: tuple[tuple[str, str], ...]
    emoji: tuple[str, ...]
    group: str
    where: Where
    homes: tuple[Biome, ...]
    colours: tuple[str, ...]


@cache
def catalogue() -> dict[str, CutoutKind]:
    """Return all kinds of the catalogue, by their names in the truth of a drawing."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        kinds = [_kind(row) for row in csv.DictReader(file)]
    return {kind.kind: kind for kind in kinds}


def _kind(row: dict[str, str]) -> CutoutKind:
    pairs = [name.strip().split("/") for name in row["names"].split(";")]
    where = row["where"]
    assert where in get_args(Where), row
    homes: tuple[Biome, ...] = tuple(biome for biome in BIOMES if biome in row["homes"].split())
    assert len(homes) == len(row["homes"].split()), row
    return CutoutKind(
        row["kind"],
        tuple((single, plural) for single, plural in pairs),
        tuple(row["emoji"].replace("\ufe0f", "")),
        row["group"],
        "ground" if where == "ground" else "sea" if where == "sea" else "air",
        homes,
        tuple(row["colours"].split()),
    )
