"""The parts of the speed benchmark run real jobs, and its figures are those of their seconds."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from backend.contracts.limits import MAX_NODES
from benchmarks import checkpoints
from benchmarks.speed import convolutions, growth, network, rivals
from benchmarks.speed.bars import BARS, bars_of, verdicts
from benchmarks.speed.markdown import DOCUMENT, charts, replaced, tables
from benchmarks.speed.plain import plain
from benchmarks.speed.rows import Part, Results, rows_of
from benchmarks.speed.subjects import BUNDLED, Bench, Subject, bench, panorama
from benchmarks.speed.timing import Figure, in_turns, ratio
from worker.diffusion.blocks import InPlaceBlock
from worker.diffusion.winograd import WinogradConvolution

CPU = torch.device("cpu")
SMALL = BUNDLED._replace(canvas=(192, 128), steps=2)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(SMALL, tmp_path_factory.mktemp("models"), CPU, runs=1, quick=True) as place:
        yield place


def test_a_ratio_is_that_of_the_medians_and_its_range_that_of_the_turns() -> None:
    assert ratio([2.0, 4.0, 9.0], [1.0, 2.0, 3.0]) == Figure(2.0, 2.0, 3.0)


def test_things_take_turns_and_the_first_turn_does_not_count() -> None:
    calls: list[str] = []

    def call(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    taken = in_turns({name: lambda name=name: call(name) for name in ("a", "b")}, 2, CPU)
    assert calls == ["a", "b"] * 3
    assert taken == {"a": [3.0, 5.0], "b": [4.0, 6.0]}


@pytest.mark.parametrize("prompts", [1, 3])
def test_a_job_and_its_bare_passes_count_alike(small: Bench, prompts: int) -> None:
    job = small.compiled(panorama(SMALL._replace(canvas=(512, 128)), network.PROMPTS[:prompts]), steps=10)
    passes = network.passes_of_steps(job)
    assert len(passes) == 10
    assert sum(passes) == job.cost
    assert len(set(passes)) > 1, "the coarse view is active in half of the steps"


def test_a_job_is_measured_beside_its_network(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert network.settings(small).keys() == {network.REFERENCE, "default", *small.description.presets}
    monkeypatch.setattr(network, "settings", lambda _: {network.REFERENCE: {"steps": 3}, "default": {"steps": 2}})
    monkeypatch.setattr(network, "BATCHES", (4,))
    kinds = [type(module) for module in small.loaded.network.denoiser.modules()]
    [part] = network.measure(small)
    assert kinds == [type(module) for module in small.loaded.network.denoiser.modules()]
    assert {row["name"]: row["steps"] for row in part.rows} == {
        "ddim 30, network": 3,
        "ddim 30, job": 3,
        "default, network": 2,
        "default, job": 2,
        "default, job without previews": 2,
        "default, the worker's network": 2,
        "ddim 30, job with diffusers' network": 3,
    }
    barred = {"limit_ratio", "limit_ratio_30", "preview_cost", "default_speedup"}
    assert part.figures.keys() == {*barred, "own_limit_ratio", "default_speedup_own"}
    assert barred <= BARS.keys()
    assert all(row["seconds"] > 0 for row in part.rows)


def test_a_plain_network_is_that_of_diffusers(small: Bench) -> None:
    denoiser, ours = small.loaded.network.denoiser, {InPlaceBlock, WinogradConvolution}
    kinds = [type(module) for module in denoiser.modules()]
    with plain(denoiser):
        assert not ours & {type(module) for module in denoiser.modules()}
    assert kinds == [type(module) for module in denoiser.modules()]
    assert ours < {*kinds}
    with plain(denoiser, convolutions=False):
        assert ours & {type(module) for module in denoiser.modules()} == {WinogradConvolution}


def test_the_forms_of_convolutions_are_measured_and_the_worker_keeps_its_own(small: Bench) -> None:
    [part] = convolutions.measure(small)
    assert [row["name"].partition(",")[0] for row in part.rows] == ["network"] * 4 + ["decoder"] * 4
    networks = {"network_layout", "network_blocks", "network_convolutions"}
    decoders = {"decoder_layout", "decoder_upsampling", "decoder_blocks"}
    assert part.figures.keys() == {f"{form}_gain" for form in networks | decoders}
    denoiser = small.loaded.network.denoiser
    assert denoiser.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    assert any(isinstance(module, InPlaceBlock) for module in denoiser.modules())


def test_diffusers_makes_the_same_panorama(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rivals, "VIEW_BATCHES", (1, 2))
    seen: list[int] = []
    forward = UNet2DConditionModel.forward

    def counted(unet: UNet2DConditionModel, sample: torch.Tensor, *arguments: object, **more: object) -> object:
        seen.append(len(sample))
        return forward(unet, sample, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(UNet2DConditionModel, "forward", counted)
    [part] = rivals.measure(small)
    assert len({row["passes"] for row in part.rows}) == 1
    tried = rivals.TRIES + 1  # turns to find the best batch
    assert sum(seen) == part.rows[0]["passes"] * (tried + 2 * len(part.rows))
    assert {"vs_diffusers_default", "vs_diffusers_best"} < part.figures.keys()


def test_a_flow_transformer_is_measured_beside_its_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint is Stable Diffusion 3's, a few channels wide."""
    shape = checkpoints.stable_diffusion_3()
    heads = {"attention_head_dim": 8, "num_attention_heads": 4, "caption_projection_dim": 32, "num_layers": 2}
    widths = {"joint_attention_dim": 64, "pooled_projection_dim": 40, "sample_size": 16}
    vae = {"block_out_channels": (8, 8, 8, 8), "norm_num_groups": 4, "sample_size": 128}
    texts = checkpoints.Text(16, 2, 2, projects=True), checkpoints.Text(24, 2, 2, projects=True)
    narrow = shape._replace(texts=texts, denoiser=shape.denoiser | heads | widths, vae=shape.vae | vae)
    monkeypatch.setattr(network, "BATCHES", (4,))
    with bench(Subject("sd3", narrow, (256, 128), 64, 1), tmp_path, CPU, runs=1, quick=True) as place:
        [part] = network.measure(place)
        assert not list(rivals.measure(place)), "diffusers has no panorama of it"
    assert part.figures.keys() == {"limit_ratio.sd3", "own_limit_ratio.sd3", "preview_cost.sd3"}


def test_growth_is_measured_by_view_and_by_cell(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "WINDOWS", ((1, 1), (2, 2)))
    monkeypatch.setattr(growth, "VIEW_STEPS", 4)
    monkeypatch.setattr(growth, "BOXES", (1, 2))
    monkeypatch.setattr(growth, "CANVASES", ((128, 128), (256, 128)))
    found = {name: figure for part in growth.windows(small) for name, figure in part.figures.items()}
    [row, other] = [row for part in growth.windows(small) for row in part.rows]
    assert (row["views"] * row["steps"], other["views"] * other["steps"]) == (4, 8)
    found |= {name: figure for part in growth.canvases(small) for name, figure in part.figures.items()}
    assert found.keys() == {"per_view_growth", "decode_growth"}


def test_the_largest_canvases_have_no_more_views_than_a_job_may_have(small: Bench) -> None:
    side = 2 * small.description.defaults.window
    assert max(across * down for across, down in growth.WINDOWS) <= MAX_NODES
    assert max((width // side) * (height // side) for width, height in growth.CANVASES) <= MAX_NODES


def test_a_run_that_was_cut_goes_on(tmp_path: Path) -> None:
    file, about = tmp_path / "speed.json", {"date": "2026-11-29", "device": "cpu"}
    first = Results(file, about)
    first.add("network papercut", Part(rows_of({"job": [1.0, 2.0, 3.0]}), {"limit_ratio": Figure(1.1, 1.0, 1.2)}))
    again = Results.read(file, about)
    assert again.parts == first.parts
    assert again.figures == first.figures
    saved = json.loads(file.read_text())
    assert (saved["limit_ratio"], saved["ranges"]["limit_ratio"]) == (1.1, [1.0, 1.2])


def test_the_document_gets_tables_and_charts(tmp_path: Path) -> None:
    about = {"command": "C", "date": "2026-11-29", "device": "cpu", "processor": "P", "cores": 2, "threads": 2}
    results = Results(tmp_path / "speed.json", {**about, "load": 0.1, "torch": "2", "diffusers": "0"})
    rows = rows_of({"ours": [1.0, 2.0, 3.0], "diffusers <1>": [3.0, 4.0, 5.0]}, model="papercut")
    results.add("rivals papercut", Part(rows, {"vs_diffusers_best": Figure(2.0, 1.0, 3.0)}))
    written = replaced("# Title\n<!-- cpu: begin -->\nold\n<!-- cpu: end -->\nEnd", "cpu", list(tables(results.saved)))
    assert written.startswith("# Title\n<!-- cpu: begin -->\n")
    assert written.endswith("<!-- cpu: end -->\nEnd")
    assert "old" not in written
    assert "| `vs_diffusers_best` | 2.000 | 1.000 to 3.000 | at least 1.05 | met |" in written
    assert "| ours | 2 | 1 to 3 |" in written
    [(name, svg)] = charts(results.saved)
    assert f"images/benchmarks/{name}" in written
    assert len(ElementTree.fromstring(svg).findall("{*}rect")) == 2


def test_the_document_has_the_places_of_both_devices() -> None:
    for kind in ("cpu", "cuda"):
        assert "new line" in replaced(DOCUMENT.read_text(), kind, ["new line"])


def test_a_figure_is_judged_by_the_bar_of_its_device() -> None:
    figures = {"limit_ratio": Figure(1.1, 1.0, 1.2), "vs_diffusers_best.sd15-quarter": Figure(1.0, 0.9, 1.1)}
    lines = list(verdicts(figures, "cpu"))
    assert "met" in lines[0]
    assert "MISSED" in lines[1]
    assert sum("not measured" in line for line in lines) == len(bars_of("cpu")) - 1
    assert "MISSED" in next(iter(verdicts(figures, "cuda")))
