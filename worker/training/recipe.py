"""The recipe of papercut: which drawings, which models, for how long, in which order."""

from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from worker.training import autoencoder, denoiser
from worker.training.autoencoder import (
    CHANNELS,
    autoencoder_loss,
    build_autoencoder,
    decoder_loss,
    freeze_encoder,
    psnr_probe,
    set_scaling,
)
from worker.training.captions import vocabulary
from worker.training.card import Facts
from worker.training.checkpoint import load_checkpoint
from worker.training.dataset import drawings, held_out_seeds, latents, load_latents, training_seeds
from worker.training.denoiser import Denoiser, build_unet, denoiser_loss
from worker.training.export import export, measured_psnr
from worker.training.loop import Plan, Run, train
from worker.training.parallel import launch, rank, world
from worker.training.sampling import Model
from worker.training.text import build_text_encoder, build_tokenizer, load_tokenizer, sample_captions, words_of

DECODER_STEPS, DECODER_RATE = 4000, 1e-3
VAE_DRAWINGS, VAE_STEPS, VAE_RATE = 1600, 8000, 1.5e-3
PANORAMAS, DENOISER_STEPS, DENOISER_RATE = 4000, 20_000, 8e-4
PROBED, HELD_OUT = 24, 48
CAPTIONS = 20_000

Progress = tuple[int, float]
"""Steps and hours."""


def train_autoencoder(folder: Path, seed: int, minutes: float | None, processes: int = 1) -> None:
    """Train or resume the VAE, then write its averaged weights, scaled to unit variance, to `folder`/vae."""
    drawings(folder, training_seeds(seed, VAE_DRAWINGS))
    drawings(folder, held_out_seeds(PROBED))
    launch(processes, _autoencoder_process, folder, seed, minutes)


def _autoencoder_process(folder: Path, seed: int, minutes: float | None) -> None:
    pixels = drawings(folder, training_seeds(seed, VAE_DRAWINGS))
    held_out = drawings(folder, held_out_seeds(PROBED))
    torch.manual_seed(seed)
    plan = Plan(VAE_STEPS, seed, VAE_RATE, minutes, bfloat16=True)
    run = Run(build_autoencoder(), plan, folder, "vae")
    train(run, autoencoder_loss(pixels, batch=autoencoder.BATCH // world()), psnr_probe(held_out))
    if rank() == 0:
        vae = run.ema.module
        assert isinstance(vae, AutoencoderKL)
        set_scaling(vae, pixels[:160])
        vae.save_pretrained(folder / "vae")


def polish_decoder(folder: Path, seed: int, minutes: float | None, processes: int = 1) -> None:
    """Train or resume the decoder of `folder`/vae alone, and write it back; latents do not change."""
    drawings(folder, held_out_seeds(PROBED))
    launch(processes, _decoder_process, folder, seed, minutes)


def _decoder_process(folder: Path, seed: int, minutes: float | None) -> None:
    pixels = drawings(folder, training_seeds(seed, VAE_DRAWINGS))
    held_out = drawings(folder, held_out_seeds(PROBED))
    plan = Plan(DECODER_STEPS, seed + 1, DECODER_RATE, minutes, bfloat16=True)
    run = Run(freeze_encoder(load_autoencoder(folder)), plan, folder, "decoder")
    train(run, decoder_loss(pixels, batch=autoencoder.BATCH // world()), psnr_probe(held_out))
    if rank() == 0:
        vae = run.ema.module
        assert isinstance(vae, AutoencoderKL)
        vae.save_pretrained(folder / "vae")


def train_denoiser(
    folder: Path, seed: int, minutes: float | None, warm_start: Path | None = None, processes: int = 1
) -> None:
    """Train or resume the UNet and its text encoder, from nothing or from an exported folder's weights."""
    vae_folder = (warm_start or folder) / "vae"
    _, truths = latents(folder, training_seeds(seed, PANORAMAS), vae_folder)
    tokenizer = (
        load_tokenizer(warm_start / "tokenizer")
        if warm_start
        else build_tokenizer(sample_captions(truths, seed, CAPTIONS))
    )
    tokenizer.save_pretrained(folder / "tokenizer")
    launch(processes, _denoiser_process, folder, seed, minutes, warm_start)


def _denoiser_process(folder: Path, seed: int, minutes: float | None, warm_start: Path | None) -> None:
    cached, truths = load_latents(folder, training_seeds(seed, PANORAMAS))
    tokenizer = load_tokenizer(folder / "tokenizer")
    torch.manual_seed(seed)
    module = load_denoiser(warm_start) if warm_start else build_denoiser(tokenizer)
    plan = Plan(DENOISER_STEPS, seed, DENOISER_RATE, minutes, warmup=200, bfloat16=True)
    loss = denoiser_loss(cached, truths, tokenizer, batch=denoiser.BATCH // world())
    train(Run(module, plan, folder, "denoiser"), loss)


def build_denoiser(tokenizer: CLIPTokenizer) -> Denoiser:
    """The untrained UNet and text encoder of papercut."""
    text_encoder = build_text_encoder(tokenizer)
    return Denoiser(build_unet(CHANNELS, text_encoder.config.hidden_size), text_encoder)


def load_autoencoder(folder: Path) -> AutoencoderKL:
    """The VAE of a run or of an exported folder, in single precision."""
    return AutoencoderKL.from_pretrained(folder / "vae", local_files_only=True, torch_dtype=torch.float32).eval()


def load_denoiser(folder: Path) -> Denoiser:
    """UNet and text encoder of an exported folder, in single precision: where a warm start begins."""
    unet = UNet2DConditionModel.from_pretrained(folder / "unet", local_files_only=True, torch_dtype=torch.float32)
    text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", local_files_only=True, dtype=torch.float32)
    return Denoiser(unet, text_encoder)


def trained_model(folder: Path) -> tuple[Model, dict[str, Progress]]:
    """The averaged weights of a run so far, and how far each of its parts has come; training may go on meanwhile."""
    tokenizer = load_tokenizer(folder / "tokenizer")
    module = build_denoiser(tokenizer)
    progress: dict[str, Progress] = {}
    for name in ("vae", "decoder", "denoiser"):
        saved = load_checkpoint(folder / f"{name}.pt")
        progress[name] = (saved["step"], saved["seconds"] / 3600) if saved else (0, 0.0)
        if saved and name == "denoiser":
            module.load_state_dict(saved["ema"])
    if not progress["denoiser"][0]:
        raise FileNotFoundError(f"{folder} holds no trained denoiser: run the vae and denoiser commands first")
    return Model(load_autoencoder(folder), module.eval(), tokenizer), progress


def export_run(folder: Path, seed: int, target: Path, revision: str, guidance: float, device: str) -> None:
    """Export what a run has learned so far."""
    model, progress = trained_model(folder)
    held_out = drawings(folder, held_out_seeds(HELD_OUT))
    _, truths = load_latents(folder, training_seeds(seed, PANORAMAS))
    parts = {"UNet": model.denoiser.unet, "VAE": model.vae, "text encoder": model.denoiser.text_encoder}
    facts = Facts(
        revision=revision,
        seed=seed,
        guidance=guidance,
        device=device,
        commands=_commands(folder, seed, progress),
        psnr=measured_psnr(model, held_out),
        progress=progress,
        panoramas=PANORAMAS,
        sizes={name: sum(p.numel() for p in part.parameters()) for name, part in parts.items()},
    )
    phrases = [phrase for group in vocabulary() for phrase in group["phrases"]]
    words = words_of([*sample_captions(truths, seed, CAPTIONS), *phrases])
    export(model, facts, held_out, words, folder, target)


def _commands(folder: Path, seed: int, progress: dict[str, Progress]) -> tuple[str, ...]:
    """The commands that repeat this training."""
    options = f"--folder {folder} --seed {seed}"
    trainings = [
        f"python -m worker.training {name} {options} --minutes {round(60 * hours)} --processes 2"
        for name, (_, hours) in progress.items()
    ]
    return *trainings, f"python -m worker.training export {options}"
