"""Adapters are recognised by the names and shapes of their weights, which differ between the programs that
write them."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from inlay.registry.adapters import Traits, of_controlnet, of_file

BLOCK = "down_blocks.1.attentions.0.transformer_blocks.0.attn2"


@pytest.mark.parametrize(
    ("name", "width", "kind", "known"),
    [
        (f"unet.{BLOCK}.to_k.lora_A.weight", 768, "stable-diffusion", 768),
        (f"unet.{BLOCK}.to_k.lora_A.default.weight", 1024, "stable-diffusion", 1024),
        (f"unet.{BLOCK}.processor.to_k_lora.down.weight", 768, "stable-diffusion", 768),
        (f"lora_unet_{BLOCK.replace('.', '_')}_to_k.lora_down.weight", 768, "stable-diffusion", 768),
        (f"unet.{BLOCK}.to_k.lora_A.weight", 2048, "stable-diffusion-xl", 2048),
        (f"unet.{BLOCK.replace('blocks.0', 'blocks.7')}.to_k.lora_A.weight", 32, "stable-diffusion-xl", 32),
        ("lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", 32, "stable-diffusion-xl", None),
        ("transformer.transformer_blocks.3.attn.to_q.lora_A.weight", 64, "stable-diffusion-3", None),
        ("transformer.transformer_blocks.0.attn2.to_k.lora_A.weight", 1536, "stable-diffusion-3", None),
        (f"unet.{BLOCK.replace('attn2', 'attn1')}.to_k.lora_A.weight", 320, "stable-diffusion", None),
    ],
)
def test_a_lora_says_its_kind_and_the_width_of_its_text(
    tmp_path: Path, name: str, width: int, kind: str, known: int | None
) -> None:
    save_file({name: np.zeros((4, width), np.float16)}, tmp_path / "x.safetensors")
    assert of_file(tmp_path / "x.safetensors") == Traits("lora", kind, known, None)


@pytest.mark.parametrize(("width", "kind"), [(768, "stable-diffusion"), (2048, "stable-diffusion-xl")])
def test_an_ip_adapter_says_the_width_of_its_text(tmp_path: Path, width: int, kind: str) -> None:
    names = {"image_proj.norm.weight": (width,), "ip_adapter.1.to_k_ip.weight": (320, width)}
    save_file({name: np.zeros(shape, np.float16) for name, shape in names.items()}, tmp_path / "x.safetensors")
    assert of_file(tmp_path / "x.safetensors") == Traits("ip-adapter", kind, width, None)


def test_an_ip_adapter_of_stable_diffusion_3_is_recognised(tmp_path: Path) -> None:
    names = ("image_proj.norm_out.weight", "ip_adapter.0.norm_ip.linear.weight", "ip_adapter.0.to_k_ip.weight")
    save_file({name: np.zeros((8, 2048), np.float16) for name in names}, tmp_path / "x.safetensors")
    assert of_file(tmp_path / "x.safetensors") == Traits("ip-adapter", "stable-diffusion-3", None, None)


def test_a_checkpoint_is_no_adapter(tmp_path: Path) -> None:
    names = ("model.diffusion_model.out.2.bias", "first_stage_model.decoder.conv_in.bias")
    save_file({name: np.zeros(4, np.float16) for name in names}, tmp_path / "x.safetensors")
    assert of_file(tmp_path / "x.safetensors") is None


@pytest.mark.parametrize(
    ("config", "traits"),
    [
        (
            '{"_class_name": "ControlNetModel", "cross_attention_dim": 768, "in_channels": 4}',
            Traits("controlnet", "stable-diffusion", 768, 4),
        ),
        (
            '{"_class_name": "ControlNetModel", "block_out_channels": [320, 640]}',
            Traits("controlnet", "stable-diffusion", None, None, [320, 640]),
        ),
        (
            '{"_class_name": "ControlNetModel", "addition_embed_type": "text_time", "cross_attention_dim": 2048}',
            Traits("controlnet", "stable-diffusion-xl", 2048, None),
        ),
        (
            '{"_class_name": "ControlNetModel", "block_out_channels": "wide"}',
            Traits("controlnet", "stable-diffusion", None, None),
        ),
        (
            '{"_class_name": "SD3ControlNetModel", "joint_attention_dim": 4096, "in_channels": 16}',
            Traits("controlnet", "stable-diffusion-3", 4096, 16),
        ),
        (
            '{"_class_name": "SD3ControlNetModel", "num_attention_heads": 24, "attention_head_dim": 64}',
            Traits("controlnet", "stable-diffusion-3", None, None, [1536]),
        ),
        ('{"_class_name": "UNet2DConditionModel"}', None),
    ],
)
def test_a_controlnet_says_what_it_fits(tmp_path: Path, config: str, traits: Traits | None) -> None:
    (tmp_path / "config.json").write_text(config)
    assert of_controlnet(tmp_path) == traits
