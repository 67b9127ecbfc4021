"""The training of papercut's decoder alone, and its export. The latents do not change.

With a scale of 2, the decoder paints pictures twice as large from the same latents (`training.enlarging`).
"""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn

from backend.store.weights import weights_digest
from training.autoencoder import CELL, SIZE, crops, psnr
from training.enlarging import enlarge
from training.errors import TrainingError
from training.loop import Probe, Run, train
from training.papercut.dataset import Latents, drawings, save_array, truths_of
from training.papercut.export import export_vae
from training.papercut.groups import TALL_WIDE, WIDE, Group
from training.papercut.machine import Limit, Machine, plan_of
from training.papercut.recipe import HELD_OUT, VAE_DRAWINGS, draw, vae_data
from training.papercut.views import Views
from training.parallel import launch, rank, world
from training.pixels import to_tensor
from training.pretrained import load_autoencoder, load_denoiser
from training.progress import on_console
from training.sampling import TrainedModel, sample_latents
from training.sharpening import Judgement, Parts, SharpDecoder, blend, sharp_loss, with_samples
from training.text import load_tokenizer, token_ids

DECODER_STEPS, DECODER_RATE = 8000, 4e-4
LARGE = Judgement(likeness=0.15, head_start=400)
"""The judgement of large pictures. Their decoder has new layers, which begin with random weights."""
DECODER = ("decoder", "post_quant_conv")
"""The parts of a VAE that paint pictures."""
TRAINED = ".trained"
"""The suffix of an empty file beside an enlarged VAE for each part that a training has finished."""
SAMPLES, AT_ONCE = 600, 20
"""The native windows that the denoiser samples for the decoder's training, and how many of them at once."""


def polish_decoder(folder: Path, seed: int, limit: Limit, machine: Machine, source: Path, scale: int = 1) -> None:
    """Train or resume the decoder, and write the VAE to `folder`/vae, or with a scale of 2 to `folder`/vae-2x. The
    latents do not change. `source`: an exported folder, whose denoiser makes the latents that the decoder learns from,
    and whose VAE it begins with. `scale`: 1, or 2 for pictures twice as large as those of the source.

    Raises TrainingError if the folder's training began with another seed or source.
    """
    machine.check(Parts().least)
    draw(folder, seed, machine.hands, scale)
    _cache_samples(folder, seed, source, scale)
    launch(machine.processes, _decoder_process, folder, seed, limit, machine, source, scale)


def _cache_samples(folder: Path, seed: int, source: Path, scale: int) -> None:
    """Write `folder`/samples.npy if it is missing, and beside it the digest of what made it. Raises TrainingError if
    another seed or source made it. Samples of older versions have no digest; they are taken as they are."""
    samples, maker = folder / "samples.npy", folder / "samples.source"
    weights = [file for part in ("unet", "text_encoder") for file in (source / part).glob("*.safetensors")]
    digest = f"{seed} {weights_digest(weights)}"
    if not samples.exists():
        drawn = _samples(folder, seed, source, scale)
        maker.write_text(digest)
        save_array(samples, drawn)
    elif maker.exists() and maker.read_text() != digest:
        raise TrainingError(
            f"The training in {folder} began with another --seed or --source. Give the same ones, or another --folder."
        )


def _samples(folder: Path, seed: int, source: Path, scale: int) -> np.ndarray:
    """Return the scaled latents of native windows, sampled for captions of the VAE's drawings."""
    groups = {group.name: _unencoded(folder, group, seed, scale) for group in VAE_DRAWINGS}
    views, stream = Views(groups), np.random.default_rng([seed, 11])
    makers = [*[lambda: views.window(stream, WIDE.name)] * 4, lambda: views.window(stream, TALL_WIDE.name)]
    makers.append(lambda: views.face(stream))
    texts = [makers[number % len(makers)]()[1] for number in range(SAMPLES)]
    model = TrainedModel(load_autoencoder(source), load_denoiser(source).eval(), load_tokenizer(source / "tokenizer"))
    parts = [
        sample_latents(model, texts[first : first + AT_ONCE], seed=seed + first) for first in range(0, SAMPLES, AT_ONCE)
    ]
    return torch.cat(parts).numpy()


def _unencoded(folder: Path, group: Group, seed: int, scale: int) -> Latents:
    """Return the truths of the VAE's drawings of a group, with zeros as their latents, for captions alone."""
    seeds = group.training_seeds(seed, VAE_DRAWINGS[group][0])
    shape = (len(seeds), 1, group.height // CELL, group.width // CELL)
    return Latents(np.zeros(shape, np.float16), truths_of(folder, group.enlarged(scale), seeds))


def _decoder_process(folder: Path, seed: int, limit: Limit, machine: Machine, source: Path, scale: int) -> None:
    pixels, shares, held_out = vae_data(folder, seed, scale)
    denoiser, tokenizer = load_denoiser(source).eval().requires_grad_(False), load_tokenizer(source / "tokenizer")
    denoiser.to(machine.device)
    nothing = token_ids(tokenizer, [""]).to(machine.device)

    def estimate(noisy: Tensor, timesteps: Tensor) -> Tensor:
        return denoiser(noisy, timesteps, nothing.expand(len(noisy), -1))

    torch.manual_seed(seed)
    small = load_autoencoder(source)
    decoder = SharpDecoder(small) if scale == 1 else SharpDecoder(enlarge(small), small)
    run = Run(decoder, plan_of(DECODER_STEPS, DECODER_RATE, seed + 1, limit, machine), folder, named("decoder", scale))
    parts = Parts().times(8) if machine.large else Parts().shared(world())
    crop = crops(pixels, shares, scale * SIZE, parts.all)
    make = with_samples(crop, np.load(folder / "samples.npy"), parts.sampled, scale * CELL)
    loss = sharp_loss(parts, estimate, Judgement() if scale == 1 else LARGE)
    probe = _latents_probe(held_out)
    train(run, make, loss, probe, watch=on_console())
    if rank() == 0:
        vae = _decoder_of(run.ema.module)
        if scale == 1:
            vae.save_pretrained(folder / "vae")
        else:
            write_parts(vae, DECODER, folder, source)


def _latents_probe(held_out: dict[str, np.ndarray]) -> Probe:
    """Return a probe that measures the decoder on the latents of held-out drawings."""

    @torch.no_grad()
    def probe(module: nn.Module) -> dict[str, float]:
        assert isinstance(module, SharpDecoder)
        found = {}
        for name, pixels in held_out.items():
            pictures = to_tensor(pixels).to(module.vae.device)
            latents = module.latents(pictures) / module.vae.config["scaling_factor"]
            painted = module.vae.decode(latents).sample.float().clamp(-1, 1)  # pyright: ignore
            found[f"psnr_{name}"] = psnr(pictures, painted)
        return found

    return probe


def named(part: str, scale: int) -> str:
    """Return the name of a part of a run whose pictures are larger by `scale` than those of its source."""
    return part if scale == 1 else f"{part}-{scale}x"


def write_parts(vae: AutoencoderKL, parts: tuple[str, ...], folder: Path, source: Path) -> None:
    """Write the trained parts of an enlarged VAE to `folder`/vae-2x. The other parts stay as they are there; at first
    they are the untrained ones of the enlarged VAE of `source`."""
    target = folder / named("vae", 2)
    whole = load_autoencoder(folder, target.name) if target.exists() else enlarge(load_autoencoder(source))
    for part in parts:
        whole.get_submodule(part).load_state_dict(vae.get_submodule(part).state_dict())
    whole.save_pretrained(target)
    for part in parts:
        (target / f"{part}{TRAINED}").touch()


def _decoder_of(module: nn.Module) -> AutoencoderKL:
    assert isinstance(module, SharpDecoder)
    return module.vae


def export_decoder(folder: Path, seed: int, target: Path, revision: str, share: float) -> None:
    """Move the decoder of an exported model part of the way to that of a run, set its version and redraw its sheets.
    `share`: how far its current weights move. A decoder part of the way keeps most of the old decoder's fidelity and
    loses most of its blur (after Wortsman et al. 2022).

    Raises TrainingError if the target has this version already, or if its cells do not have CELL pixels.
    """
    manifest = json.loads((target / "inlay.json").read_text())
    if manifest["revision"] == revision:
        raise TrainingError(
            f"{target} has version {revision} already, and a second export would move its decoder further. Restore the "
            "folder first, or give another --revision."
        )
    if (cell := manifest["cell"]) != CELL:
        raise TrainingError(f"{target} has cells of {cell} pixels, not of {CELL}. Export it with `export-large`.")
    vae = load_autoencoder(target)
    blend(vae, load_autoencoder(folder), share)
    controlnet = ControlNetModel.from_pretrained(target / "controlnet_pose", local_files_only=True).float()
    tokenizer = load_tokenizer(target / "tokenizer")
    model = TrainedModel(vae, load_denoiser(target).eval(), tokenizer, controlnet)
    export_vae(model, revision, seed, drawings(folder, WIDE, WIDE.held_out_seeds(HELD_OUT)), target)
