"""The figures are drawn as their record says, with the head in its box, and random figures never have an
unseen pair."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from backend.contracts.pose import JOINTS
from training.papercut.drawing.figure import UNSEEN, Unseen, draw_figure, is_unseen, random_face
from training.papercut.drawing.figure.hats import HAT_PIECES
from training.papercut.drawing.figure.head import HAIR_COLOURS
from training.papercut.drawing.figure.outfits import SUITS
from training.papercut.drawing.figure.truth import GESTURES, HAIRS, HATS, OUTFITS, Face

PLAIN = Face(hair="black", length="short", hat="none", earrings="none", glasses=False, skin=0)


@pytest.fixture(scope="module")
def figures():
    return [draw_figure(seed) for seed in range(80)]


def test_a_seed_always_draws_the_same_figure(figures):
    again = draw_figure(3)
    assert again.truth == figures[3].truth
    assert np.array_equal(again.pixels, figures[3].pixels)
    assert not np.array_equal(figures[4].pixels, figures[3].pixels)


def test_a_figure_fills_its_canvas_and_its_face_is_one_native_window(figures):
    for figure in figures:
        head = figure.truth.head
        assert figure.pixels.shape == (256, 256, 3)
        assert figure.face.shape == (128, 128, 3)
        assert {value % 8 for value in (head.left, head.top, head.right, head.bottom)} == {0}
        assert np.array_equal(figure.face, figure.pixels[int(head.top) :, int(head.left) :][:128, :128])


def test_every_joint_is_inside_and_the_head_is_above_the_neck(figures):
    for figure in figures:
        pose, head = figure.truth.pose, figure.truth.head
        assert tuple(pose) == JOINTS
        assert all(0 < x < 256 and 0 < y < 256 for x, y in pose.values())
        assert head.left < pose["nose"][0] < head.right
        assert head.top < pose["nose"][1] < pose["neck"][1] < head.bottom
        assert pose["right_shoulder"][0] < pose["neck"][0] < pose["left_shoulder"][0]
        assert pose["right_hip"][1] < pose["right_knee"][1] < pose["right_ankle"][1]


def test_gestures_are_told_apart_by_their_joints():
    for seed in range(12):
        up = draw_figure(seed, gesture="arms up").truth.pose
        down = draw_figure(seed, gesture="standing").truth.pose
        waving = draw_figure(seed, gesture="waving").truth.pose
        raised = [waving[f"{side}_wrist"][1] < waving["neck"][1] for side in ("left", "right")]
        assert all(up[f"{side}_wrist"][1] < up["neck"][1] for side in ("left", "right"))
        assert all(down[f"{side}_wrist"][1] > down["neck"][1] for side in ("left", "right"))
        assert sorted(raised) == [False, True]


def test_training_never_shows_an_unseen_pair(figures):
    assert not [figure for figure in figures if is_unseen(figure.truth.outfit, figure.truth.face)]
    assert len(UNSEEN) >= 6


def test_an_unseen_pair_is_drawn_where_it_is_asked_for():
    face = replace(PLAIN, hat="hunter")
    assert is_unseen("doctor", face)
    assert draw_figure(0, outfit="doctor", face=face).truth.face == face


def test_what_counts_as_unseen():
    pair = Unseen("singer", hair="blonde", earrings="large")
    match = replace(PLAIN, hair="blonde", earrings="large")
    assert pair.holds("singer", match)
    assert not pair.holds("doctor", match)
    assert not pair.holds("singer", replace(match, earrings="none"))
    assert pair in UNSEEN


def test_every_unseen_feature_and_outfit_is_seen_apart(figures):
    """Otherwise the composition would need a feature or outfit that the model never learned."""
    outfits = {figure.truth.outfit for figure in figures}
    for pair in UNSEEN:
        assert pair.outfit in outfits
        others = [f.truth.face for f in figures if f.truth.outfit != pair.outfit]
        assert [face for face in others if pair.holds(pair.outfit, face)], pair


def test_all_the_promised_variety_turns_up(figures):
    truths = [figure.truth for figure in figures]
    assert {truth.outfit for truth in truths} == set(OUTFITS) == set(SUITS)
    assert {truth.gesture for truth in truths} == set(GESTURES)
    assert {truth.face.hat for truth in truths} == set(HATS) == set(HAT_PIECES)
    assert {truth.face.hair for truth in truths} == set(HAIRS) == set(HAIR_COLOURS)
    assert len({truth.background for truth in truths}) > 3


@pytest.mark.parametrize(
    ("feature", "value"),
    [("hair", "blonde"), ("length", "long"), ("hat", "crown"), ("earrings", "large"), ("glasses", True), ("skin", 3)],
)
def test_every_feature_of_a_face_shows(feature, value):
    plain = draw_figure(7, outfit="sailor", face=PLAIN, gesture="standing")
    other = draw_figure(7, outfit="sailor", face=replace(PLAIN, **{feature: value}), gesture="standing")
    changed = np.abs(plain.face.astype(int) - other.face.astype(int)).max(-1) > 40
    assert changed.mean() > 0.015, feature


def test_outfits_differ_below_the_head():
    bodies = [draw_figure(7, outfit=outfit, face=PLAIN, gesture="arms wide").pixels[136:] for outfit in OUTFITS]
    for index, body in enumerate(bodies):
        for other in bodies[:index]:
            assert (np.abs(body.astype(int) - other.astype(int)).max(-1) > 40).mean() > 0.05


def test_random_faces_know_no_exclusions():
    faces = [random_face(np.random.default_rng(seed)) for seed in range(300)]
    assert any(is_unseen("doctor", face) for face in faces)
    assert set(asdict(faces[0])) == {"hair", "length", "hat", "earrings", "glasses", "skin"}
