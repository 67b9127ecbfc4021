"""The training of papercut's decoder alone, and its export. The latents do not change."""

from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn

from training.autoencoder import CELL, SIZE, crops, psnr_probe
from training.loop import Run, train
from training.papercut.dataset import Latents, drawings, truths_of
from training.papercut.export import export_vae
from training.papercut.groups import TALL_WIDE, WIDE, Group
from training.papercut.recipe import HELD_OUT, VAE_DRAWINGS, Limit, Machine, draw, plan_of, vae_data
from training.papercut.views import Views
from training.parallel import launch, rank, world
from training.pretrained import load_autoencoder, load_denoiser
from training.progress import on_console
from training.sampling import TrainedModel, sample_latents
from training.sharpening import Parts, SharpDecoder, blend, sharp_loss, with_samples
from training.text import load_tokenizer, token_ids

DECODER_STEPS, DECODER_RATE = 8000, 4e-4
SAMPLES, AT_ONCE = 600, 20
"""The native windows that the denoiser samples for the decoder's training, and how many of them at once."""


def polish_decoder(folder: Path, seed: int, limit: Limit, machine: Machine, source: Path) -> None:
    """Train or resume the decoder, and write the VAE to `folder`/vae. The latents do not change. `source`: an exported
    folder, whose denoiser makes the latents that the decoder learns from, and whose VAE it begins with."""
    draw(folder, seed, machine.hands)
    if not (folder / "samples.npy").exists():
        np.save(folder / "samples.npy", _samples(folder, seed, source))
    launch(machine.processes, _decoder_process, folder, seed, limit, machine, source)


def _samples(folder: Path, seed: int, source: Path) -> np.ndarray:
    """Return the scaled latents of native windows, sampled for captions of the VAE's drawings."""
    groups = {group.name: _unencoded(folder, group, seed) for group in VAE_DRAWINGS}
    views, stream = Views(groups), np.random.default_rng([seed, 11])
    makers = [*[lambda: views.window(stream, WIDE.name)] * 4, lambda: views.window(stream, TALL_WIDE.name)]
    makers.append(lambda: views.face(stream))
    texts = [makers[number % len(makers)]()[1] for number in range(SAMPLES)]
    model = TrainedModel(load_autoencoder(source), load_denoiser(source).eval(), load_tokenizer(source / "tokenizer"))
    parts = [
        sample_latents(model, texts[first : first + AT_ONCE], seed=seed + first) for first in range(0, SAMPLES, AT_ONCE)
    ]
    return torch.cat(parts).numpy()


def _unencoded(folder: Path, group: Group, seed: int) -> Latents:
    """Return the truths of the VAE's drawings of a group, with zeros as their latents, for captions alone."""
    seeds = group.training_seeds(seed, VAE_DRAWINGS[group][0])
    shape = (len(seeds), 1, group.height // CELL, group.width // CELL)
    return Latents(np.zeros(shape, np.float16), truths_of(folder, group, seeds))


def _decoder_process(folder: Path, seed: int, limit: Limit, machine: Machine, source: Path) -> None:
    pixels, shares, held_out = vae_data(folder, seed)
    denoiser, tokenizer = load_denoiser(source).eval().requires_grad_(False), load_tokenizer(source / "tokenizer")
    denoiser.to(machine.device)
    nothing = token_ids(tokenizer, [""]).to(machine.device)

    def estimate(noisy: Tensor, timesteps: Tensor) -> Tensor:
        return denoiser(noisy, timesteps, nothing.expand(len(noisy), -1))

    plan = plan_of(DECODER_STEPS, DECODER_RATE, seed + 1, limit, machine)
    run = Run(SharpDecoder(load_autoencoder(source)), plan, folder, "decoder")
    parts = Parts().times(8) if machine.large else Parts().shared(world())
    make = with_samples(crops(pixels, shares, SIZE, parts.all), np.load(folder / "samples.npy"), parts.sampled)
    probe = psnr_probe(held_out)
    train(run, make, sharp_loss(parts, estimate), lambda module: probe(_decoder_of(module)), watch=on_console())
    if rank() == 0:
        _decoder_of(run.ema.module).save_pretrained(folder / "vae")


def _decoder_of(module: nn.Module) -> AutoencoderKL:
    assert isinstance(module, SharpDecoder)
    return module.vae


def export_decoder(folder: Path, seed: int, target: Path, revision: str, share: float) -> None:
    """Give an exported model a decoder between its own and that of a run, a new version and new sheets. `share`: how
    far the weights go towards the run's. Part of the way keeps more of the likeness to the pictures than of the
    softness (after Wortsman et al. 2022)."""
    vae = load_autoencoder(target)
    blend(vae, load_autoencoder(folder), share)
    controlnet = ControlNetModel.from_pretrained(target / "controlnet_pose", local_files_only=True).float()
    tokenizer = load_tokenizer(target / "tokenizer")
    model = TrainedModel(vae, load_denoiser(target).eval(), tokenizer, controlnet)
    export_vae(model, revision, seed, drawings(folder, WIDE, WIDE.held_out_seeds(HELD_OUT)), target)
