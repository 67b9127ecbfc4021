"""A training without a terminal logs a line when it begins, one a minute, and one when it ends."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from training.loop import Batch, Plan, Run, train
from training.progress import MinuteLog, ProgressBar, on_console


class Clock:
    """A clock that advances by `tick` seconds at each step of a training."""

    def __init__(self, tick: float) -> None:
        self.now, self._tick = 100.0, tick

    def __call__(self) -> float:
        return self.now

    def loss(self, module: nn.Module, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
        self.now += self._tick
        return {"loss": module(batch["x"]).square().mean()}


def logged(folder: Path, plan: Plan, tick: float = 20.0, until: int | None = None, share: float = 1.0) -> list[str]:
    """Train a layer whose loss is always 4. Returns the lines."""
    lines: list[str] = []
    clock = Clock(tick)
    layer = nn.Linear(1, 1)
    with torch.no_grad():
        layer.weight.zero_()
        assert layer.bias is not None
        layer.bias.fill_(2.0)
    layer.weight.requires_grad_(False)
    watch = MinuteLog(lines.append, "the layer", 0.0, share, clock)
    train(Run(layer, plan, folder, "layer"), lambda _: {"x": torch.zeros(1, 1)}, clock.loss, until=until, watch=watch)
    return lines


PLAN = Plan(steps=9, seed=0, learning_rate=1e-9, warmup=1, log_every=2)


def test_a_line_at_the_start_one_a_minute_and_one_at_the_end(tmp_path: Path) -> None:
    begun, first, second, third, ended = logged(tmp_path, PLAN)
    assert begun == "the layer: step 0 of 9, learning rate 1.0e-09"
    assert first == "the layer: step 3 of 9, 0.05 steps/s, learning rate 7.5e-10, loss 4.0000, 2 min left"
    assert (second.split(",")[0], third.split(",")[0]) == ("the layer: step 6 of 9", "the layer: step 9 of 9")
    assert second.endswith("loss 4.0000, 60 s left")
    assert ended == "the layer: finished at step 9 of 9, 0.05 steps/s, learning rate 1.0e-11, loss 4.0000"


def test_a_stopped_training_says_what_is_left_and_a_resumed_one_where_it_begins(tmp_path: Path) -> None:
    *_, ended = logged(tmp_path, PLAN, until=6)
    assert ended.startswith("the layer: stopped at step 6 of 9, 0.05 steps/s")
    assert ended.endswith("60 s left")
    begun, *_, ended = logged(tmp_path, PLAN, tick=10.0)
    assert begun.startswith("the layer: step 6 of 9,")
    assert ended.startswith("the layer: finished at step 9 of 9, 0.1 steps/s")


def test_the_time_left_counts_the_parts_that_follow(tmp_path: Path) -> None:
    """A part that is half of the training has done a third after a minute. So five of six minutes are left."""
    _, first, *_ = logged(tmp_path, PLAN, share=0.5)
    assert first.endswith("5 min left")


def test_a_line_has_the_losses_also_before_the_loss_curve_has_any(tmp_path: Path) -> None:
    _, first, *_ = logged(tmp_path, replace(PLAN, log_every=20))
    assert "loss 4.0000" in first


def test_a_bar_shows_a_percentage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, bar = Run(nn.Linear(1, 1), PLAN, tmp_path, "denoiser"), ProgressBar()
    bar.begin(run)
    run.step = 4
    bar.step(run)
    bar.end(run)
    shown = capsys.readouterr().out
    assert " 44%" in shown
    assert "/1000" not in shown


def test_standard_output_decides_between_a_bar_and_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = on_console()
    assert isinstance(watch, MinuteLog)
    watch.begin(Run(nn.Linear(1, 1), PLAN, tmp_path, "denoiser"))
    assert capsys.readouterr().out == "denoiser: step 0 of 9, learning rate 1.0e-09\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert isinstance(on_console(), ProgressBar)
