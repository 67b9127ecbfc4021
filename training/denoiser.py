"""The denoiser: a UNet and its text encoder, trained together from scratch."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTextModel

from training.loop import Batch, Losses, LossFunction

CELLS = 16
"""The side of a native window, in latent cells."""
NO_PROMPT = 0.1
"""The share of captions that training drops, for classifier-free guidance."""
SHAPES = ("native", "half", "bodies")
MIDDLE, SPREAD = -0.3, 1.2
"""The mean and the standard deviation of the logit of t / T, for the timesteps t that training draws."""


class Denoiser(nn.Module):
    """The UNet and the text encoder as one module, so that one optimiser and one average hold both."""

    def __init__(self, unet: UNet2DConditionModel, text_encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet = unet
        self.text_encoder = text_encoder

    def forward(self, noisy: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        """Return the predicted velocity of latents of shape (batch, channels, rows, columns)."""
        states = self.text_encoder(ids).last_hidden_state
        return self.unet(noisy, timesteps, states).sample


def build_unet(
    channels: int, cross: int, blocks: tuple[int, int, int] = (96, 128, 176), groups: int = 16
) -> UNet2DConditionModel:
    """Build an untrained UNet of three levels, with one layer each. Only the middle level, of 8 x 8 cells, and the
    middle block attend to the caption, because attention is cheap there."""
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
    """Build the noise schedule. It ends with more noise than Stable Diffusion's (beta 0.020 instead of 0.012).

    Sampling begins with pure noise, which must look like the last timestep of training. The mean of 16 x 16 cells of
    noise has a standard deviation of 1/16 = 0.063. With 0.012, the last timestep would keep 0.068 of the picture's
    mean, which is more. Samples would begin with a bias towards medium brightness.
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


def denoiser_loss(compiled: bool = False) -> LossFunction:
    """Return the loss function of the denoiser: the squared error of the velocity over all cells of a batch of views of
    several shapes.

    `compiled`: whether to compile the network for native views, the most frequent ones, which takes about a minute on a
    GPU.
    """
    ready: dict[int, Callable[..., Tensor]] = {}

    def network(module: nn.Module, name: str) -> Callable[..., Tensor]:
        if not compiled or name != "native":
            return module
        if id(module) not in ready:
            ready[id(module)] = torch.compile(module, dynamic=False)
        return ready[id(module)]

    kept = torch.as_tensor(build_scheduler().alphas_cumprod, dtype=torch.float32)

    def loss(module: nn.Module, batch: Batch, generator: torch.Generator) -> Losses:
        errors: Losses = {}
        cells: dict[str, int] = {}
        for name in SHAPES:
            if name in batch:
                views = batch[name].float()
                noisy, timesteps, velocity = diffuse(views, kept.to(views.device), generator)
                with attention(views.device.type):
                    predicted = network(module, name)(noisy, timesteps, batch[f"{name}_ids"]).float()
                errors[name] = functional.mse_loss(predicted, velocity)
                cells[name] = views[:, 0].numel()
        total = sum(cells[name] * error for name, error in errors.items()) / sum(cells.values())
        return {"loss": torch.as_tensor(total), **errors}

    return loss


def attention(device: str) -> AbstractContextManager[object]:
    """Return the context in which training computes attention. On CPUs it avoids the fused kernel, whose backward pass
    is slow for a few dozen cells."""
    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else nullcontext()


def diffuse(views: Tensor, kept: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Return noisy views, their timesteps, and the velocity to predict. `kept`: the signal's share of the variance at
    each timestep."""
    timesteps = _spread_timesteps(len(views), len(kept), generator)
    alpha, sigma = kept[timesteps].sqrt().view(-1, 1, 1, 1), (1 - kept[timesteps]).sqrt().view(-1, 1, 1, 1)
    noise = torch.randn(views.shape, generator=generator, device=views.device)
    return alpha * views + sigma * noise, timesteps, alpha * noise - sigma * views


def _spread_timesteps(batch: int, count: int, generator: torch.Generator) -> Tensor:
    """Draw timesteps with a normal logit of t / T (Esser et al. 2024): most are from the middle, where shapes form.
    Each of `batch` equally likely intervals gives one timestep, which reduces the noise of the loss."""
    offsets = torch.rand(batch, generator=generator, device=generator.device)
    likelihoods = (torch.arange(batch, device=generator.device) + offsets) / batch
    shares = torch.sigmoid(MIDDLE + SPREAD * torch.special.ndtri(likelihoods))
    return (shares * count).long().clamp(max=count - 1)
