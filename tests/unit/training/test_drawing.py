"""The drawings: the same seed draws the same picture, and the record tells the truth about it."""

from itertools import pairwise

import numpy as np
import pytest

from worker.training.drawing import BIOMES, HEIGHT, TIMES, WIDTH, Box, draw_panorama
from worker.training.drawing.objects import KINDS

SEEDS = range(40)


@pytest.fixture(scope="module")
def panoramas():
    return [draw_panorama(seed) for seed in SEEDS]


def test_a_seed_always_draws_the_same_panorama(panoramas):
    again = draw_panorama(SEEDS[3])
    assert again.truth == panoramas[3].truth
    assert np.array_equal(again.pixels, panoramas[3].pixels)
    assert not np.array_equal(panoramas[4].pixels, panoramas[3].pixels)


def test_pictures_are_colour_bytes_of_one_size(panoramas):
    for panorama in panoramas:
        assert panorama.pixels.shape == (HEIGHT, WIDTH, 3)
        assert panorama.pixels.dtype == np.uint8


def test_every_box_lies_inside_the_picture(panoramas):
    for panorama in panoramas:
        for thing in (panorama.truth.light, *panorama.truth.things):
            box = thing.box
            assert 0 <= box.left < box.right <= WIDTH
            assert 0 <= box.top < box.bottom <= HEIGHT


def test_one_sun_or_moon_a_panorama_and_the_moon_only_at_night(panoramas):
    for panorama in panoramas:
        assert panorama.truth.light.kind == ("moon" if panorama.truth.time == "night" else "sun")
        assert not [thing for thing in panorama.truth.things if thing.kind in ("sun", "moon")]


def test_things_on_the_ground_do_not_hide_each_other(panoramas):
    for panorama in panoramas:
        standing = [thing for thing in panorama.truth.things if not KINDS[thing.kind].flies]
        for first, second in pairwise(standing):
            assert first.box.right <= second.box.left


def test_what_is_asked_for_is_drawn():
    for biome in BIOMES:
        for time in TIMES:
            truth = draw_panorama(5, biome=biome, time=time, weather="clouds").truth
            assert (truth.biome, truth.time, truth.weather) == (biome, time, "clouds")


def test_a_thing_is_where_its_box_says(panoramas):
    """The box of a balloon holds colours that the sky beside it does not."""
    checked = 0
    for panorama in panoramas:
        for thing in panorama.truth.things:
            if thing.kind == "balloon" and panorama.truth.weather == "clear":
                box = thing.box
                rows = slice(int(box.top) + 4, int(box.bottom) - 16)
                inside = panorama.pixels[rows, int(box.left) + 4 : int(box.right) - 4]
                beside = panorama.pixels[rows, max(int(box.left) - 6, 0) : max(int(box.left) - 2, 1)]
                assert np.abs(inside.mean((0, 1)) - beside.mean((0, 1))).max() > 15
                checked += 1
    assert checked


def test_all_the_promised_variety_turns_up():
    truths = [draw_panorama(seed).truth for seed in range(100, 220)]
    assert {truth.biome for truth in truths} == set(BIOMES)
    assert {truth.time for truth in truths} == set(TIMES)
    assert len({truth.weather for truth in truths}) == 5
    assert {thing.kind for truth in truths for thing in truth.things} == set(KINDS)
    assert all(truth.weather not in ("rain", "snow", "fog") for truth in truths if truth.biome == "desert")


def test_share_between_columns():
    box = Box(10, 0, 20, 5)
    assert box.share_between(0, 30) == 1
    assert box.share_between(15, 30) == 0.5
    assert box.share_between(20, 30) == 0
