"""Loading the parts of an exported folder or of a run, to train them further."""

from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from training.denoiser import Denoiser
from training.text import continue_text_encoder, load_tokenizer


def load_autoencoder(folder: Path, name: str = "vae") -> AutoencoderKL:
    """Load the VAE of a run or of an exported folder in float32. `name`: its folder there."""
    return AutoencoderKL.from_pretrained(folder / name, local_files_only=True, torch_dtype=torch.float32).eval()


def load_denoiser(folder: Path) -> Denoiser:
    """Load the UNet and the text encoder of an exported folder in float32."""
    unet = UNet2DConditionModel.from_pretrained(folder / "unet", local_files_only=True, torch_dtype=torch.float32)
    text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", local_files_only=True, dtype=torch.float32)
    return Denoiser(unet, text_encoder)


def continue_denoiser(folder: Path, module: Denoiser, tokenizer: CLIPTokenizer) -> None:
    """Copy the weights of an exported folder into a denoiser whose tokenizer may have another vocabulary."""
    old = load_denoiser(folder)
    module.unet.load_state_dict(old.unet.state_dict())
    known = load_tokenizer(folder / "tokenizer")
    continue_text_encoder(old.text_encoder, known, module.text_encoder, tokenizer)
