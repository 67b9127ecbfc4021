"""Recognition of files that Inlay does not support, by the names and shapes of their weights."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from backend.store.weights import Tensor

Tensors = Mapping[str, Tensor]


class Stranger(NamedTuple):
    """A file that Inlay does not support. `what`: its type, with an article. `instead`: advice on what to use."""

    what: str
    instead: str


PLAIN_LORA = (
    "Inlay supports plain LoRAs, whose weights are called lora_down and lora_up, or lora_A and lora_B. Take such "
    "a LoRA, or merge this one into its model with the tool that made it, and add the model."
)
CONTROLNET = (
    "Inlay reads ControlNets as folders in diffusers' layout, with a config.json. Convert it, or take the folder from "
    "where it was published."
)
WHOLE = "Take the whole model: a folder in diffusers' layout, or one file that has the text encoders and the VAE in it."
OTHER_MODEL = "Inlay supports models of Stable Diffusion 1, 2, XL and 3, and adapters for them."
BESIDE = "Inlay has no use for it. " + OTHER_MODEL

_RELATIVES = {
    "a LoHa (LyCORIS)": r"\.hada_(w[12]_[ab]|t[12])$",
    "a LoKr (LyCORIS)": r"\.lokr_(w[12](_[ab])?|t2)$",
    "a DoRA": r"\.dora_scale$|\.lora_magnitude_vector\b",
    "a GLoRA (LyCORIS)": r"^(lora|lycoris)_.*\.[ab][12]\.weight$",
    "an OFT or BOFT adapter": r"\.oft_(blocks|diag|r|R)\b|\.boft_",
    "an (IA)^3 adapter": r"\.ia3_l\b|\.on_input$",
    "a VeRA": r"\.vera_lambda_",
    "a LoRA with a Tucker decomposition (LoCon)": r"\.lora_mid\.weight$",
    "an adapter of whole differences (LyCORIS full, or of norms)": r"\.(diff|diff_b|w_norm|b_norm)$",
}
"""Adapters related to LoRA, each with the pattern of a weight that only they have."""

_CONTROLS = {
    "a Control-LoRA": r"^lora_controlnet$",
    "a ControlNet-LLLite": r"^lllite_",
    "a T2I-Adapter": r"^(adapter\.)?body\.\d+\.(block\d|in_conv|resnets|\d)",
    "a ControlNet of one file": r"^control_model\.|^controlnet_(cond_embedding|down_blocks|mid_block|blocks)\.",
}

_BEGINNING = (
    r"^(base_model\.model\.)?(model\.diffusion_model\.|diffusion_model\.|transformer\.|unet\."
    r"|lora_unet_|lora_transformer_|lycoris_)?"
)
_ARCHITECTURES = {
    "HunyuanVideo": r"(individual_token_refiner|double_blocks[._]\d+[._]img_attn_qkv|txt_in[._]individual)",
    "FLUX": r"(double_blocks|single_blocks|single_transformer_blocks)[._]",
    "Qwen-Image": r"transformer_blocks[._]\d+[._](img|txt)_(mlp|mod)",
    "Wan": r"blocks[._]\d+[._](cross_attn|self_attn)[._]",
    "HiDream": r"(double|single)_stream_blocks",
    "Lumina or Z-Image": r"((noise|context)_refiner|layers[._]\d+[._](attention|adaLN_modulation|feed_forward)[._])",
    "AuraFlow": r"(joint_transformer_blocks|double_layers|single_layers)[._]",
    "PixArt, LTX-Video or CogVideoX": r"(adaln_single|transformer_blocks[._]\d+[._]attn1[._])",
    "Stable Cascade": r"((clip_txt_pooled|effnet)_mapper|(down|up)_blocks[._]\d+[._]\d+[._](channelwise|kv_mapper))",
    "HunyuanDiT": r"blocks[._]\d+[._]attn[12][._]",
}
"""Architectures that Inlay does not support, each with the pattern of one of its weights, in checkpoints and in
adapters."""

_KOHYA_3 = r"^lora_(unet|transformer)_joint_blocks|^diffusion_model\.joint_blocks"

_PARTS = (
    (r"motion_modules\.|temporal_transformer", Stranger("a motion module (AnimateDiff)", OTHER_MODEL)),
    (
        r"^(params(_ema)?\.)?(model\.\d+\.(sub\.|weight$)|conv_first\.|conv_body\.|layers\.\d+\.residual_group"
        r"|body\.\d+\.(rdb|weight$))",
        Stranger("an upscaler", BESIDE),
    ),
    (r"^\d+\.[01]\.linear", Stranger("a hypernetwork", PLAIN_LORA)),
    (r"^(model\.)?layers\.\d+\.(self_attn|mlp)\.|^lm_head\.", Stranger("a language model", BESIDE)),
    (
        r"^(vision_model|visual)\.",
        Stranger("an image encoder", "It is added with an IP-Adapter, from the folder image_encoder beside it."),
    ),
)

_DENOISER = r"^(model\.diffusion_model|diffusion_model|(down|up|transformer|joint)_blocks)\."
_REST = r"^(first_stage_model|vae|cond_stage_model|conditioner|text_encoders)\."
_TEXT = r"^(text_model|transformer\.(text_model|resblocks)|encoder\.(block|layers)\.\d+|embeddings\.token_embedding)\b"
_VAE = r"^(first_stage_model\.|vae\.)?((encoder|decoder|loss|model_ema)\.|(post_)?quant_conv\.)"
_TINY_VAE = r"^((en|de)coder\.)?(layers\.)?\d+\.(weight|bias|conv\.\d\.(weight|bias)|skip\.weight)$"
_EMBEDDINGS = frozenset({"emb_params", "clip_l", "clip_g", "t5xxl"})
_EMBEDDING_WIDTHS = (768, 1024, 1280, 2048)  # the widths of Stable Diffusion 1, 2 and XL's text embeddings


def strange_adapter(tensors: Tensors) -> Stranger | None:
    """Return the type of an adapter that Inlay does not support, or None for any other file."""
    found = _first(tensors, _RELATIVES)
    if found is not None:
        return Stranger(found, PLAIN_LORA)
    found = _first(tensors, _CONTROLS)
    if found is not None:
        return Stranger(found, CONTROLNET)
    if any(name.startswith("ip_adapter.") and "lora" in name for name in tensors):
        return Stranger("an IP-Adapter for faces (FaceID)", "Inlay has no face recogniser. Take one for pictures.")
    return None


def strange_lora(tensors: Tensors) -> Stranger | None:
    """Return the type of a LoRA for another architecture, or None if Inlay may support it."""
    architecture = _architecture(tensors)
    if architecture is not None:
        return Stranger(f"a LoRA for {architecture}", OTHER_MODEL)
    if _any(tensors, _KOHYA_3):
        return Stranger(
            "a LoRA for Stable Diffusion 3 in Kohya's names (joint_blocks)",
            "Take one in diffusers' names, whose weights begin with transformer.transformer_blocks.",
        )
    return None


def strange_checkpoint(tensors: Tensors) -> Stranger | None:
    """Return the type of a file that is neither an adapter nor a checkpoint, or None if it may be a checkpoint."""
    architecture = _architecture(tensors)
    if architecture is not None:
        return Stranger(f"a model of {architecture}", OTHER_MODEL)
    if _is_embedding(tensors):
        return Stranger("an embedding (textual inversion)", "Describe it in the prompt, or use a LoRA.")
    found = next((what for sign, what in _PARTS if _any(tensors, sign)), None)
    return found or _part(tensors)


def _part(tensors: Tensors) -> Stranger | None:
    """Return the type of a single part of a model, or None for any other file."""
    denoises, has_rest = _any(tensors, _DENOISER), _any(tensors, _REST)
    if denoises and not has_rest:
        return Stranger("the denoiser of a model alone, without its text encoders and VAE", WHOLE)
    if denoises or not tensors:
        return None
    if _any(tensors, _TEXT):
        return Stranger("a text encoder", WHOLE)
    if _all(tensors, _TINY_VAE):
        return Stranger("a tiny decoder (TAESD)", "Name its folder in diffusers' layout with --tiny-vae.")
    return Stranger("a VAE", WHOLE) if _all(tensors, _VAE) else None


def _is_embedding(tensors: Tensors) -> bool:
    if tensors and _EMBEDDINGS.issuperset(tensors):
        return True
    shapes = [one.shape for one in tensors.values()]
    return len(shapes) == 1 and len(shapes[0]) in (1, 2) and shapes[0][-1] in _EMBEDDING_WIDTHS


def _architecture(tensors: Tensors) -> str | None:
    return _first(tensors, {name: _BEGINNING + sign for name, sign in _ARCHITECTURES.items()})


def _first(tensors: Tensors, signs: Mapping[str, str]) -> str | None:
    """Return the first key of `signs` whose pattern matches the name of a weight."""
    return next((name for name, sign in signs.items() if _any(tensors, sign)), None)


def _any(tensors: Tensors, sign: str) -> bool:
    return any(map(re.compile(sign).search, tensors))


def _all(tensors: Tensors, sign: str) -> bool:
    return all(map(re.compile(sign).search, tensors))
