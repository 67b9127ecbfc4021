"""Every kind: against diffusers' own pipeline for it, from the same noise, and in a whole job."""

import json
import math
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.pipelines.controlnet.pipeline_controlnet_sd_xl import StableDiffusionXLControlNetPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion_3.pipeline_stable_diffusion_3 import StableDiffusion3Pipeline
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

from backend.contracts.graph import CropSpec, PoseSpec, PromptSpec
from backend.contracts.job import Compiled, Job
from backend.contracts.model import ModelDescription
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay_engine.clock import Instant
from tests.tiny.stable_diffusion import write_tiny_1_or_2
from tests.tiny.stable_diffusion_3 import LARGEST, write_tiny_3
from tests.tiny.stable_diffusion_xl import write_tiny_xl
from tests.unit.worker.diffusion.composing import HEIGHT, PROMPT, WIDTH, Load, composed, noise, run, theirs
from worker.build.prepare import prepare
from worker.build.prepared_run import PreparedRun
from worker.diffusion import kinds as package
from worker.diffusion.adapters.control import draw_pose
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import CropCoordinates
from worker.diffusion.kinds import describe, kinds
from worker.diffusion.loading import Models


class Made(NamedTuple):
    """A random checkpoint and how diffusers loads it."""

    description: ModelDescription
    load: Load


MADE: dict[str, Callable[[Path], Made]] = {
    "1": lambda folder: Made(write_tiny_1_or_2(folder, id="1", version=1), StableDiffusionPipeline.from_pretrained),
    "2": lambda folder: Made(write_tiny_1_or_2(folder, id="2", version=2), StableDiffusionPipeline.from_pretrained),
    "xl": lambda folder: Made(write_tiny_xl(folder, id="xl", pose=True), StableDiffusionXLPipeline.from_pretrained),
    "3": lambda folder: Made(write_tiny_3(folder, id="3"), StableDiffusion3Pipeline.from_pretrained),
    "3-without-t5": lambda folder: Made(
        write_tiny_3(folder, id="3-without-t5", t5=False),
        partial(StableDiffusion3Pipeline.from_pretrained, text_encoder_3=None, tokenizer_3=None),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kinds")


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[str, Made]:
    return {name: make(folder / name) for name, make in MADE.items()}


@pytest.fixture(scope="module")
def models(folder: Path, made: dict[str, Made]) -> Models:
    return Models(folder, "cpu")


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
def test_one_view_of_the_whole_canvas_is_the_picture_of_diffusers(
    name: str, folder: Path, made: dict[str, Made], models: Models
) -> None:
    description, load = made[name]
    latents = noise(description.channels)
    expected = theirs(folder / name, load, latents)
    ours = run(composed(models, description), latents).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    others: list[dict[str, Any]] = [{"prompt": "trees"}, {"negative_prompt": "trees"}, {"guidance": 1.0}]
    for other in others:
        changed = run(composed(models, description, **other), latents).controls["x"]
        assert (changed - expected).abs().max() > 0.02, f"{other} has no say"


def compiled_of(folder: Path, name: str, by: str | None = None, space: str = "latent") -> Compiled:
    """Compile a job of this model. `by`: the model of its prompts, if it is another one."""
    offered = ModelCatalog(folder).models()
    layout = {
        "kind": "panorama",
        "canvas": {"width": 256, "height": 128, "wrap": "x"},
        "windows": [{"prompt": "a desert", "model": by}, {"prompt": "the sea", "model": by}],
    }
    sampling = {"model": name, "steps": 3, "seed": 1, "agree": {"space": space}, "coarse": {"weight": 0}}
    document = Job.model_validate({"layout": layout, "sampling": sampling})
    return compile_job(resolve(document, offered, Limits()), offered, Limits())


@pytest.mark.parametrize("name", ["1", "xl", "3"])
def test_a_whole_job_is_done_with_a_model_of_every_kind(name: str, folder: Path, models: Models) -> None:
    """The job is compiled from a document, sampled, previewed and decoded."""
    compiled = compiled_of(folder, name)
    prepared = prepare(compiled.graph, compiled.job, models)
    assert prepared.method.transition == ("flow-euler" if name == "3" else "ddim")
    *_, last = prepared.sample()
    assert min(prepared.preview(last, "x", what).std() for what in ("x0", "noisy")) > 1
    assert last.residual["y1"] > 0
    picture = np.asarray(prepared.decode(last, compiled.graph.outputs[0]))
    assert picture.shape == (128, 256, 3)
    assert picture.std() > 1


def test_a_model_of_patches_may_draw_nothing_itself(folder: Path, models: Models) -> None:
    """Its batches are then sized for a view of one cell, which is less than a patch."""
    compiled = compiled_of(folder, "3", by="1", space="pixels")
    assert prepare(compiled.graph, compiled.job, models).schedule.steps == 3
    assert {spec.prompted.model for spec in compiled.graph.observables} == {"1"}


def test_a_model_of_epsilon_begins_at_its_own_noisiest_level_where_flow_begins_at_pure_noise(
    folder: Path, models: Models
) -> None:
    compiled = compiled_of(folder, "3", by="1", space="pixels")
    prepared = prepare(compiled.graph, compiled.job, models)
    assert prepared.schedule.instants[0].alpha == 0
    first, *_, last = prepared.sample()
    assert all(one.isfinite().all() for one in last.controls.values())
    own = models.get("1").clock.schedule(1000).instants[0]
    seen = first.views["y1"].noisy
    [clean] = denoised(prepared, own, seen)
    assert torch.equal(first.views["y1"].clean, clean)


def test_a_level_between_pure_noise_and_the_training_is_taken_for_the_noisiest(
    made: dict[str, Made], models: Models
) -> None:
    """The answer would otherwise be as many times too large as the level has less signal."""
    prepared = composed(models, made["1"].description)
    own = models.get("1").clock.schedule(1000).instants[0]
    seen = noise(4)[0]
    [clean] = denoised(prepared, own, seen)
    for level in (own.weaker(0.1), Instant(-math.inf)):
        assert torch.equal(denoised(prepared, level, seen)[0], clean)
    assert not torch.equal(denoised(prepared, own.weaker(1.1), seen)[0], clean)


def denoised(prepared: PreparedRun, at: Instant, seen: torch.Tensor) -> Sequence[torch.Tensor]:
    """Return what the model of the first observable makes of a view at this noise level."""
    denoiser = prepared.graph.at(0).observables[0].denoiser
    return denoiser.model.predict_clean([seen], at, [denoiser.conditioning])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1", "2", "xl"])
def test_guidance_is_rescaled_as_in_diffusers(name: str, folder: Path, made: dict[str, Made], models: Models) -> None:
    description, load = made[name]
    latents = noise(description.channels)
    expected = theirs(folder / name, load, latents, guidance_rescale=0.7)
    ours = run(composed(models, description, guidance_rescale=0.7), latents).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    assert (run(composed(models, description), latents).controls["x"] - expected).abs().max() > 0.02


def test_without_a_negative_prompt_xl_is_guided_away_from_zeros(
    folder: Path, made: dict[str, Made], models: Models
) -> None:
    """XL is guided away from zeros if its model_index.json says so, as in diffusers, else from an empty prompt."""
    description, load = made["xl"]
    latents = noise(4)
    expected = theirs(folder / "xl", load, latents, negative_prompt=None)
    ours = run(composed(models, description, negative_prompt=""), latents).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    assert (theirs(folder / "xl", load, latents, negative_prompt="") - expected).abs().max() > 0.02


WINDOW = CropSpec.model_validate({"kind": "crop", "control": "x", "box": {"x": 14, "y": 0, "width": 16, "height": 16}})


def test_xl_is_told_where_on_the_canvas_a_window_lies(folder: Path, made: dict[str, Made], models: Models) -> None:
    """The reference is diffusers with the same crop of a larger picture."""
    description, load = made["xl"]
    latents = noise(4, width=128)
    said = {"original_size": (HEIGHT, 320), "crops_coords_top_left": (0, 112), "target_size": (128, 128)}
    expected = theirs(folder / "xl", load, latents, **said)
    prepared = composed(models, description, WINDOW, width=320)
    view = prepared.graph.at(0).observables[0]
    seen = latents[0]
    for t, s in zip(prepared.schedule.instants, prepared.schedule.instants[1:], strict=False):
        [clean] = view.denoiser.model.predict_clean([seen], t, [view.denoiser.conditioning])
        seen = s.alpha * clean + s.sigma / t.sigma * (seen - t.alpha * clean)
    assert (seen - expected).abs().max() < 1e-3
    assert (theirs(folder / "xl", load, latents) - expected).abs().max() > 0.02, "the place has no say"


def test_a_pose_has_its_say_in_xl_as_in_diffusers(folder: Path, made: dict[str, Made], models: Models) -> None:
    joints, latents = [[14.0 * k, 9.0 * k] for k in range(14)], noise(4)
    picture = draw_pose(joints, WIDTH, HEIGHT, native=128)
    controlnet = ControlNetModel.from_pretrained(folder / "xl" / "controlnet_pose", local_files_only=True)
    expected = theirs(
        folder / "xl",
        StableDiffusionXLControlNetPipeline.from_pretrained,
        latents,
        parts={"controlnet": controlnet},
        image=picture[None],
        controlnet_conditioning_scale=0.8,
    )
    pose = PoseSpec(joints=joints, strength=0.8)
    ours = run(composed(models, made["xl"].description, pose=pose), latents).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
    bare = run(composed(models, made["xl"].description), latents).controls["x"]
    assert (ours - bare).abs().max() > 0.02


def test_views_of_half_a_patch_are_completed(made: dict[str, Made], models: Models) -> None:
    description = made["3"].description
    last = run(composed(models, description, width=200), noise(16, width=200))
    assert last.controls["x"].shape == (16, 16, 25)
    assert last.controls["x"].isfinite().all()


def test_what_stable_diffusion_3_cannot_do_is_refused(made: dict[str, Made], models: Models) -> None:
    loaded = models.get("3")
    prompted = PromptSpec(prompt=PROMPT, negative_prompt="", guidance=4, model="3")
    most = LARGEST * 2 * 8
    loaded.conditioning(prompted, CropCoordinates.whole(most, most))
    with pytest.raises(DiffusionError, match=f"'3' sees at most {most} pixels .* a view is {most + 16} x 128"):
        loaded.conditioning(prompted, CropCoordinates.whole(most + 16, 128))
    with pytest.raises(DiffusionError, match="'3' has no ControlNet for poses"):
        composed(models, made["3"].description, pose=PoseSpec(joints=[[1.0, 1.0]]))


def test_prompts_are_embedded_once_a_job_and_not_again_in_the_next(made: dict[str, Made], models: Models) -> None:
    loaded: Any = models.get("3")
    run(composed(models, made["3"].description), noise(16))  # embeds the empty negative prompt, which all share
    calls: list[str] = []
    [first, second], t5 = loaded.prompts.embed.clips, loaded.prompts.embed.t5
    hooks = [
        part.register_forward_pre_hook(lambda *_, name=name: calls.append(name))
        for name, part in (("clip", first.encoder), ("clip 2", second.encoder), ("t5", t5[1]))
    ]
    for _ in range(2):
        run(composed(models, made["3"].description, prompt="a prompt like no other"), noise(16))
    for hook in hooks:
        hook.remove()
    assert sorted(calls) == ["clip", "clip 2", "t5"]


@pytest.mark.parametrize("name", MADE)
def test_a_folder_is_described_without_its_weights(
    name: str, folder: Path, made: dict[str, Made], tmp_path: Path
) -> None:
    bare = tmp_path / name
    shutil.copytree(folder / name, bare, ignore=shutil.ignore_patterns("*.safetensors", "inlay.json"))
    facts, said = describe(bare), made[name].description
    for key in ("kind", "native_size", "cell", "channels", "prediction", "max_tokens"):
        assert getattr(facts, key) == getattr(said, key), key
    assert facts.cross_attention_dim == {"1": 32, "2": 32, "xl": 56}.get(name, 64)
    blocks = {"1": (8, 16, 16, 16), "2": (8, 16, 16, 16), "xl": (8, 16, 16)}
    assert facts.block_channels == blocks.get(name, (32,))
    assert facts.largest_view == (LARGEST * 2 * 8 if facts.prediction == "flow" else None)
    assert facts.scheduler == ("flow-euler" if facts.prediction == "flow" else "dpmsolver++")
    weights = {file.parent.name for file in (folder / name).glob("*/*.safetensors")}
    assert weights - {"controlnet_pose"} == {*facts.parts}


NEW_KIND = """
from functools import partial
from pathlib import Path
from worker.diffusion.kind import Facts, Kind

def describe(folder: Path) -> Facts:
    return Facts("new", 256, 8, 4, "flow", 77, 64, ("transformer",), 20, 3.0, "flow-euler")

KIND = Kind("new", ("NewPipeline",), describe, lambda *_: None)
"""


def test_a_new_kind_takes_one_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {*kinds()} == {"stable-diffusion", "stable-diffusion-3", "stable-diffusion-xl"}
    (tmp_path / "new_one.py").write_text(NEW_KIND)
    (tmp_path / "model_index.json").write_text('{"_class_name": "NewPipeline"}')
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    kinds.cache_clear()
    try:
        assert describe(tmp_path).kind == "new"
        assert "new" in kinds()
    finally:
        kinds.cache_clear()


def _edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


@pytest.mark.parametrize(
    ("name", "spoil", "sentence"),
    [
        ("1", lambda f: (f / "model_index.json").unlink(), r"model_index.json is missing"),
        (
            "1",
            lambda f: (f / "model_index.json").write_text("[]"),
            r"model_index.json cannot be read: it holds no JSON",
        ),
        (
            "1",
            lambda f: _edit(f / "model_index.json", _class_name="FluxPipeline"),
            r"model_index.json: Inlay does not support FluxPipeline; it supports StableDiffusion3ControlNet",
        ),
        ("1", lambda f: _edit(f / "unet" / "config.json", in_channels=9), r"in_channels is 9, but a latent .* has 4"),
        (
            "1",
            lambda f: _edit(f / "unet" / "config.json", sample_size=None),
            r"config.json has no value for sample_size",
        ),
        (
            "1",
            lambda f: _edit(f / "scheduler" / "scheduler_config.json", _class_name="FlowMatchEulerDiscreteScheduler"),
            r"and FlowMatchEulerDiscreteScheduler is a scheduler of other models",
        ),
        (
            "1",
            lambda f: _edit(f / "unet" / "config.json", time_cond_proj_dim=256),
            r"time_cond_proj_dim is 256, but a UNet that reads latents and text alone has None",
        ),
        ("xl", lambda f: _edit(f / "unet" / "config.json", addition_embed_type=None), r"addition_embed_type is None, "),
        ("xl", lambda f: _edit(f / "vae" / "config.json", latents_mean=[0.0] * 4), r"latents_mean and latents_std"),
        (
            "3",
            lambda f: _edit(f / "scheduler" / "scheduler_config.json", use_dynamic_shifting=True),
            r"use_dynamic_shifting is set, which Inlay does not support",
        ),
        (
            "3",
            lambda f: _edit(f / "scheduler" / "scheduler_config.json", _class_name="DDIMScheduler"),
            r"runs on a FlowMatchEulerDiscreteScheduler, and the file has 'DDIMScheduler'",
        ),
    ],
)
def test_a_folder_of_another_kind_or_none_is_refused_with_the_file(
    name: str, spoil: Callable[[Path], object], sentence: str, folder: Path, made: dict[str, Made], tmp_path: Path
) -> None:
    bare = tmp_path / name
    shutil.copytree(folder / name, bare, ignore=shutil.ignore_patterns("*.safetensors"))
    describe(bare)
    spoil(bare)
    with pytest.raises(DiffusionError, match=sentence):
        describe(bare)


@pytest.mark.parametrize("name", ["xl", "3"])
def test_a_missing_part_is_refused_before_any_is_loaded(
    name: str, folder: Path, made: dict[str, Made], tmp_path: Path
) -> None:
    shutil.copytree(folder / name, tmp_path / name)
    (tmp_path / name / "text_encoder_2" / "model.safetensors").unlink()
    with pytest.raises(DiffusionError, match=r"text_encoder_2 holds no .safetensors file"):
        Models(tmp_path, "cpu").get(made[name].description.id)


def test_an_unknown_kind_is_refused_with_the_known_ones(folder: Path, made: dict[str, Made], tmp_path: Path) -> None:
    shutil.copytree(folder / "1", tmp_path / "1")
    _edit(tmp_path / "1" / "inlay.json", kind="flux")
    with pytest.raises(
        DiffusionError, match=r"no models of kind 'flux'; it knows stable-diffusion, stable-diffusion-3"
    ):
        Models(tmp_path, "cpu").get("1")


def test_a_model_that_was_trained_up_to_pure_noise_is_the_picture_of_diffusers(tmp_path: Path) -> None:
    """With zero terminal SNR (arXiv 2305.08891), the first step has no signal at all."""
    description = write_tiny_1_or_2(tmp_path / "zero", id="zero", version=2)
    file = tmp_path / "zero" / "scheduler" / "scheduler_config.json"
    config = json.loads(file.read_text()) | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    file.write_text(json.dumps(config))
    latents = noise(4)
    expected = theirs(tmp_path / "zero", StableDiffusionPipeline.from_pretrained, latents)
    prepared = composed(Models(tmp_path, "cpu"), description)
    assert prepared.schedule.instants[0].alpha == 0
    ours = run(prepared, latents).controls["x"]
    assert (ours - expected).abs().max() < 1e-3
