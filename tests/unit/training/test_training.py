"""The training loop at toy size: a resumed run equals an uninterrupted one, and an exported folder can be trained
further."""

import itertools
import signal
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

from backend.contracts.job import Job
from backend.contracts.model import Model as Offered
from backend.contracts.model import ModelDescription
from backend.graph import Limits, compile_job, resolve
from training.autoencoder import (
    TRANSFORMS,
    autoencoder_loss,
    build_autoencoder,
    crops,
    psnr_probe,
)
from training.checkpoint import Ema, load_checkpoint, read_losses, save_atomically
from training.denoiser import Denoiser, build_scheduler, build_unet, denoiser_loss
from training.errors import TrainingError
from training.export import latent_rgb, save_weights
from training.loop import Plan, Run, batches, train
from training.papercut.captions import coarse_prefix
from training.papercut.card import OBSERVED, TrainingFigures, card
from training.papercut.dataset import Latents, drawings, latents, truths_of
from training.papercut.drawing import draw_panorama
from training.papercut.drawing.figure import draw_figure
from training.papercut.export import export_weights, write_manifest
from training.papercut.groups import FIGURES, GROUPS, TALL_WIDE
from training.papercut.pose_control import build_controlnet, pose_loss, pose_maker, skeleton
from training.papercut.views import Mix, Views, view_maker
from training.pixels import to_pixels, to_tensor
from training.pretrained import load_autoencoder, load_denoiser
from training.sampling import TrainedModel, sample, sample_latents
from training.text import build_text_encoder, build_tokenizer, continue_text_encoder, token_ids, whole_words

PLAN = Plan(steps=6, seed=3, learning_rate=1e-3, log_every=2)


@pytest.fixture(scope="module")
def drawn():
    return [draw_panorama(seed) for seed in range(4)]


@pytest.fixture(scope="module")
def toy(drawn) -> TrainedModel:
    torch.manual_seed(0)
    tokenizer = build_tokenizer(["a desert by day", "the sea at night", "a doctor with glasses"])
    denoiser = Denoiser(build_unet(4, 32, (8, 8, 8), groups=4), build_text_encoder(tokenizer, hidden=32, layers=1))
    return TrainedModel(build_autoencoder((8, 8, 8, 8), channels=4), denoiser, tokenizer)


def squares(drawn):
    """Return small crops of the drawings."""
    return crops([np.stack([panorama.pixels for panorama in drawn])], [1.0], size=32, batch=4)


def toy_vae(folder: Path) -> Run:
    torch.manual_seed(1)
    return Run(build_autoencoder((8, 8, 8, 8), channels=4), PLAN, folder, "vae")


def assert_same_weights(first: torch.nn.Module, second: torch.nn.Module) -> None:
    for (name, one), other in zip(first.state_dict().items(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_a_resumed_run_is_the_uninterrupted_run_bit_for_bit(drawn, tmp_path):
    make = squares(drawn)
    whole = train(toy_vae(tmp_path / "whole"), make, autoencoder_loss)
    train(toy_vae(tmp_path / "parts"), make, autoencoder_loss, until=3)
    resumed = toy_vae(tmp_path / "parts")
    assert resumed.step == 3
    train(resumed, make, autoencoder_loss)
    assert resumed.step == whole.step == PLAN.steps
    assert_same_weights(whole.module, resumed.module)
    assert_same_weights(whole.ema.module, resumed.ema.module)


def test_ctrl_c_within_a_step_waits_until_all_of_the_step_is_taken(drawn, tmp_path, monkeypatch):
    make = squares(drawn)
    whole = train(toy_vae(tmp_path / "whole"), make, autoencoder_loss)
    update = Ema.update

    def interrupted(self: Ema, module: torch.nn.Module, step: int) -> None:
        if step == 3:
            signal.raise_signal(signal.SIGINT)
        update(self, module, step)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        monkeypatch.setattr(Ema, "update", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(toy_vae(tmp_path / "parts"), make, autoencoder_loss)
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.setattr(Ema, "update", update)
    resumed = toy_vae(tmp_path / "parts")
    assert resumed.step == 3
    train(resumed, make, autoencoder_loss)
    assert_same_weights(whole.ema.module, resumed.ema.module)


def test_a_resumed_run_forgets_the_losses_after_its_checkpoint(drawn, tmp_path):
    make = squares(drawn)
    train(toy_vae(tmp_path), make, autoencoder_loss)
    saved = load_checkpoint(tmp_path / "vae.pt")
    assert saved is not None
    save_atomically(tmp_path / "vae.pt", {**saved, "step": 4})
    assert [row["step"] for row in read_losses(toy_vae(tmp_path).path.with_suffix(".jsonl"))] == [2, 4]


def test_a_loss_curve_that_a_full_disk_has_cut_does_not_stop_a_resumed_run(drawn, tmp_path):
    train(toy_vae(tmp_path), squares(drawn), autoencoder_loss, until=4)
    curve = tmp_path / "vae.jsonl"
    curve.write_text(curve.read_text()[:-9])
    assert [row["step"] for row in read_losses(curve)] == [2]
    train(toy_vae(tmp_path), squares(drawn), autoencoder_loss)
    assert [row["step"] for row in read_losses(curve)] == [2, 6]


def test_whoever_waits_for_checkpoints_is_told_of_each_but_the_last(drawn, tmp_path):
    run, steps = toy_vae(tmp_path), []
    run.plan = replace(run.plan, save_every_seconds=0.0)
    train(run, squares(drawn), autoencoder_loss, until=3, saved=lambda run: steps.append(run.step))
    assert steps == [1, 2, 3]


def broken(module, batch, generator):
    """Return a loss that is not a number, for all parameters."""
    return {"loss": torch.stack([p.sum() for p in module.parameters()]).sum() * float("nan")}


def test_a_loss_that_is_not_finite_stops_the_run_and_its_last_checkpoint_stays(drawn, tmp_path):
    make = squares(drawn)
    before = deepcopy(train(toy_vae(tmp_path), make, autoencoder_loss, until=3).module)
    told = "diverged by step 4: .* The checkpoint of step 3 is kept. Run the command again with fewer --steps"
    with pytest.raises(TrainingError, match=told):
        train(toy_vae(tmp_path), make, broken)
    resumed = toy_vae(tmp_path)
    assert resumed.step == 3
    assert_same_weights(before, resumed.module)
    assert train(resumed, make, autoencoder_loss).step == PLAN.steps


def test_a_loss_that_is_not_finite_is_not_saved_between_two_rows_of_the_loss_curve(drawn, tmp_path):
    run = toy_vae(tmp_path)
    run.plan = replace(run.plan, save_every_seconds=0.0, log_every=5)
    with pytest.raises(TrainingError, match="There is no checkpoint yet"):
        train(run, squares(drawn), broken)
    assert load_checkpoint(tmp_path / "vae.pt") is None


def test_transforms_move_pictures_and_latents_alike():
    picture = torch.randn(1, 3, 64, 64)
    coarse = torch.nn.functional.avg_pool2d(picture, 8)
    for name, transform in TRANSFORMS.items():
        assert torch.allclose(torch.nn.functional.avg_pool2d(transform(picture), 8), transform(coarse), atol=1e-6), name


def toy_views() -> Views:
    """Return two drawings of each group, with noise as their latents."""
    noise = np.random.default_rng(0)
    groups = {}
    for group in GROUPS:
        shape = (2, 4, group.height // 8, group.width // 8)
        values = noise.standard_normal(shape).astype(np.float16)
        groups[group.name] = Latents(values, [group.draw(seed).truth for seed in range(2)])
    return Views(groups, Mix(native=2, half=1, bodies=1))


def test_the_denoiser_learns_every_shape_and_resumes(toy, tmp_path):
    make, loss = view_maker(toy_views(), toy.tokenizer), denoiser_loss()

    def fresh(folder: Path) -> Run:
        torch.manual_seed(2)
        unet, text_encoder = build_unet(4, 32, (8, 8, 8), groups=4), build_text_encoder(toy.tokenizer, 32, 1)
        return Run(Denoiser(unet, text_encoder), PLAN, folder, "denoiser")

    whole = train(fresh(tmp_path / "whole"), make, loss)
    train(fresh(tmp_path / "parts"), make, loss, until=3)
    assert_same_weights(whole.module, train(fresh(tmp_path / "parts"), make, loss).module)
    rows = read_losses(tmp_path / "whole" / "denoiser.jsonl")
    assert len(rows) == 3
    assert {"native", "half", "bodies"} <= set(rows[0])


def test_the_pose_controlnet_learns_beside_a_denoiser_that_does_not(toy, tmp_path):
    before = {name: value.clone() for name, value in toy.denoiser.state_dict().items()}
    controlnet = build_controlnet(toy.denoiser.unet, embedding=(4, 4, 4, 4))
    run = Run(controlnet, PLAN, tmp_path, "controlnet")
    train(run, pose_maker(toy_views(), toy.tokenizer, batch=2), pose_loss(toy.denoiser))
    assert any(value.abs().max() > 0 for value in run.module.get_submodule("controlnet_mid_block").parameters())
    for name, value in toy.denoiser.state_dict().items():
        assert torch.equal(value, before[name]), name
    toy.denoiser.requires_grad_(True)


def test_a_skeleton_shows_the_pose_of_its_figure():
    truth = draw_figure(3).truth
    drawn = skeleton(truth)
    assert drawn.shape == (3, 256, 256)
    for x, y in truth.pose.values():
        assert drawn[:, round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].max() > 100


def test_batches_made_ahead_are_the_same_batches(drawn):
    make = squares(drawn)
    ahead, here = (batches(make, replace(PLAN, workers=workers), 2) for workers in (2, 0))
    for first, second in zip(ahead, here, strict=True):
        assert torch.equal(first["pixels"], second["pixels"])


def test_the_loss_counts_every_cell_once(toy):
    """A body has four times as many cells as a native window, and a half has half as many."""
    batch = view_maker(toy_views(), toy.tokenizer)(np.random.default_rng(0))
    with torch.no_grad():
        losses = denoiser_loss()(toy.denoiser, batch, torch.Generator().manual_seed(0))
    cells = {"native": 2 * 256, "half": 128, "bodies": 1024}
    mean = sum(cells[name] * losses[name] for name in cells) / sum(cells.values())
    assert losses["loss"] == pytest.approx(float(mean), rel=1e-5)


def test_crops_come_from_every_group_in_its_share(drawn):
    dark, light = np.zeros((2, 64, 64, 3), np.uint8), np.full((2, 40, 90, 3), 255, np.uint8)
    batch = crops([dark, light], [0.25, 0.75], size=32, batch=400)(np.random.default_rng(0))
    assert batch["pixels"].shape == (400, 32, 32, 3)
    assert batch["pixels"].float().mean() / 255 == pytest.approx(0.75, abs=0.07)


def test_drawings_are_made_once_with_their_truths(tmp_path):
    seeds = FIGURES.held_out_seeds(2)
    first = drawings(tmp_path, FIGURES, seeds)
    assert np.array_equal(first[1], draw_figure(seeds[1]).pixels)
    stamp = next(tmp_path.glob("*.npy")).stat().st_mtime_ns
    assert np.array_equal(drawings(tmp_path, FIGURES, seeds), first)
    assert next(tmp_path.glob("*.npy")).stat().st_mtime_ns == stamp
    assert truths_of(tmp_path, FIGURES, seeds) == [draw_figure(seed).truth for seed in seeds]
    drawings(tmp_path, TALL_WIDE, TALL_WIDE.held_out_seeds(1))
    assert truths_of(tmp_path, TALL_WIDE, TALL_WIDE.held_out_seeds(1))[0].height == 256


@pytest.mark.slow
def test_latents_are_the_same_however_they_are_made(tmp_path):
    """For a CPU, every process encodes its own drawings. For a GPU, one process encodes all; here "cpu:0" stands for
    the GPU."""
    vae = build_autoencoder((8, 8, 8, 8), channels=4)
    for run in ("a", "b"):
        vae.save_pretrained(tmp_path / run / "vae")
    seeds = FIGURES.held_out_seeds(2)
    spread = latents(tmp_path / "a", FIGURES, seeds)
    central = latents(tmp_path / "b", FIGURES, seeds, device="cpu:0")
    assert spread.values.shape == (2, 4, 32, 32)
    assert spread.truths == central.truths == [draw_figure(seed).truth for seed in seeds]
    assert np.abs(spread.values - central.values).max() < 0.02


def test_latents_are_made_again_if_their_vae_has_changed(tmp_path):
    def found(vae: torch.nn.Module) -> np.ndarray:
        assert isinstance(vae, AutoencoderKL)
        vae.save_pretrained(tmp_path / "vae")
        return latents(tmp_path, FIGURES, FIGURES.held_out_seeds(1), device="cpu:0").values

    first, second, third = (build_autoencoder((8, 8, 8, 8), channels=4) for _ in range(3))
    before = found(first)
    first.decoder.requires_grad_(False).conv_out.weight.zero_()
    stamp = next(tmp_path.glob("*.npy")).stat().st_mtime_ns
    assert np.array_equal(found(first), before)
    assert next(tmp_path.glob("*.npy")).stat().st_mtime_ns == stamp, "another decoder has the same latents"
    assert not np.allclose(found(second), before)
    (tmp_path / "denoiser.pt").touch()
    with pytest.raises(TrainingError, match="another --folder"):
        found(third)
    next(tmp_path.glob("*.vae")).unlink()
    assert found(third).shape == before.shape, "the latents of an older version do not say which VAE made them"


def test_a_probe_measures_every_group(drawn):
    vae = build_autoencoder((8, 8, 8, 8), channels=4)
    found = psnr_probe({"wide": drawn[0].pixels[None], "figures": draw_figure(0).pixels[None]})(vae)
    assert set(found) == {"psnr_wide", "psnr_figures"}
    assert all(0 < value < 30 for value in found.values())


def test_an_exported_folder_loads_everywhere_and_is_a_warm_start(toy, tmp_path):
    save_weights(toy, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".bin", ".pt", ".ckpt")]
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path, local_files_only=True)
    assert type(pipeline.scheduler).__name__ == "DDIMScheduler"
    warm = load_denoiser(tmp_path)
    assert_same_weights(warm.unet, pipeline.unet.float())
    for name, value in warm.state_dict().items():
        assert torch.allclose(value, toy.denoiser.state_dict()[name], atol=1e-3), name
    run = Run(warm, PLAN, tmp_path / "further", "denoiser")
    assert run.step == 0
    assert not run.optimiser.state_dict()["adamw"]["state"]
    assert load_autoencoder(tmp_path).config["latent_channels"] == 4


def test_weights_so_far_replace_those_before_them(toy, tmp_path):
    target = tmp_path / "exported"
    for _ in range(2):
        export_weights(deepcopy(toy), target)
        assert [path.name for path in tmp_path.iterdir()] == ["exported"]
        assert load_denoiser(target).unet.config["in_channels"] == 4


def test_a_text_encoder_goes_on_under_other_words(toy):
    tokenizer = build_tokenizer(["a desert by day", "deserted mountains by day and by night", "a hunter"])
    further = build_text_encoder(tokenizer, hidden=32, layers=1)
    old = toy.denoiser.text_encoder
    continue_text_encoder(old, toy.tokenizer, further, tokenizer)
    text = ["a desert by day"]
    before, after = (
        encoder(token_ids(words, text)).last_hidden_state
        for encoder, words in ((old, toy.tokenizer), (further, tokenizer))
    )
    assert torch.equal(before, after)
    assert set(tokenizer.get_vocab()) != set(toy.tokenizer.get_vocab())
    rows, known = (
        next(value for name, value in encoder.state_dict().items() if name.endswith("token_embedding.weight"))
        for encoder in (further, old)
    )
    spelled = toy.tokenizer("hunter", add_special_tokens=False)["input_ids"]
    assert len(spelled) > 1
    assert torch.allclose(rows[tokenizer.get_vocab()["hunter</w>"]], known[spelled].mean(0))


@pytest.mark.parametrize("word", ["été", "سلام"])
def test_a_word_of_another_script_goes_on_from_the_bytes_that_spelled_it(toy, word):
    tokenizer = build_tokenizer([word])
    further = build_text_encoder(tokenizer, hidden=32, layers=1)
    continue_text_encoder(toy.denoiser.text_encoder, toy.tokenizer, further, tokenizer)
    [piece], spelled = tokenizer.tokenize(word), toy.tokenizer.tokenize(word)
    assert len(spelled) == len(word.encode())
    rows, known = (
        next(value for name, value in encoder.state_dict().items() if name.endswith("token_embedding.weight"))
        for encoder in (further, toy.denoiser.text_encoder)
    )
    mean = known[toy.tokenizer.convert_tokens_to_ids(spelled)].mean(0)
    assert torch.allclose(rows[tokenizer.get_vocab()[piece]], mean)


def test_the_words_of_a_vocabulary_are_readable_in_any_script():
    """Pieces that begin or end inside a character have no text."""
    words = whole_words(build_tokenizer(["un été à la plage"]))
    assert {"un", "été", "à", "la", "plage"} <= set(words)
    assert all(word.isascii() for word in set(words) - {"été", "à"})


def test_a_coarse_view_is_asked_for_as_it_was_captioned(toy, drawn, tmp_path):
    figures = TrainingFigures("2.0.0", 0, 3.0, "cpu", (), 30.0, {}, {}, "", "", {})
    save_weights(deepcopy(toy), tmp_path)
    write_manifest(toy, figures, drawn[0].pixels[None], ["desert"], tmp_path)
    said = ModelDescription.model_validate_json((tmp_path / "inlay.json").read_bytes())
    models, heard = {said.id: Offered(description=said, sha256="0" * 64)}, set()
    for width, height in itertools.product(range(128, 1025, 64), (128, 136, 256, 512)):
        layout = {"kind": "panorama", "canvas": {"width": width, "height": height}, "prompt": "a desert"}
        job = Job.model_validate({"layout": layout, "sampling": {"model": said.id, "coarse": {}}})
        views = compile_job(resolve(job, models, Limits()), models, Limits()).graph.observables
        words = coarse_prefix(width / 128, height / 128)
        expected = [f"{words} a desert".lstrip()] if max(width, height) > 128 else []
        assert [one.prompted.prompt for one in views if one.name == "coarse"] == expected
        heard.add(words)
    assert len(heard) == 8


def test_the_card_says_how_the_model_was_trained_and_what_a_person_saw():
    trained = {"vae": (0, 0.0), "decoder": (0, 0.0), "denoiser": (1200, 0.5), "controlnet": (0, 0.0)}
    figures = TrainingFigures("2.0.0", 0, 3.0, "a laptop", ("python -m training x",), 30.0, trained, {}, "", "", {})
    written = card(figures, [{"name": "Places", "phrases": ["a desert"]}])
    assert "1,200 steps, 0.50 hours" in written
    assert "not trained in this version" in written
    assert OBSERVED.read_text().strip() in written


def test_the_schedule_ends_in_almost_pure_noise():
    kept = build_scheduler().alphas_cumprod
    assert kept[-1].sqrt() * 32 < 0.5
    assert build_scheduler().config["prediction_type"] == "v_prediction"


def test_samples_come_in_any_width(toy):
    pictures = sample(toy, ["a desert", "the sea"], seed=0, columns=24, steps=2)
    assert pictures.shape == (2, 128, 192, 3)
    assert np.array_equal(pictures, sample(toy, ["a desert", "the sea"], seed=0, columns=24, steps=2))


@pytest.mark.parametrize(("rows", "columns"), [(16, 17), (19, 23), (16, 30)])
def test_the_windows_of_a_sample_reach_every_cell(toy, rows, columns):
    assert sample_latents(toy, ["a desert"], seed=0, rows=rows, columns=columns, steps=1).isfinite().all()


def test_a_sample_is_no_smaller_than_its_window(toy):
    with pytest.raises(ValueError, match="at least 16 x 16 cells"):
        sample_latents(toy, ["a desert"], seed=0, rows=8, steps=1)


def test_the_preview_map_has_one_row_a_channel(toy, drawn):
    fitted = latent_rgb(toy, drawn[0].pixels[None])
    assert np.array(fitted["factors"]).shape == (4, 3)
    assert np.array(fitted["bias"]).shape == (3,)


def test_bytes_and_tensors_are_inverse(drawn):
    pixels = drawn[0].pixels[None]
    assert np.array_equal(to_pixels(to_tensor(pixels)), pixels)
