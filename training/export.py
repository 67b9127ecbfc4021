"""Export of trained weights to a diffusers folder, and the map from latents to colours for previews."""

from pathlib import Path

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import nn
from transformers import CLIPTextModel

from training.autoencoder import CELL
from training.denoiser import build_scheduler
from training.pixels import to_tensor
from training.sampling import TrainedModel


def save_weights(model: TrainedModel, target: Path, name: str = "papercut") -> None:
    """Save the pipeline in half precision. This rounds the model's own weights to half precision, too."""
    text_encoder: CLIPTextModel = model.denoiser.text_encoder
    pipeline = StableDiffusionPipeline(
        vae=model.vae,
        text_encoder=text_encoder,
        tokenizer=model.tokenizer,
        unet=model.denoiser.unet,
        scheduler=build_scheduler(),  # pyright: ignore
        safety_checker=None,  # pyright: ignore
        feature_extractor=None,  # pyright: ignore
        requires_safety_checker=False,
    )
    parts: list[nn.Module] = [model.vae, text_encoder, model.denoiser.unet]
    if model.controlnet:
        parts.append(model.controlnet)
    model.vae.register_to_config(_name_or_path=name)
    for part in parts:
        part.half()
    pipeline.save_pretrained(target, safe_serialization=True)
    if model.controlnet:
        model.controlnet.save_pretrained(target / "controlnet_pose", safe_serialization=True)
    for part in parts:
        part.float()


@torch.no_grad()
def latent_rgb(model: TrainedModel, pictures: np.ndarray) -> dict[str, list]:
    """Fit a linear map from scaled latents to RGB in [0, 1] at one eighth of the size, for previews."""
    tensors = to_tensor(pictures)
    latents = model.vae.encode(tensors).latent_dist.mean * model.vae.config["scaling_factor"]  # pyright: ignore
    small = torch.nn.functional.avg_pool2d((tensors + 1) / 2, CELL)
    cells = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    inputs = torch.cat([cells, torch.ones(len(cells), 1)], dim=1)
    solution = torch.linalg.lstsq(inputs, small.permute(0, 2, 3, 1).reshape(-1, 3)).solution
    rounded = [[round(value, 5) for value in row] for row in solution.tolist()]
    return {"factors": rounded[:-1], "bias": rounded[-1]}
