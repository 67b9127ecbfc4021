"""If a network answers with NaN or infinities, the error names it, and no picture is made."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from PIL import Image
from torch import nn

from backend.contracts.graph import PoseSpec
from backend.contracts.job import Job
from backend.graph import Limits, compile_job, resolve
from backend.store.models import ModelCatalog
from inlay.registry.adding import AddOptions, add
from inlay_engine.errors import NonFiniteError
from tests.tiny.adapters import write_ip_adapter, write_lora
from tests.tiny.parts import tiny_vae
from tests.tiny.stable_diffusion import load_tiny_checkpoint, write_tiny_1_or_2, write_tiny_checkpoint
from tests.unit.worker.diffusion.composing import composed, noise, run
from worker.build.prepare import prepare
from worker.diffusion.adapters.loading import attached_lora, ip_adapter
from worker.diffusion.finite import NotFiniteError
from worker.diffusion.kinds.stable_diffusion import StableDiffusion
from worker.diffusion.loading import Models
from worker.diffusion.vae import Decoder, Encoder

GREY = np.full((64, 64, 3), 128, np.uint8)


@pytest.fixture
def model(tmp_path: Path) -> StableDiffusion:
    write_tiny_checkpoint(tmp_path / "tiny", pose=True)
    tiny_vae(8).save_pretrained(tmp_path / "tiny" / "tiny_vae")
    return load_tiny_checkpoint(tmp_path, "tiny")


def poison(layer: Any, value: float = float("nan")) -> None:
    assert isinstance(layer, nn.Module)
    with torch.no_grad():
        weight = next(layer.parameters())
        weight[(0,) * weight.ndim] = value


def overflow(layer: Any) -> None:
    """Let a layer answer with numbers that float16 cannot hold. The normalisation after the layer makes them small
    again."""
    assert isinstance(layer, nn.Module)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.mul_(2e5)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_vae_that_answers_without_numbers_fails_the_job_and_names_itself(
    model: StableDiffusion, value: float
) -> None:
    poison(model.decoder.vae.decoder.conv_out, value)
    for decode in (model.decoder.decode, model.decoder.pixels):
        with pytest.raises(NotFiniteError, match="The VAE decoder of the model 'tiny' answered with numbers that"):
            decode(torch.zeros(8, 4, 4))
    poison(model.encoder.vae.encoder.conv_out, value)
    with pytest.raises(NotFiniteError, match="The VAE encoder of the model 'tiny'"):
        model.encoder.encode(GREY)
    with pytest.raises(NotFiniteError, match="The VAE encoder of the model 'tiny'"):
        model.colour_latent([0.1, 0.2, 0.3])


def test_one_bad_tile_of_many_is_found(model: StableDiffusion) -> None:
    latent = torch.zeros(8, 40, 40)
    latent[:, 39, 39] = torch.inf
    tiled = Decoder(model.decoder.vae, 8, limit=256 * 256, model="tiny")
    with pytest.raises(NotFiniteError, match="VAE decoder"):
        tiled.decode(latent)


def test_a_tiny_decoder_that_answers_without_numbers_is_named(model: StableDiffusion) -> None:
    assert model.previews.tiny is not None
    poison(model.previews.tiny.decoder.layers[-1])
    with pytest.raises(NotFiniteError, match=r"The tiny decoder of the model 'tiny' \(tiny_vae/, for previews\)"):
        model.previews.show(torch.zeros(8, 4, 4))


def test_a_vae_that_overflows_in_half_precision_goes_on_in_float32(model: StableDiffusion) -> None:
    vae = model.decoder.vae
    overflow(vae.decoder.conv_in)
    overflow(vae.encoder.conv_in)
    bright, black = 3 * torch.ones(8, 4, 4), np.zeros((64, 64, 3), np.uint8)
    expected, latent = model.decoder.decode(bright), model.encoder.encode(black)
    decoder = Decoder(vae.half(), 8, model="tiny")
    assert np.abs(decoder.decode(bright).astype(int) - expected).mean() < 3, "weights were rounded once"
    assert vae.dtype == torch.float32
    assert np.array_equal(decoder.decode(bright), Decoder(vae, 8).decode(bright))
    encoder = Encoder(vae.half(), 128, model="tiny")
    torch.testing.assert_close(encoder.encode(black), latent, rtol=0.05, atol=0.05)
    assert vae.dtype == torch.float32
    vae.half()
    assert encoder.colour([0.0, 0.0, 0.0]).isfinite().all()
    assert vae.dtype == torch.float32


def test_a_tiny_decoder_that_overflows_in_half_precision_goes_on_in_float32(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    tiny_vae(8).save_pretrained(tmp_path / "tiny" / "tiny_vae")
    previews = load_tiny_checkpoint(tmp_path, "tiny", torch.float16).previews
    assert previews.tiny is not None
    assert previews.tiny.dtype == torch.float16

    def overflows(module: nn.Module, inputs: Any, answer: Any) -> Any:
        return answer * 1e30 if answer.dtype == torch.float16 else answer

    previews.tiny.decoder.layers[-1].register_forward_hook(overflows)
    assert previews.show(torch.zeros(8, 4, 4)).std() >= 0
    assert previews.tiny.dtype == torch.float32


def test_a_text_encoder_that_answers_without_numbers_is_named(model: StableDiffusion) -> None:
    encoder: Any = model.clip.encoder
    poison(encoder.final_layer_norm)
    with pytest.raises(NotFiniteError, match="The text encoder of the model 'tiny' answered"):
        model.prompts.encode("a desert")


@pytest.fixture
def posed(tmp_path: Path) -> Models:
    write_tiny_1_or_2(tmp_path / "sd", id="sd")
    write_tiny_checkpoint(tmp_path / "tiny", pose=True)
    return Models(tmp_path, "cpu")


def test_the_network_of_a_pass_that_answers_without_numbers_is_named(posed: Models) -> None:
    description, model = posed.find("tiny")[1], posed.get("tiny")
    assert isinstance(model, StableDiffusion)
    pose = PoseSpec(joints=[[14.0 * k, 9.0 * k] for k in range(14)])
    own: Any = model.network.controlnet
    poison(own.controlnet_mid_block)
    with pytest.raises(NonFiniteError, match="the ControlNet 'controlnet_pose' on the model 'tiny'"):
        run(composed(posed, description, pose=pose), noise(8))
    run(composed(posed, description), noise(8))
    poison(model.network.unet.conv_out)
    asks: list[dict[str, Any]] = [{}, {"pose": pose}]
    for asked in asks:
        with pytest.raises(NonFiniteError, match="for the view 'y1', the denoiser of the model 'tiny' answered"):
            run(composed(posed, description, **asked), noise(8))


@pytest.mark.slow
def test_a_lora_or_ip_adapter_that_answers_without_numbers_is_named(tmp_path: Path, posed: Models) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path / "sd", local_files_only=True)
    add(write_lora(tmp_path / "sources" / "ink", pipeline, words=False), tmp_path, AddOptions(id="ink"))
    add(write_ip_adapter(tmp_path / "sources" / "look", tmp_path / "sd" / "unet"), tmp_path, AddOptions(id="look"))
    description, model = posed.find("sd")[1], posed.get("sd")
    asked: dict[str, Any] = {"loras": [{"lora": "ink", "weight": 1.0}]}
    lora = attached_lora("ink", model, posed)
    broken = [one for name, one in model.denoiser.named_modules() if name.endswith(f"lora_A.{lora.name}")]
    poison(broken[0])
    with pytest.raises(NonFiniteError, match="for the view 'y1', the denoiser of the model 'sd' under the LoRA 'ink'"):
        run(composed(posed, description, **asked), noise(4))
    adapter: Any = ip_adapter("look", model, posed)
    poison(adapter.encoder.visual_projection)
    with pytest.raises(NotFiniteError, match="The image encoder of the IP-Adapter 'look' answered"):
        adapter.see(Image.new("RGB", (64, 64)))


def test_a_whole_job_with_a_broken_vae_fails_before_there_is_a_picture(tmp_path: Path) -> None:
    write_tiny_checkpoint(tmp_path / "tiny")
    models = Models(tmp_path, "cpu")
    offered = ModelCatalog(tmp_path).models()
    layout = {"kind": "panorama", "canvas": {"width": 192, "height": 128}, "prompt": "the sea"}
    document = Job.model_validate({"layout": layout, "sampling": {"model": "tiny", "steps": 2, "seed": 1}})
    compiled = compile_job(resolve(document, offered, Limits()), offered, Limits())
    prepared = prepare(compiled.graph, compiled.job, models)
    *_, last = prepared.sample()
    poison(models.get("tiny").decoder.vae.decoder.conv_out)
    with pytest.raises(NotFiniteError, match="The VAE decoder of the model 'tiny'"):
        prepared.decode(last, compiled.graph.outputs[0])
