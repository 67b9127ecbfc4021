"""A model is not added if its weights contain NaN or infinities, or if one of its networks answers with them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.tiny.adapters import write_ip_adapter
from tests.tiny.parts import tiny_vae
from tests.tiny.single_file import write_single_file
from tests.tiny.stable_diffusion import write_tiny_checkpoint
from tests.unit.inlay.registry.conftest import left, refused
from tests.unit.inlay.registry.test_names import lora

WEIGHTS = "diffusion_pytorch_model.safetensors"


def change(file: Path, ending: str, spoil: Callable[[torch.Tensor], torch.Tensor]) -> str:
    """Damage the first weight whose name has this ending, and return its name."""
    tensors = load_file(file)
    name = next(name for name in sorted(tensors) if name.endswith(ending))
    save_file(tensors | {name: spoil(tensors[name].clone())}, file, metadata={"format": "pt"})
    return name


def with_nan(tensor: torch.Tensor) -> torch.Tensor:
    tensor.view(-1)[-1] = torch.nan
    return tensor


def huge(tensor: torch.Tensor) -> torch.Tensor:
    """Return finite numbers from which a network computes infinities."""
    return torch.full_like(tensor, 3e38)


@pytest.mark.parametrize(
    ("file", "ending"),
    [
        (f"vae/{WEIGHTS}", "decoder.conv_out.weight"),
        (f"vae/{WEIGHTS}", "encoder.conv_in.bias"),
        (f"unet/{WEIGHTS}", "conv_out.bias"),
        ("text_encoder/model.safetensors", "final_layer_norm.weight"),
    ],
)
def test_a_weight_that_is_no_number_is_named(models: Path, source: Path, file: str, ending: str) -> None:
    name = change(source / file, ending, with_nan)
    assert f"{source / file}: the weight {name} holds NaN or infinities" in refused("add", source)
    assert left(models) == []


@pytest.mark.parametrize(
    ("file", "ending", "network"),
    [
        (f"vae/{WEIGHTS}", "decoder.conv_out.weight", "VAE decoder"),
        (f"vae/{WEIGHTS}", "encoder.conv_out.weight", "VAE encoder"),
        (f"unet/{WEIGHTS}", "conv_out.weight", "denoiser"),
        ("text_encoder/model.safetensors", "final_layer_norm.weight", "text encoder"),
    ],
)
def test_a_network_that_answers_without_numbers_is_named(
    models: Path, source: Path, file: str, ending: str, network: str
) -> None:
    change(source / file, ending, huge)
    said = refused("add", source)
    assert f"The {network} of the model 'tiny-v1-5' answered with numbers that are not finite" in said
    assert left(models) == []


def test_a_tiny_decoder_is_asked_as_well(models: Path, bare: Path, tmp_path: Path) -> None:
    tiny_vae(8).save_pretrained(tmp_path / "taesd")
    change(tmp_path / "taesd" / WEIGHTS, "decoder.layers.0.weight", huge)
    assert "The tiny decoder of the model" in refused("add", bare, "--tiny-vae", tmp_path / "taesd")
    name = change(tmp_path / "taesd" / WEIGHTS, "decoder.layers.0.weight", with_nan)
    assert f"the weight {name} holds NaN" in refused("add", bare, "--tiny-vae", tmp_path / "taesd")
    assert left(models) == []


def test_the_weights_of_one_file_are_looked_at(models: Path, bare: Path, tmp_path: Path) -> None:
    write_single_file(bare, tmp_path / "one.safetensors")
    change(tmp_path / "one.safetensors", "decoder.conv_out.weight", with_nan)
    said = refused("add", tmp_path / "one.safetensors", "--like", bare)
    assert "the weight decoder.conv_out.weight holds NaN or infinities" in said
    assert left(models) == []


def test_the_weights_of_adapters_are_looked_at(models: Path, bare: Path, tmp_path: Path) -> None:
    file = lora(tmp_path / "ink.safetensors")
    change(file, "lora_B.weight", with_nan)
    assert f"{file}: the weight " in refused("add", file)
    write_tiny_checkpoint(tmp_path / "posed", pose=True)
    folder = tmp_path / "posed" / "controlnet_pose"
    change(folder / WEIGHTS, "conv_in.weight", with_nan)
    assert f"{folder / WEIGHTS}: the weight " in refused("add", folder)
    assert f"{folder / WEIGHTS}: the weight " in refused("add", tmp_path / "posed", "--id", "posed")
    file = write_ip_adapter(tmp_path / "ip", bare / "unet")
    encoder = file.parent / "image_encoder" / "model.safetensors"
    change(encoder, "visual_projection.weight", with_nan)
    assert f"{encoder}: the weight " in refused("add", file)
    assert left(models) == []
