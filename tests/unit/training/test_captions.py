"""Captions: true, varied, and short enough for the text encoder."""

import re

import numpy as np
import pytest

from worker.training.captions import PLACES, THINGS, TIMES, WEATHERS, caption, visible, vocabulary
from worker.training.drawing import draw_panorama
from worker.training.text import MAX_TOKENS, build_tokenizer, load_tokenizer, sample_captions, token_ids, words_of

PHRASES = sorted((phrase for phrases in PLACES.values() for phrase in phrases), key=len, reverse=True)
NAMES = {"house": r"\bhouse", "tree": "tree", "cactus": "cact", "boat": "boat", "windmill": "windmill"}
NAMES |= {"lighthouse": "lighthouse", "balloon": "balloon", "birds": "birds", "sheep": "sheep", "tent": "tent"}
NAMES |= {"bridge": "bridge", "castle": "castle", "sun": r"\bsun\b", "moon": "moon"}


@pytest.fixture(scope="module")
def truths():
    return [draw_panorama(seed).truth for seed in range(60)]


@pytest.fixture(scope="module")
def texts(truths):
    return sample_captions(truths, seed=1, count=1500)


def test_a_caption_names_only_what_is_visible(truths):
    stream = np.random.default_rng(0)
    for truth in truths:
        for left in (0, 130, 384):
            scene = visible(truth, left, left + 128)
            kinds = {thing.kind for thing in scene.things}
            for _ in range(6):
                text = caption(scene, stream)
                for phrase in PHRASES:  # "a forest of fir trees" names a place, not things
                    text = text.replace(phrase, "")
                named = {kind for kind, pattern in NAMES.items() if re.search(pattern, text)}
                assert named <= kinds, (text, kinds)


def test_a_caption_never_tells_a_wrong_place_time_or_weather(truths):
    stream = np.random.default_rng(1)
    for truth in truths:
        text = caption(visible(truth, 0, 128), stream)
        for names, own in ((PLACES, truth.biome), (TIMES, truth.time), (WEATHERS, truth.weather)):
            right = "|".join(names[own])
            wrong = [phrase for key, phrases in names.items() if key != own for phrase in phrases]
            assert not [phrase for phrase in wrong if phrase in text and phrase not in right], text


def test_a_half_hidden_thing_is_not_visible(truths):
    thing = truths[0].things[0]
    middle = (thing.box.left + thing.box.right) / 2
    assert thing not in visible(truths[0], middle, middle + 128).things


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
    assert list(groups) == ["Places", "Times of day", "Weather", "Things"]
    assert len(groups["Things"]) == len(THINGS) + 2
    known = set(words_of(texts))
    assert {"desert", "night", "windmill", "red", "fog"} <= known
