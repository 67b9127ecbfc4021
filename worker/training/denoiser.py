"""The denoiser: a UNet that reads a caption through a text encoder, trained together from nothing."""

import numpy as np
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from worker.training.captions import caption, visible
from worker.training.drawing import Truth
from worker.training.loop import Losses, LossFunction
from worker.training.text import token_ids

BATCH, CELLS, CELL = 32, 16, 8
NO_PROMPT = 0.1


class Denoiser(nn.Module):
    """UNet and text encoder under one roof, so that one optimiser and one average hold both."""

    def __init__(self, unet: UNet2DConditionModel, text_encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet = unet
        self.text_encoder = text_encoder

    def forward(self, noisy: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        """The predicted velocity of latents of shape (batch, channels, 16, 16)."""
        states = self.text_encoder(ids).last_hidden_state
        return self.unet(noisy, timesteps, states).sample


def build_unet(
    channels: int, cross: int, blocks: tuple[int, int, int] = (96, 128, 176), groups: int = 16
) -> UNet2DConditionModel:
    """Three levels, one layer each. The caption is read at eight cells' width and at the bottom, where it is cheap."""
    return UNet2DConditionModel(
        sample_size=CELLS,
        in_channels=channels,
        out_channels=channels,
        layers_per_block=1,
        block_out_channels=blocks,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),  # pyright: ignore
        cross_attention_dim=cross,
        attention_head_dim=4,
        norm_num_groups=groups,
    )


def build_scheduler() -> DDIMScheduler:
    """The noise schedule. It ends noisier than Stable Diffusion's (0.020 for 0.012).

    Pure noise must look like the last training step. Averaged over 16 x 16 cells the noise shrinks to 1/16, and with
    0.012 the mean of a picture would still show through it at 0.068: samples would begin with a bias to a medium light.
    """
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.020,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def denoiser_loss(
    latents: np.ndarray, truths: list[Truth], tokenizer: CLIPTokenizer, batch: int = BATCH, cells: int = CELLS
) -> LossFunction:
    """The squared error of the velocity on random views, each with a caption of what that view shows.

    `latents` are scaled, of shape (panoramas, channels, cells, columns).
    """
    kept = torch.as_tensor(build_scheduler().alphas_cumprod, dtype=torch.float32)

    def loss(module: nn.Module, stream: np.random.Generator, generator: torch.Generator) -> Losses:
        views, texts = sample_views(latents, truths, stream, batch, cells)
        timesteps = _spread_timesteps(stream, batch, len(kept))
        alpha, sigma = kept[timesteps].sqrt().view(-1, 1, 1, 1), (1 - kept[timesteps]).sqrt().view(-1, 1, 1, 1)
        noise = torch.randn(views.shape, generator=generator)
        predicted = module(alpha * views + sigma * noise, timesteps, token_ids(tokenizer, texts)).float()
        return {"loss": functional.mse_loss(predicted, alpha * noise - sigma * views)}

    return loss


def sample_views(
    latents: np.ndarray, truths: list[Truth], stream: np.random.Generator, batch: int, cells: int
) -> tuple[Tensor, list[str]]:
    """Random views of shape (batch, channels, cells, cells) and their captions; some captions are dropped."""
    views, texts = [], []
    for index in stream.integers(len(latents), size=batch):
        left = int(stream.integers(latents.shape[3] - cells + 1))
        views.append(latents[index, :, :, left : left + cells])
        scene = visible(truths[index], left * CELL, (left + cells) * CELL)
        texts.append("" if stream.random() < NO_PROMPT else caption(scene, stream))
    return torch.from_numpy(np.stack(views)).float(), texts


def _spread_timesteps(stream: np.random.Generator, batch: int, count: int) -> Tensor:
    """Uniform timesteps, one from each of `batch` equal stretches, which makes the loss less noisy."""
    shares = (np.arange(batch) + stream.random(batch)) / batch
    return torch.from_numpy((shares * count).astype(np.int64))
