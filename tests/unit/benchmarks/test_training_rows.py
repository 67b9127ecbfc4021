"""The training benchmark takes whole steps in every setting and says what it was measured under."""

import pytest

from benchmarks.training import SETTINGS, Setting, Trial, batch_of, conditions, measure
from training.denoiser import Denoiser, build_unet
from training.papercut.views import Mix
from training.text import build_text_encoder, build_tokenizer

SMALL = Mix(native=2, half=1, bodies=1)


@pytest.mark.slow
def test_every_setting_has_a_row_relative_to_the_first():
    settings = (Setting(False, "adamw"), Setting(False, "muon"))
    rows = measure(settings, runs=1, device="cpu", mix=SMALL)
    assert [row["setting"] for row in rows] == ["float32 adamw", "float32 muon"]
    assert rows[0]["time_to_first"] == 1
    assert all(row["views_per_second"] > 0 and row["views_per_cpu_second"] > 0 for row in rows)
    assert {"load", "threads", "instructions", "chosen"} <= set(conditions("cpu", 1, SMALL))


def test_a_trial_changes_every_weight_that_learns():
    text_encoder = build_text_encoder(build_tokenizer(["a desert by day"] * 50), hidden=32, layers=1)
    module = Denoiser(build_unet(8, 32, (16, 16, 32)), text_encoder)
    batch = batch_of(SMALL, 8, "cpu")
    for setting in (one for one in SETTINGS if not one.bfloat16):
        trial = Trial(module, setting, "cpu")
        before = {name: p.detach().clone() for name, p in trial.module.named_parameters()}
        assert trial.seconds(batch)["cpu"] > 0
        still = [name for name, p in trial.module.named_parameters() if p.ndim > 1 and (p == before[name]).all()]
        assert still == [], setting
