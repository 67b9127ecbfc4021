"""Places with things of the catalogue: their positions, their records, and their styles.

The test makes the drawings: a square of one colour for each style. No test fetches the real ones.
"""

from collections import Counter
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from tests.tiny.things import PAINTS, write_made_up_things
from training.errors import TrainingError
from training.papercut.captions import caption, visible, vocabulary
from training.papercut.captions.relations import relation, size_word
from training.papercut.cutouts.catalogue import catalogue
from training.papercut.cutouts.compose import HELD_OUT_STYLE, LEAST, Styles, draw_composed, style_held_out, styles_of
from training.papercut.cutouts.render import cutout, extent, shape_of, svg_of
from training.papercut.cutouts.sources import SOURCES, STYLES, check_integrity, notice, tags
from training.papercut.drawing import Box, Thing
from training.papercut.drawing.palette import NAMED

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("things")
    write_made_up_things(target)
    return target


@pytest.fixture(scope="module")
def composed(folder):
    return [draw_composed(seed, folder=folder) for seed in range(60)]


def pixels_of(picture: np.ndarray, style: str) -> np.ndarray:
    """Return the pixels that have the colour of a style, in a picture by clear daylight."""
    return (picture == PAINTS[style]).all(2)


def test_the_catalogue_is_large_named_and_in_colours_that_exist():
    kinds = catalogue()
    assert len(kinds) >= 150
    names = Counter(single for kind in kinds.values() for single, _ in kind.names)
    assert not [name for name, count in names.items() if count > 1]
    assert all(kind.emoji and set(kind.colours) <= set(NAMED) for kind in kinds.values())
    assert {"Animals", "Plants", "Buildings", "Vehicles", "Boats", "Sky", "Outdoors", "Toys", "Food"} == {
        kind.group for kind in kinds.values()
    }


def test_a_cutout_has_hard_edges_no_halo_and_no_margin(folder):
    svg = svg_of(folder, "flat", "🐧")
    assert shape_of(svg) == pytest.approx(0.5, rel=0.05)
    assert extent(svg) == pytest.approx((10 / 32, 4 / 32, 22 / 32, 28 / 32), abs=0.01)
    paper = cutout(svg, 90)
    assert abs(paper.shape[0] - 90) <= 1
    assert set(np.unique(paper[..., 3])) == {255}
    assert (paper[..., :3] == PAINTS["flat"]).all()


def test_a_cutout_takes_a_colour(folder):
    paper = cutout(svg_of(folder, "flat", "🐧"), 40, "red")
    middle = paper[20, 10, :3].astype(int)
    assert np.abs(middle - NAMED["red"]).max() < 12


def test_an_emoji_without_a_drawing_is_refused(folder):
    with pytest.raises(TrainingError, match="no drawing of 🧿"):
        svg_of(folder, "flat", "🧿")


def test_boxes_are_exact(folder):
    checked = 0
    for seed in range(30):
        drawn = draw_composed(seed, folder=folder, kinds=("elephant",), biome="desert", time="day")
        if drawn.truth.weather != "clear":
            continue
        found = np.any([pixels_of(drawn.pixels, style) for style in PAINTS], axis=0)
        expected = np.zeros_like(found)
        for thing in drawn.truth.things:
            left, top, right, bottom = (round(value) for value in astuple(thing.box))
            inner = found[top + 2 : bottom - 2, left + 2 : right - 2]
            assert inner.mean() > 0.75, "a nearer thing's shadow may lie on a rim"
            expected[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = 1
        assert not (found & ~expected).any()
        checked += len(drawn.truth.things)
    assert checked >= 5


@pytest.mark.slow
def test_things_come_alone_in_numbers_together_and_before_each_other(composed):
    sizes, counts, overlapping, pairs = [], set(), 0, 0
    for drawn in composed:
        things = drawn.truth.things
        sizes += [thing.box.bottom - thing.box.top for thing in things]
        counts |= set(Counter(thing.kind for thing in things).values())
        pairs += len({thing.kind for thing in things}) > 1
        overlapping += any(one.box.overlaps(two.box) for one in things for two in things if one is not two)
    assert min(sizes) < 0.3 * 128
    assert max(sizes) > 0.85 * 128
    assert {1, 2, 3, 4, 5} <= counts
    assert pairs > 20
    assert overlapping > 5


def test_everything_is_inside_the_picture_and_off_the_sun(composed):
    for drawn in composed:
        truth = drawn.truth
        for thing in truth.things:
            box = thing.box
            assert min(box.left, box.top) >= 0
            assert box.right <= truth.width
            assert box.bottom <= truth.height + 4
            assert box.bottom - box.top > 0.5 * LEAST
            assert not box.overlaps(truth.light.box)


def test_what_swims_is_at_sea_and_what_stands_is_not(composed):
    for drawn in composed:
        for thing in drawn.truth.things:
            where = catalogue()[thing.kind].where
            assert where == "air" or (where == "sea") == (drawn.truth.biome == "sea")


def test_a_seed_draws_the_same_every_time(folder, composed):
    assert np.array_equal(draw_composed(3, folder=folder).pixels, composed[3].pixels)


def test_a_style_of_one_kind_in_five_is_never_trained_on(folder):
    held_out = [kind for kind in catalogue() if style_held_out(kind)]
    assert len(held_out) == pytest.approx(len(catalogue()) / 5, abs=1)
    kind = next(kind for kind in held_out if catalogue()[kind].where == "ground" and not catalogue()[kind].colours)
    other = next(kind for kind in catalogue() if not style_held_out(kind))
    assert HELD_OUT_STYLE not in styles_of(kind, "trained")
    assert styles_of(other, "trained") == tuple(STYLES)
    expected: dict[Styles, set[str]] = {"trained": {"flat", "shaded"}, "held out": {HELD_OUT_STYLE}}
    for styles, allowed in expected.items():
        seen = set()
        for seed in range(12):
            drawn = draw_composed(seed, folder=folder, kinds=(kind,), styles=styles, biome="desert", time="day")
            if drawn.truth.weather == "clear":
                seen |= {style for style in PAINTS if pixels_of(drawn.pixels, style).any()}
        assert seen == allowed


def test_captions_name_what_is_seen_and_nothing_else(composed):
    stream, said = np.random.default_rng(0), Counter()
    names = {kind.kind: [name for pair in kind.names for name in pair] for kind in catalogue().values()}
    for drawn in composed:
        for left in (0, 64, 128):
            scene = visible(drawn.truth, Box(left, 0, left + 128, 128))
            text = caption(scene, stream)
            for thing in scene.things:
                if thing.kind in names:
                    said[any(name in text for name in names[thing.kind])] += 1
            for number, word in ((2, "two"), (3, "three"), (4, "four"), (5, "five")):
                if f"{word} " in text:
                    assert (
                        number in Counter((t.kind, t.colour) for t in scene.things).values()
                        or number in Counter(t.kind for t in scene.things).values()
                    ), text
    assert said[True] > 2 * said[False]


def thing(kind: str, left: float, top: float, right: float, bottom: float) -> Thing:
    return Thing(kind, Box(left, top, right, bottom))


def words(things: list[Thing], first: list[Thing], second: list[Thing]) -> set[str | None]:
    stream = np.random.default_rng(0)
    return {relation(stream, things, first, second) for _ in range(60)}


def test_relations_are_true_of_the_boxes():
    tent, rocket = thing("tent", 10, 60, 50, 110), thing("rocket", 60, 50, 90, 110)
    assert {"to the left of", "beside", "next to"} <= words([tent, rocket], [tent], [rocket])
    assert "to the right of" in words([tent, rocket], [rocket], [tent])
    near = thing("rocket", 45, 60, 80, 115)
    assert words([tent, near], [near], [tent]) == {"in front of"}
    assert words([tent, near], [tent], [near]) == {"behind"}
    kite = thing("kite", 12, 5, 48, 40)
    assert words([kite, tent], [kite], [tent]) == {"above", "over", "high above"}
    far = thing("rocket", 200, 50, 240, 110)
    assert words([tent, far], [tent], [far]) == {None}
    assert words([tent, thing("sun", 60, 5, 90, 35)], [tent], [thing("sun", 60, 5, 90, 35)]) == {None}


def test_only_large_things_are_huge():
    stream = np.random.default_rng(0)
    large, small, middling = (thing("penguin", 0, 120 - height, 50, 120) for height in (110, 32, 60))
    assert {size_word(stream, [large]) for _ in range(100)} == {"", "huge ", "big ", "large ", "giant "}
    assert {size_word(stream, [small]) for _ in range(100)} == {"", "small ", "tiny ", "little "}
    assert {size_word(stream, [middling]) for _ in range(100)} == {""}
    assert {size_word(stream, [thing("birds", 0, 0, 120, 120)]) for _ in range(100)} == {""}


def test_the_vocabulary_offers_the_catalogue_by_group():
    groups = {group["name"]: group["phrases"] for group in vocabulary()}
    assert "a penguin" in groups["Animals"]
    assert "an umbrella" in groups["Outdoors"]


def test_another_archive_than_the_pinned_one_is_refused_and_removed(tmp_path):
    path = tmp_path / SOURCES[0].archive
    path.write_bytes(b"something else")
    with pytest.raises(TrainingError, match=r"is not the pinned .*its checksum is sha512-"):
        check_integrity(path, SOURCES[0])
    assert not path.exists()


def test_missing_packages_name_the_command_that_brings_them(tmp_path):
    with pytest.raises(TrainingError, match="python -m training fetch"):
        draw_composed(0, folder=tmp_path)


def test_emojis_have_labels_and_tags(folder):
    assert tags(folder)["🐧"] == ("a label", "a tag")


def test_the_notice_names_every_package_and_its_licence():
    text = (ROOT / "NOTICE").read_text()
    assert notice() in text
    assert all(source.package in text and source.licence in text for source in SOURCES)
