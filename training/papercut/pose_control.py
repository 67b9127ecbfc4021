"""The ControlNet for poses. It learns from skeletons of drawn figures; the denoiser stays frozen."""

import numpy as np
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTokenizer

from training.denoiser import Denoiser, attention, build_scheduler, diffuse
from training.loop import Batch, BatchMaker, Losses, LossFunction
from training.papercut.captions import body_caption
from training.papercut.drawing.figure import FigureTruth
from training.papercut.drawing.figure.pose import HEAD, SIZE
from training.papercut.views import Views
from training.text import token_ids
from worker.diffusion.adapters.control import draw_pose

BATCH = 8
NO_PROMPT = 0.4
"""The share of skeletons that training shows without a caption."""


def build_controlnet(unet: UNet2DConditionModel, embedding: tuple[int, ...] = (16, 24, 32, 48)) -> ControlNetModel:
    """Build a ControlNet as a copy of the UNet's first half. `embedding`: the widths of the layers that encode the
    skeleton; they halve its size three times."""
    return ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=embedding, conditioning_channels=3)


def skeleton(truth: FigureTruth) -> Tensor:
    """Draw the figure's pose as the worker does, as bytes of shape (3, 256, 256)."""
    return (draw_pose([*truth.pose.values()], SIZE, SIZE, native=HEAD) * 255).round().byte()


def pose_maker(views: Views, tokenizer: CLIPTokenizer, batch: int = BATCH) -> BatchMaker:
    """Make batches of "bodies", "ids" and "skeletons"."""

    def make(stream: np.random.Generator) -> Batch:
        figures = [views.figure(stream) for _ in range(batch)]
        texts = ["" if stream.random() < NO_PROMPT else body_caption(truth, stream) for _, truth in figures]
        return {
            "bodies": torch.stack([latent for latent, _ in figures]),
            "ids": token_ids(tokenizer, texts),
            "skeletons": torch.stack([skeleton(truth) for _, truth in figures]),
        }

    return make


def pose_loss(denoiser: Denoiser) -> LossFunction:
    """Return the loss of the ControlNet: the squared error of the velocity that the frozen denoiser predicts with the
    ControlNet's residuals."""
    kept = torch.as_tensor(build_scheduler().alphas_cumprod, dtype=torch.float32)
    denoiser.requires_grad_(False).eval()

    def loss(module: nn.Module, batch: Batch, generator: torch.Generator) -> Losses:
        views = batch["bodies"].float()
        noisy, timesteps, velocity = diffuse(views, kept.to(views.device), generator)
        states = denoiser.text_encoder(batch["ids"]).last_hidden_state
        picture = batch["skeletons"].float() / 255
        with attention(views.device.type):
            down, middle = module(noisy, timesteps, states, picture, return_dict=False)
            predicted = denoiser.unet(
                noisy,
                timesteps,
                states,
                down_block_additional_residuals=down,
                mid_block_additional_residual=middle,
            ).sample
        return {"loss": functional.mse_loss(predicted.float(), velocity)}

    return loss
