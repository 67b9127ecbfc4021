"""Files that Inlay does not support are recognised by their weights and refused by name when they are added."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.unit.inlay.registry.conftest import left, refused

LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
DOWN, UP = f"{LAYER}.lora_down.weight", f"{LAYER}.lora_up.weight"

STRANGERS: list[tuple[str, list[str], str]] = [
    ("loha", [f"{LAYER}.{one}" for one in ("alpha", "hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b")], "a LoHa"),
    ("loha tucker", [f"{LAYER}.hada_t1", f"{LAYER}.hada_w1_a"], "a LoHa"),
    ("lokr", [f"{LAYER}.alpha", f"{LAYER}.lokr_w1", f"{LAYER}.lokr_w2"], "a LoKr"),
    ("lokr split", [f"lycoris_{LAYER}.lokr_w1_a", f"lycoris_{LAYER}.lokr_w1_b"], "a LoKr"),
    ("dora", [f"{LAYER}.dora_scale", DOWN, UP], "a DoRA"),
    ("dora of peft", ["unet.mid_block.x.lora_magnitude_vector.weight", "unet.mid_block.x.lora_A.weight"], "a DoRA"),
    ("glora", [f"{LAYER}.{one}.weight" for one in ("a1", "a2", "b1", "b2")], "a GLoRA"),
    ("oft", [f"{LAYER}.oft_blocks", f"{LAYER}.alpha"], "an OFT or BOFT adapter"),
    ("oft of peft", ["base_model.model.down_blocks.0.x.oft_R.weight"], "an OFT or BOFT adapter"),
    ("boft of peft", ["base_model.model.down_blocks.0.x.boft_R"], "an OFT or BOFT adapter"),
    ("ia3", [f"{LAYER}.weight", f"{LAYER}.on_input"], "an (IA)^3 adapter"),
    ("ia3 of peft", ["base_model.model.down_blocks.0.x.ia3_l"], "an (IA)^3 adapter"),
    ("tucker", [DOWN, UP, f"{LAYER}.lora_mid.weight"], "a LoRA with a Tucker decomposition"),
    ("full", [f"{LAYER}.diff", f"{LAYER}.diff_b"], "an adapter of whole differences"),
    ("norms", [DOWN, UP, "lora_unet_norm.w_norm"], "an adapter of whole differences"),
    ("control-lora", ["lora_controlnet", "input_blocks.0.0.up", "input_blocks.0.0.down"], "a Control-LoRA"),
    ("lllite", ["lllite_unet_input_blocks_4_1.down.0.weight"], "a ControlNet-LLLite"),
    ("t2i", ["adapter.body.0.resnets.0.block1.weight", "adapter.conv_in.weight"], "a T2I-Adapter"),
    (
        "controlnet",
        ["control_model.input_blocks.0.0.weight", "control_model.out.0.bias"],
        "a ControlNet of one",
    ),
    ("controlnet of diffusers", ["controlnet_down_blocks.0.weight", "conv_in.weight"], "a ControlNet of one file"),
    ("face", ["image_proj.norm.weight", "ip_adapter.0.to_q_lora.down.weight"], "an IP-Adapter for faces"),
    ("flux", ["double_blocks.0.img_attn.qkv.weight", "single_blocks.0.linear1.weight"], "a model of FLUX"),
    ("flux whole", ["model.diffusion_model.double_blocks.0.img_mod.lin.weight", "vae.x"], "a model of FLUX"),
    ("flux lora", ["transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight"], "a LoRA for FLUX"),
    ("flux kohya", ["lora_unet_double_blocks_0_img_attn_proj.lora_down.weight"], "a LoRA for FLUX"),
    ("wan", ["blocks.0.cross_attn.k.weight", "patch_embedding.weight"], "a model of Wan"),
    ("wan lora", ["diffusion_model.blocks.0.cross_attn.k.lora_A.weight"], "a LoRA for Wan"),
    ("wan kohya", ["lora_unet_blocks_0_self_attn_q.lora_down.weight"], "a LoRA for Wan"),
    ("qwen", ["transformer_blocks.0.img_mlp.net.0.proj.lora_A.weight"], "a LoRA for Qwen-Image"),
    ("hunyuan", ["lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight"], "a LoRA for HunyuanVideo"),
    ("z-image", ["diffusion_model.layers.0.attention.qkv.lora_A.weight"], "a LoRA for Lumina or Z-Image"),
    ("pixart", ["transformer.transformer_blocks.0.attn1.to_q.lora_A.weight"], "a LoRA for PixArt"),
    (
        "sd3 kohya",
        ["lora_unet_joint_blocks_0_x_block_qkv.lora_down.weight"],
        "Stable Diffusion 3 in Kohya's names",
    ),
    ("embedding", ["emb_params"], "an embedding"),
    ("embedding xl", ["clip_g", "clip_l"], "an embedding"),
    ("vae", ["encoder.conv_in.weight", "decoder.conv_in.weight", "quant_conv.weight"], "a VAE"),
    ("vae whole", ["first_stage_model.encoder.conv_in.weight", "first_stage_model.decoder.conv_in.weight"], "a VAE"),
    ("taesd", ["1.weight", "3.conv.0.weight", "3.conv.0.bias"], "a tiny decoder"),
    ("clip", ["text_model.encoder.layers.0.mlp.fc1.weight", "text_projection.weight"], "a text encoder"),
    ("t5", ["encoder.block.0.layer.0.SelfAttention.k.weight", "shared.weight"], "a text encoder"),
    ("vision", ["vision_model.encoder.layers.0.mlp.fc1.weight"], "an image encoder"),
    ("unet", ["model.diffusion_model.input_blocks.0.0.weight"], "the denoiser of a model alone"),
    ("unet of diffusers", ["down_blocks.0.resnets.0.conv1.weight", "conv_in.weight"], "the denoiser of a model alone"),
    ("esrgan", ["model.0.weight", "model.1.sub.0.RDB1.conv1.0.weight"], "an upscaler"),
    ("real-esrgan", ["body.0.rdb1.conv1.weight", "conv_first.weight"], "an upscaler"),
    ("motion", ["down_blocks.0.motion_modules.0.temporal_transformer.norm.weight"], "a motion module"),
    ("hypernetwork", ["768.0.linear.0.weight"], "a hypernetwork"),
    ("llm", ["model.layers.0.self_attn.q_proj.weight", "lm_head.weight"], "a language model"),
    (
        "other lora",
        ["base_model.model.h.0.lora_A.weight", "base_model.model.h.0.lora_B.weight"],
        "no part of",
    ),
    ("odd weight", [DOWN, UP, f"{LAYER}.scale_weight"], "scale_weight, which no plain LoRA has"),
    ("half a lora", [DOWN], "without its other half"),
]


@pytest.mark.parametrize(("names", "what"), [one[1:] for one in STRANGERS], ids=[one[0] for one in STRANGERS])
def test_an_unsupported_file_is_refused_by_name(models: Path, tmp_path: Path, names: list[str], what: str) -> None:
    save_file({name: np.ones((2, 32), np.float16) for name in names}, tmp_path / "x.safetensors")
    said = refused("add", tmp_path / "x.safetensors")
    assert f"x.safetensors is {what}" in said or what in said
    assert left(models) == []


@pytest.mark.parametrize(
    ("notes", "what"),
    [
        (
            {"modelspec.architecture": "flux-1-dev/lora"},
            "is made for 'flux-1-dev/lora' according to modelspec.architecture",
        ),
        ({"ss_base_model_version": "wan2.1"}, "is made for 'wan2.1' according to ss_base_model_version"),
        ({"modelspec.architecture": "stable-diffusion-xl-v1-refiner"}, "made for 'stable-diffusion-xl-v1-refiner'"),
        (
            {"ss_base_model_version": "sdxl_base_v1-0"},
            "kind stable-diffusion-xl according to",
        ),
    ],
)
def test_the_metadata_of_a_lora_is_read(models: Path, tmp_path: Path, notes: dict[str, str], what: str) -> None:
    tensors = {DOWN: np.ones((2, 32), np.float16), UP: np.ones((8, 2), np.float16)}
    save_file(tensors, tmp_path / "x.safetensors", metadata=notes)
    assert what in refused("add", tmp_path / "x.safetensors")
    assert left(models) == []
