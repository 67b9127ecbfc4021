"""The denoiser: a UNet that reads a caption through a text encoder, trained together from nothing."""

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
"""The side of a native window, in cells of the latents."""
NO_PROMPT = 0.1
"""The share of captions that training drops, for classifier-free guidance."""
SHAPES = ("native", "half", "bodies")
MIDDLE, SPREAD = -0.3, 1.2
"""The mean and the deviation of the logit of the timesteps that training draws, as shares of all timesteps."""


class Denoiser(nn.Module):
    """UNet and text encoder under one roof, so that one optimiser and one average hold both."""

    def __init__(self, unet: UNet2DConditionModel, text_encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet = unet
        self.text_encoder = text_encoder

    def forward(self, noisy: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        """The predicted velocity of latents of shape (batch, channels, rows, columns)."""
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


def denoiser_loss(compiled: bool = False) -> LossFunction:
    """The squared error of the velocity over all cells of a batch of views, whatever their shapes.

    `compiled`: compile the network for native views, of which there are most; it takes a GPU about a minute.
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
    """The context in which training computes attention. Over a few dozen cells the fused kernel of CPUs takes much
    longer backwards."""
    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else nullcontext()


def diffuse(views: Tensor, kept: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Noisy views, their timesteps, and the velocity to be predicted. `kept`: the signal's variance by timestep."""
    timesteps = _spread_timesteps(len(views), len(kept), generator)
    alpha, sigma = kept[timesteps].sqrt().view(-1, 1, 1, 1), (1 - kept[timesteps]).sqrt().view(-1, 1, 1, 1)
    noise = torch.randn(views.shape, generator=generator, device=views.device)
    return alpha * views + sigma * noise, timesteps, alpha * noise - sigma * views


def _spread_timesteps(batch: int, count: int, generator: torch.Generator) -> Tensor:
    """Timesteps whose share of `count` has a normal logit (Esser et al. 2024): most from the middle, where shapes are
    decided. One comes from each of `batch` equally likely stretches, which makes the loss less noisy."""
    offsets = torch.rand(batch, generator=generator, device=generator.device)
    likelihoods = (torch.arange(batch, device=generator.device) + offsets) / batch
    shares = torch.sigmoid(MIDDLE + SPREAD * torch.special.ndtri(likelihoods))
    return (shares * count).long().clamp(max=count - 1)
