"""The views are cut where their captions say, in the shapes that compositions use."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from training.papercut.captions import coarse_prefix
from training.papercut.dataset import Latents
from training.papercut.groups import FIGURES, GROUPS, TALL_WIDE, WIDE
from training.papercut.views import Mix, Views, sample_texts, view_maker
from training.text import build_tokenizer


def coordinates(group, seeds) -> Latents:
    """Return latents whose two channels are the row and the column of each cell."""
    rows, columns = group.height // 8, group.width // 8
    place = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")).astype(np.float16)
    return Latents(np.broadcast_to(place, (len(seeds), *place.shape)).copy(), [group.draw(s).truth for s in seeds])


@pytest.fixture(scope="module")
def views() -> Views:
    return Views(
        {group.name: coordinates(group, range(2)) for group in GROUPS}, Mix(native=6, half=2, bodies=2, joined=0.0)
    )


def test_native_windows_are_whole_and_anywhere(views):
    stream = np.random.default_rng(0)
    shown = [views.window(stream, "tall")[0] for _ in range(40)]
    assert {view.shape for view in shown} == {(2, 16, 16)}
    assert len({int(view[0, 0, 0]) for view in shown}) > 8
    assert all(torch.equal(view[1, 0], torch.arange(16) + view[1, 0, 0]) for view in shown)


def test_windows_about_things_show_one_whole(views):
    about = Views(views.groups, replace(views.mix, about=1.0))
    stream, lefts = np.random.default_rng(5), set()
    for _ in range(60):
        view, _ = about.window(stream, "wide")
        left = 8 * float(view[1, 0, 0])
        lefts.add(left)
        assert 0 <= left <= WIDE.width - 128
        boxes = [thing.box for truth in views.groups["wide"].truths for thing in truth.things]
        fitting = [box for box in boxes if box.left // 8 + 16 >= -(-box.right // 8)]
        assert any(left <= box.left and box.right <= left + 128 for box in fitting)
    assert len(lefts) > 12


def test_a_window_is_anywhere_where_no_thing_fits(views):
    about = Views(views.groups, replace(views.mix, about=1.0))
    stream = np.random.default_rng(6)
    lefts = {float(about.window(stream, "wide", 1)[0][1, 0, 0]) for _ in range(60)}
    assert min(lefts) < 12
    assert max(lefts) > 52


def test_a_coarse_view_averages_the_cells_of_its_canvas(views):
    stream = np.random.default_rng(1)
    for group in ("wide", "tall", "long", "figures"):
        for _ in range(8):
            view, text = views.coarse(stream, group)
            assert view.shape == (2, 16, 16)
            across, down = float(view[1, 0, 1] - view[1, 0, 0]), float(view[0, 1, 0] - view[0, 0, 0])
            wording = {2: "wide view", 3: "panorama view", 4: "panorama view", 6: "long panorama", 8: "long panorama"}
            assert wording[round(across)] in text
            assert text.startswith("tall ") == (round(down) == 2)
            assert view[0, 0, 0] == pytest.approx((down - 1) / 2)


def test_a_joined_view_shows_places_from_left_to_right_as_they_are_named(views):
    joined = Views({"wide": coordinates(WIDE, range(40))}, Mix(joined=1.0))
    stream = np.random.default_rng(4)
    for _ in range(8):
        view, text = joined.coarse(stream, "wide")
        assert view.shape == (2, 16, 16)
        steps = (view[1, 0, 1:] - view[1, 0, :-1]).tolist()
        across = max(set(steps), key=steps.count)
        breaks = sum(step != across for step in steps)
        assert 1 <= breaks <= 4
        assert text.startswith(coarse_prefix(across, 1))
        assert text.count(",") >= 1


def test_a_face_is_the_crop_at_the_head(views):
    stream = np.random.default_rng(2)
    corners = {(t.head.top / 8, t.head.left / 8) for t in views.groups["figures"].truths}
    for _ in range(6):
        view, text = views.face(stream)
        assert view.shape == (2, 16, 16)
        assert (float(view[0, 0, 0]), float(view[1, 0, 0])) in corners
        assert text


def test_a_batch_holds_every_shape_and_drops_some_captions(views):
    tokenizer = build_tokenizer(sample_texts(views, 0, 200))
    make = view_maker(views, tokenizer)
    batch = make(np.random.default_rng(3))
    assert batch["native"].shape == (6, 2, 16, 16)
    assert batch["half"].shape == (2, 2, 16, 8)
    assert batch["bodies"].shape == (2, 2, 32, 32)
    assert batch["bodies_ids"].shape == (2, 48)
    again = make(np.random.default_rng(3))
    assert all(torch.equal(batch[name], again[name]) for name in batch)
    empty = tokenizer("")["input_ids"]
    ids = torch.cat([make(np.random.default_rng(seed))["native_ids"] for seed in range(30)])
    assert 3 <= sum(row[: len(empty)].tolist() == empty for row in ids) < 50


def test_seeds_of_groups_and_of_held_out_drawings_never_meet():
    ranges = [
        r
        for g in GROUPS
        for r in (g.training_seeds(0, 900_000), g.training_seeds(7, 900_000), g.held_out_seeds(900_000))
    ]
    ordered = sorted(ranges, key=lambda r: r.start)
    assert all(first.stop <= second.start for first, second in pairwise(ordered))
    assert FIGURES.height == TALL_WIDE.height == 256
