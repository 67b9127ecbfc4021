"""The landscapes: a seed always draws the same picture, and the record of a picture is true."""

import numpy as np
import pytest

from training.papercut.drawing import BIOMES, HEIGHT, TIMES, WIDTH, Box, draw_panorama
from training.papercut.drawing.panorama import TALL
from training.papercut.drawing.things.kinds import HABITATS, KINDS, box_of, width_of

SEEDS = range(24)


@pytest.fixture(scope="module")
def panoramas():
    return [draw_panorama(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def tall():
    return [draw_panorama(seed, height=TALL) for seed in range(12)]


def test_a_seed_always_draws_the_same_panorama(panoramas):
    again = draw_panorama(SEEDS[3])
    assert again.truth == panoramas[3].truth
    assert np.array_equal(again.pixels, panoramas[3].pixels)
    assert not np.array_equal(panoramas[4].pixels, panoramas[3].pixels)


def test_pictures_are_colour_bytes_of_the_size_asked_for(panoramas, tall):
    for panorama in (*panoramas, *tall):
        assert panorama.pixels.shape == (panorama.truth.height, panorama.truth.width, 3)
        assert panorama.pixels.dtype == np.uint8
    assert panoramas[0].pixels.shape[:2] == (HEIGHT, WIDTH)
    assert draw_panorama(0, width=1024).pixels.shape == (HEIGHT, 1024, 3)


def test_every_box_lies_inside_the_picture(panoramas, tall):
    for panorama in (*panoramas, *tall):
        for thing in (panorama.truth.light, *panorama.truth.things):
            box = thing.box
            assert 0 <= box.left < box.right <= panorama.truth.width, thing
            assert 0 <= box.top < box.bottom <= panorama.truth.height, thing


def test_one_sun_or_moon_a_panorama_and_the_moon_only_at_night(panoramas):
    for panorama in panoramas:
        assert panorama.truth.light.kind == ("moon" if panorama.truth.time == "night" else "sun")
        assert not [thing for thing in panorama.truth.things if thing.kind in ("sun", "moon")]


def test_things_hide_neither_each_other_nor_the_sun(panoramas, tall):
    for panorama in (*panoramas, *tall):
        boxes = [panorama.truth.light.box, *(thing.box for thing in panorama.truth.things)]
        for index, box in enumerate(boxes):
            assert not [other for other in boxes[:index] if box.overlaps(other)]


def test_what_is_asked_for_is_drawn():
    for biome in BIOMES:
        for time in TIMES:
            truth = draw_panorama(5, width=256, biome=biome, time=time, weather="clouds").truth
            assert (truth.biome, truth.time, truth.weather) == (biome, time, "clouds")


def test_a_thing_is_where_its_box_says(panoramas):
    """The box of a balloon has colours that the sky beside it does not have."""
    checked = 0
    for panorama in panoramas:
        for thing in panorama.truth.things:
            if thing.kind == "balloon" and panorama.truth.weather == "clear":
                box = thing.box
                rows = slice(int(box.top) + 6, int(box.bottom) - 22)
                inside = panorama.pixels[rows, int(box.left) + 6 : int(box.right) - 6]
                beside = panorama.pixels[rows, max(int(box.left) - 6, 0) : max(int(box.left) - 2, 1)]
                assert np.abs(inside.mean((0, 1)) - beside.mean((0, 1))).max() > 15
                checked += 1
    assert checked


def test_a_cloud_is_where_its_box_says(panoramas):
    """By day, the flat base of a cloud is brighter than the sky right under it."""
    checked = 0
    for panorama in panoramas:
        assert bool(panorama.truth.clouds) == (panorama.truth.weather != "clear")
        if panorama.truth.weather != "clouds" or panorama.truth.time != "day":
            continue
        for box in panorama.truth.clouds:
            if box.left >= 0 and box.right <= WIDTH and box.bottom < panorama.truth.land_top - 12:
                middle, base = int(box.left + box.right) // 2, int(box.bottom) - 3
                columns = slice(middle - 6, middle + 6)
                inside = panorama.pixels[base - 5 : base - 2, columns].mean((0, 1))
                below = panorama.pixels[base + 6 : base + 9, columns].mean((0, 1))
                assert inside.mean() > below.mean() + 8
                checked += 1
    assert checked


def test_the_sky_ends_where_the_land_begins(tall):
    for panorama in tall:
        truth = panorama.truth
        assert 48 < truth.land_top <= truth.sky_bottom < TALL
        assert truth.land_top + TALL / 2 > truth.sky_bottom
    assert any(panorama.truth.land_top > 128 for panorama in tall)
    assert any(panorama.truth.sky_bottom < 148 for panorama in tall)


@pytest.mark.slow
def test_all_the_promised_variety_turns_up():
    truths = [draw_panorama(seed).truth for seed in range(100, 220)]
    assert {truth.biome for truth in truths} == set(BIOMES)
    assert {truth.time for truth in truths} == set(TIMES)
    assert len({truth.weather for truth in truths}) == 5
    assert {thing.kind for truth in truths for thing in truth.things} == set(KINDS)
    assert all(truth.weather not in ("rain", "snow", "fog") for truth in truths if truth.biome == "desert")


def test_every_kind_is_at_home_somewhere_or_flies():
    settled = {kind for kinds in HABITATS.values() for kind in kinds}
    assert settled == {name for name, kind in KINDS.items() if not kind.flies}
    assert "oasis" in HABITATS["desert"]
    assert "person" in HABITATS["mountains"]


def test_a_box_has_the_size_of_its_kind():
    box = box_of("camel", x=100, foot=120, scale=1.5)
    assert (box.bottom, box.bottom - box.top) == (120, pytest.approx(1.5 * KINDS["camel"].height))
    assert box.right - box.left == pytest.approx(width_of("camel", 1.5))


def test_shares_of_a_box():
    box = Box(10, 0, 20, 5)
    assert box.share_between(0, 30) == 1
    assert box.share_between(15, 30) == 0.5
    assert box.share_between(20, 30) == 0
    assert box.share_within(Box(15, 0, 30, 2.5)) == 0.25
    assert box.share_within(Box(0, 6, 30, 9)) == 0
