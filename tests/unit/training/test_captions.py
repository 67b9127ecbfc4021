"""Captions are true, varied, and short enough for the text encoder."""

import re

import numpy as np
import pytest

from training.papercut.captions import (
    Scene,
    body_caption,
    caption,
    coarse_prefix,
    face_caption,
    visible,
    vocabulary,
    whole_height,
)
from training.papercut.captions.figure import GESTURES, HAIRS, HATS
from training.papercut.captions.landscape import GROUNDS, INSIDE, PLACES, THINGS, TIMES, WEATHERS
from training.papercut.cutouts.catalogue import catalogue
from training.papercut.drawing import Box, draw_panorama
from training.papercut.drawing.figure import draw_figure
from training.papercut.drawing.figure.truth import OUTFITS
from training.papercut.drawing.panorama import TALL
from training.papercut.drawing.truth import Thing
from training.text import MAX_TOKENS, build_tokenizer, load_tokenizer, token_ids, words_of

PLACE_PHRASES = sorted(
    {phrase for group in (PLACES, INSIDE, GROUNDS) for phrases in group.values() for phrase in phrases},
    key=len,
    reverse=True,
)
NAMES = {kind: rf"\b({'|'.join(word for pair in pairs for word in pair)})\b" for kind, pairs in THINGS.items()}
NAMES |= {"sun": r"\bsun\b", "moon": r"\bmoon\b", "palm": r"(?<!with )(?<!with a )\bpalm", "tree": r"(?<!palm )\btree"}


@pytest.fixture(scope="module")
def truths():
    return [draw_panorama(seed).truth for seed in range(40)]


@pytest.fixture(scope="module")
def figures():
    return [draw_figure(seed).truth for seed in range(40)]


@pytest.fixture(scope="module")
def texts(truths, figures):
    stream = np.random.default_rng(1)
    lefts = stream.integers(384, size=800)
    landscapes = [caption(whole_height(truths[i % 40], left, left + 128), stream) for i, left in enumerate(lefts)]
    return [*landscapes, *(make(figures[i % 40], stream) for i in range(300) for make in (body_caption, face_caption))]


def without_places(text: str) -> str:
    """ "a forest of fir trees" names a place, not things."""
    for phrase in PLACE_PHRASES:
        text = text.replace(phrase, "")
    return text


def test_a_caption_names_only_what_is_visible(truths):
    stream = np.random.default_rng(0)
    for truth in truths:
        for left in (0, 130, 384):
            scene = whole_height(truth, left, left + 128)
            kinds = {thing.kind for thing in scene.things}
            for _ in range(6):
                text = caption(scene, stream)
                named = {kind for kind, pattern in NAMES.items() if re.search(pattern, without_places(text))}
                assert named <= kinds, (text, kinds)


@pytest.mark.parametrize(("kind", "dress"), [("snowman", "with blue scarves"), ("person", "in blue coats")])
def test_several_things_wear_several_garments(kind, dress):
    stream = np.random.default_rng(0)
    things = tuple(Thing(kind, Box(40 * i, 40, 40 * i + 30, 100), "blue") for i in range(2))
    texts = {caption(Scene("snow", "day", "clear", things), stream) for _ in range(60)}
    named = [text for text in texts if "blue" in text]
    assert named
    assert all(dress in text for text in named), named


def test_a_caption_never_tells_a_wrong_place_time_or_weather(truths):
    stream = np.random.default_rng(1)
    for truth in truths:
        text = caption(whole_height(truth, 0, 128), stream)
        for names, own in ((PLACES, truth.biome), (TIMES, truth.time), (WEATHERS, truth.weather)):
            right = "|".join([*names[own], *(INSIDE[truth.biome] if names is PLACES else ())])
            wrong = [phrase for key, phrases in names.items() if key != own for phrase in phrases]
            assert not [phrase for phrase in wrong if phrase in text and phrase not in right], text


def test_a_half_hidden_thing_is_not_visible(truths):
    thing = next(truth for truth in truths if truth.things).things[0]
    truth = next(truth for truth in truths if thing in truth.things)
    middle = (thing.box.left + thing.box.right) / 2
    assert thing in whole_height(truth, thing.box.left - 4, thing.box.right + 4).things
    assert thing not in whole_height(truth, middle, middle + 128).things


def test_windows_of_a_tall_picture_say_what_part_they_are():
    stream, parts = np.random.default_rng(2), set()
    for seed in range(12):
        truth = draw_panorama(seed, height=TALL).truth
        for top in (0, 64, 128):
            scene = visible(truth, Box(100, top, 228, top + 128))
            parts.add(scene.part)
            text = caption(scene, stream)
            if scene.part == "sky":
                assert re.search(r"\b(the|only|open) sky\b", text), text
            if scene.part == "ground":
                assert any(phrase in text for phrase in GROUNDS[truth.biome]), text
    assert parts == {"whole", "sky", "ground"}


def test_a_lonely_thing_can_be_called_so(truths):
    stream = np.random.default_rng(3)
    scenes = [whole_height(truth, left, left + 128) for truth in truths for left in range(0, 384, 32)]
    said = [(scene, text) for scene in scenes for text in [caption(scene, stream)] if "lonely" in text]
    assert said
    assert all(len(scene.things) == 1 for scene, _ in said)


def test_captions_of_figures_are_true(figures):
    stream = np.random.default_rng(4)
    for truth in figures:
        for text in (body_caption(truth, stream), face_caption(truth, stream)):
            assert not [o for o in OUTFITS if re.search(rf"\ba {o}(?!'s| hat)", text) and o != truth.outfit], text
            for names, own in ((HATS, truth.face.hat), (GESTURES, truth.gesture)):
                wrong = {phrase for key, phrases in names.items() if key != own for phrase in phrases}
                right = " ".join(names[own])
                assert not [phrase for phrase in wrong if phrase in text and phrase not in right], text
            hair = re.search(r"(\w+) hair", text)
            assert not hair or hair.group(1) in (*HAIRS[truth.face.hair], truth.face.length)
            assert ("glasses" in text) <= truth.face.glasses
            assert ("earrings" in text) <= (truth.face.earrings == "large")


def test_a_body_is_always_named_by_its_outfit(figures):
    stream = np.random.default_rng(5)
    assert all(truth.outfit in body_caption(truth, stream) for truth in figures)


def test_the_words_for_coarse_views():
    assert coarse_prefix(2, 1) == "wide view of"
    assert coarse_prefix(4, 1) == "panorama view of"
    assert coarse_prefix(8, 1) == "long panorama view of"
    assert coarse_prefix(4, 2) == "tall panorama view of"
    assert coarse_prefix(1, 2) == "tall view of"
    assert [coarse_prefix(across, 2) for across in (2, 8)] == ["tall wide view of", "tall long panorama view of"]
    edges = [coarse_prefix(across, 1) for across in (1, 1.1, 2.5, 2.6, 5.5, 5.6)]
    assert edges == ["", *["wide view of"] * 2, *["panorama view of"] * 2, "long panorama view of"]
    assert [coarse_prefix(4, down) for down in (1.4, 1.5)] == ["panorama view of", "tall panorama view of"]


def test_wording_varies(texts):
    assert len(set(texts)) > 0.75 * len(texts)
    assert sum(len(text.split()) <= 5 for text in texts) > 0.08 * len(texts)


def test_captions_fit_and_survive_the_tokenizer(texts, tmp_path):
    tokenizer = build_tokenizer(texts)
    tokenizer.save_pretrained(tmp_path)
    loaded = load_tokenizer(tmp_path)
    ids = token_ids(loaded, texts)
    assert ids.equal(token_ids(tokenizer, texts))
    assert ids.shape == (len(texts), MAX_TOKENS)
    assert ids[:, -1].eq(ids.new_tensor(loaded.eos_token_id)).all(), "a caption was cut off"
    plain = loaded.batch_decode(ids, skip_special_tokens=True)
    assert [re.sub(r"\s", "", text) for text in plain] == [re.sub(r"\s", "", text) for text in texts]


def test_unknown_words_are_spelled_out_not_lost(texts):
    tokenizer = build_tokenizer(texts)
    ids = tokenizer("Zyzzyva, été 42!")["input_ids"]
    assert ids.count(tokenizer.eos_token_id) == 1
    assert tokenizer("RED house")["input_ids"] == tokenizer("red   house")["input_ids"]


def test_the_vocabulary_is_grouped_and_known(texts):
    groups = {group["name"]: group["phrases"] for group in vocabulary()}
    catalogued = {kind.group for kind in catalogue().values()}
    own = [name for name in groups if name not in catalogued]
    assert own == ["Places", "Times of day", "Weather", "Things", "Figures", "Gestures", "Faces"]
    assert len(groups) == len(vocabulary()) == len(own) + len(catalogued)
    assert len(groups["Things"]) == len(THINGS) + 2
    known = set(words_of(texts))
    assert {"desert", "night", "windmill", "red", "fog", "doctor", "blonde", "earrings"} <= known
