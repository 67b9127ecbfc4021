"""The recipe of papercut: its drawings, its models, their training times and the order of the parts."""

import copy
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn
from transformers import CLIPTokenizer

from training.autoencoder import BATCH as CROPS
from training.autoencoder import (
    CHANNELS,
    NORM_GROUPS,
    autoencoder_loss,
    build_autoencoder,
    crops,
    psnr_of,
    psnr_probe,
    set_scaling,
)
from training.checkpoint import load_checkpoint
from training.denoiser import Denoiser, build_unet, denoiser_loss
from training.errors import TrainingError
from training.loop import Run, train
from training.papercut.captions import vocabulary
from training.papercut.card import TrainingFigures
from training.papercut.cutouts.sources import fetch
from training.papercut.dataset import Latents, check_denoiser, drawings, latents, load_latents
from training.papercut.export import export, export_weights
from training.papercut.groups import FIGURES, LONG, TALL_WIDE, THINGS, WIDE, Group
from training.papercut.machine import Limit, Machine, plan_of
from training.papercut.pose_control import BATCH as FIGURES_AT_ONCE
from training.papercut.pose_control import build_controlnet, pose_loss, pose_maker
from training.papercut.views import Mix, Views, sample_texts, view_maker
from training.parallel import launch, rank, world
from training.pretrained import continue_denoiser, load_autoencoder
from training.progress import on_console
from training.sampling import TrainedModel
from training.text import (
    build_text_encoder,
    build_tokenizer,
    load_tokenizer,
    words_of,
)
from training.whiten import between, cells_of, rewire, shares, whiten
from training.widen import widen

VAE_DRAWINGS: dict[Group, tuple[int, float]] = {
    WIDE: (800, 0.3),
    TALL_WIDE: (200, 0.15),
    FIGURES: (800, 0.3),
    THINGS: (1200, 0.25),
}
"""For each group: the number of drawings for the VAE's training, and their share of its crops."""
VAE_STEPS, VAE_RATE, VAE_WARM_RATE = 20_000, 1.2e-3, 4e-4
"""The steps of the VAE's training, and its learning rates from scratch and from trained weights. With the higher rate,
trained weights got worse: the loss rose from 0.27 to 0.31 in 160 steps."""
COUNTS: dict[Group, int] = {WIDE: 4000, TALL_WIDE: 1200, LONG: 600, FIGURES: 6000, THINGS: 8000}
LARGE_COUNTS = 3
"""The number of drawings of each group for the denoiser's training, and the factor for a GPU."""
DENOISER_STEPS, DENOISER_RATE, DENOISER_WARM_RATE = 30_000, 1.2e-3, 4e-4
"""The steps of the denoiser's training, and its learning rates. Trained weights get the lower one on a CPU, where
batches are small and their gradients noisy."""
CONTROL_STEPS, CONTROL_RATE = 8000, 6e-4
PROBED, HELD_OUT = 8, 32
CAPTIONS = 20_000
MOST_STEPS = 10**6
VAE_SHARE, DENOISER_SHARE, CONTROL_SHARE = 0.3, 0.75, 0.5
"""The share of the remaining minutes for each part of `train_all`. Encoding and export take the rest."""
WHITENED = 24
"""The number of drawings of each group for whitening and scaling the VAE's latents."""

Progress = tuple[int, float]
"""Steps and hours."""


def draw(folder: Path, seed: int, processes: int, scale: int = 1) -> None:
    """Draw the pictures of the VAE's training and of its probe, except those in the cache. `scale`: the factor by which
    their sides are longer than those of the groups."""
    fetch()
    for group, (count, _) in VAE_DRAWINGS.items():
        drawings(folder, group.enlarged(scale), group.training_seeds(seed, count), processes)
        drawings(folder, group.enlarged(scale), group.held_out_seeds(PROBED), processes)


def train_autoencoder(folder: Path, seed: int, limit: Limit, machine: Machine, warm_start: Path | None = None) -> None:
    """Train or resume the VAE, then write its averaged weights, whitened and scaled to unit variance, to `folder`/vae.

    `warm_start`: a VAE of the same depth; a smaller one is widened.
    """
    machine.check(CROPS // 2)  # a batch has two halves
    check_denoiser(folder)
    draw(folder, seed, machine.hands)
    launch(machine.processes, _autoencoder_process, folder, seed, limit, machine, warm_start)


def _autoencoder_process(folder: Path, seed: int, limit: Limit, machine: Machine, warm_start: Path | None) -> None:
    pixels, shares, held_out = vae_data(folder, seed)
    torch.manual_seed(seed)
    vae = build_autoencoder()
    if warm_start:
        widen(load_autoencoder(warm_start), vae, NORM_GROUPS, seed)
    plan = plan_of(VAE_STEPS, VAE_WARM_RATE if warm_start else VAE_RATE, seed, limit, machine)
    run = Run(vae, plan, folder, "vae")
    train(run, crops(pixels, shares, *_crop_size(machine)), autoencoder_loss, psnr_probe(held_out), watch=on_console())
    if rank() == 0:
        averaged = run.ema.module
        assert isinstance(averaged, AutoencoderKL)
        shown = [part[:WHITENED] for part in pixels]
        whiten(averaged, shown)
        set_scaling(averaged, shown)
        averaged.save_pretrained(folder / "vae")


def whiten_autoencoder(folder: Path, source: Path, seed: int) -> tuple[list[float], list[float]]:
    """Whiten the VAE of an exported folder and write it to `folder`/vae, for VAEs from before whitening was part of
    their training. Returns the share of each direction in the variance, before and after."""
    check_denoiser(folder)
    fetch()
    shown = [
        np.stack([group.draw(one).pixels for one in group.training_seeds(seed, WHITENED)]) for group in VAE_DRAWINGS
    ]
    vae = load_autoencoder(source)
    before = shares(cells_of(vae, shown))
    whiten(vae, shown)
    set_scaling(vae, shown)
    vae.save_pretrained(folder / "vae")
    return before, shares(cells_of(vae, shown))


def vae_data(folder: Path, seed: int, scale: int = 1) -> tuple[list[np.ndarray], list[float], dict[str, np.ndarray]]:
    """Return the pictures of each group, the share of each group, and the pictures of the probe. `scale`: that of
    `draw`."""

    def drawn(group: Group, seeds: range) -> np.ndarray:
        return drawings(folder, group.enlarged(scale), seeds)

    pixels = [drawn(group, group.training_seeds(seed, count)) for group, (count, _) in VAE_DRAWINGS.items()]
    shares = [share for _, share in VAE_DRAWINGS.values()]
    held_out = {group.name: drawn(group, group.held_out_seeds(PROBED)) for group in (WIDE, FIGURES, THINGS)}
    return pixels, shares, held_out


def _crop_size(machine: Machine) -> tuple[int, int]:
    """Return the side of the VAE's crops, and the number of crops in one process's batch."""
    return (128, 64) if machine.large else (64, CROPS // world())


def _mix(machine: Machine) -> Mix:
    """Return the mix of views in one process's batch. On a GPU, bodies are a larger share of it."""
    return Mix(bodies=4).times(32) if machine.large else Mix().shared(world())


def encode_all(folder: Path, seed: int, machine: Machine) -> dict[str, Latents]:
    """Return the latents of every group. Draw and encode those that the cache lacks. Raises TrainingError if the run
    has no VAE."""
    machine.check_device()
    if not (folder / "vae" / "config.json").exists():
        raise TrainingError(
            f"{folder / 'vae'} holds no VAE. Run the `vae` command first, or `denoiser` with --warm-start."
        )
    fetch()
    return {
        group.name: latents(folder, group, seeds, machine.hands, machine.device)
        for group, seeds in _seeds(seed, machine).items()
    }


def _encoded(folder: Path, seed: int, machine: Machine) -> dict[str, Latents]:
    """Return the latents that `encode_all` cached."""
    return {group.name: load_latents(folder, group, seeds) for group, seeds in _seeds(seed, machine).items()}


def _seeds(seed: int, machine: Machine) -> dict[Group, range]:
    """Return the seeds of the denoiser's training drawings, by group."""
    factor = machine.amount or (LARGE_COUNTS if machine.large else 1)
    return {group: group.training_seeds(seed, max(1, round(factor * count))) for group, count in COUNTS.items()}


def train_denoiser(folder: Path, seed: int, limit: Limit, machine: Machine, warm_start: Path | None = None) -> None:
    """Train or resume the UNet and the text encoder. `warm_start`: an exported folder whose weights they begin with.
    A run without a VAE takes that of the warm start.

    The vocabulary is that of this run's captions. The run's own VAE may differ from the warm start's.
    """
    machine.check(Mix().least)
    if warm_start and not (folder / "vae").exists():
        _copy_vae(warm_start, folder)
    groups = encode_all(folder, seed, machine)
    if not (folder / "tokenizer").exists():
        tokenizer = build_tokenizer(sample_texts(Views(groups), seed, CAPTIONS))
        tokenizer.save_pretrained(folder / "tokenizer")
    launch(machine.processes, _denoiser_process, folder, seed, limit, machine, warm_start)


def _copy_vae(source: Path, folder: Path) -> None:
    partial = folder / "vae.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source / "vae", partial)
    partial.rename(folder / "vae")


def _denoiser_process(folder: Path, seed: int, limit: Limit, machine: Machine, warm_start: Path | None) -> None:
    tokenizer = load_tokenizer(folder / "tokenizer")
    torch.manual_seed(seed)
    module = build_denoiser(tokenizer)
    if warm_start:
        continue_denoiser(warm_start, module, tokenizer)
        rewire(module.unet, _latents_between(warm_start, folder))
    rate = DENOISER_WARM_RATE if warm_start and not machine.large else DENOISER_RATE
    plan = plan_of(DENOISER_STEPS, rate, seed, limit, machine, muon=True)
    run = Run(module, plan, folder, "denoiser")
    make = view_maker(Views(_encoded(folder, seed, machine), _mix(machine)), tokenizer)
    vae = load_autoencoder(folder)

    def saved(run: Run) -> None:
        """Export the averaged weights so far."""
        averaged = copy.deepcopy(run.ema.module).cpu()
        assert isinstance(averaged, Denoiser)
        export_weights(TrainedModel(vae, averaged, tokenizer), folder / "exported")

    train(run, make, denoiser_loss(compiled=machine.large), watch=on_console(), saved=saved)


def train_all(
    folder: Path,
    seed: int,
    minutes: float,
    machine: Machine,
    warm_start: Path | None,
    exported: Callable[[], None],
) -> None:
    """Train the autoencoder, the denoiser and the ControlNet and export them, within `minutes` altogether. Each part
    gets its share of the minutes that remain when it begins, because drawing and encoding take time too. Once the
    denoiser has begun, the autoencoder is not trained further, because its latents must not change."""
    end = time.monotonic() + 60 * minutes

    def left(share: float) -> Limit:
        return Limit(steps=MOST_STEPS, minutes=max(0.1, share * (end - time.monotonic()) / 60))

    machine.check(Mix().least)
    draw(folder, seed, machine.hands)
    if not (folder / "denoiser.pt").exists():
        train_autoencoder(folder, seed, left(VAE_SHARE), machine, warm_start)
    encode_all(folder, seed, machine)
    train_denoiser(folder, seed, left(DENOISER_SHARE), machine, warm_start)
    train_controlnet(folder, seed, left(CONTROL_SHARE), machine, warm_start)
    exported()


def train_controlnet(folder: Path, seed: int, limit: Limit, machine: Machine, warm_start: Path | None = None) -> None:
    """Train or resume the ControlNet for poses, with the run's current denoiser. It begins as a copy of that denoiser,
    or of the warm start's ControlNet."""
    machine.check(FIGURES_AT_ONCE)
    _denoiser_checkpoint(folder)
    encode_all(folder, seed, machine)
    launch(machine.processes, _controlnet_process, folder, seed, limit, machine, warm_start)


def _controlnet_process(folder: Path, seed: int, limit: Limit, machine: Machine, warm_start: Path | None) -> None:
    model, _ = trained_model(folder)
    torch.manual_seed(seed)
    controlnet = build_controlnet(model.denoiser.unet)
    if warm_start:
        known = ControlNetModel.from_pretrained(warm_start / "controlnet_pose", local_files_only=True)
        controlnet.load_state_dict(known.float().state_dict())
        rewire(controlnet, _latents_between(warm_start, folder))
    run = Run(
        controlnet,
        plan_of(CONTROL_STEPS, CONTROL_RATE, seed, limit, machine, muon=True),
        folder,
        "controlnet",
    )
    batch = 16 * FIGURES_AT_ONCE if machine.large else FIGURES_AT_ONCE // world()
    views = Views(_encoded(folder, seed, machine))
    loss = pose_loss(model.denoiser.to(machine.device))
    train(run, pose_maker(views, model.tokenizer, batch), loss, watch=on_console())


def _latents_between(old: Path, new: Path) -> Tensor:
    """Return the linear map from one folder's latents to another's."""
    shown = [np.stack([group.draw(seed).pixels for seed in group.held_out_seeds(PROBED)]) for group in (WIDE, FIGURES)]
    return between(load_autoencoder(old), load_autoencoder(new), shown)


def build_denoiser(tokenizer: CLIPTokenizer) -> Denoiser:
    """Build papercut's UNet and text encoder, untrained."""
    text_encoder = build_text_encoder(tokenizer)
    return Denoiser(build_unet(CHANNELS, text_encoder.config.hidden_size), text_encoder)


def trained_model(folder: Path) -> tuple[TrainedModel, dict[str, Progress]]:
    """Return the averaged weights of a run so far, and the progress of its parts. The training may still run. Raises
    TrainingError if the run has no trained denoiser."""
    trained = _denoiser_checkpoint(folder)
    tokenizer = load_tokenizer(folder / "tokenizer")
    module = build_denoiser(tokenizer)
    module.load_state_dict(trained["ema"])
    progress: dict[str, Progress] = {}
    controlnet = None
    for name in ("vae", "decoder", "denoiser", "controlnet"):
        saved = trained if name == "denoiser" else load_checkpoint(folder / f"{name}.pt")
        progress[name] = (saved["step"], saved["seconds"] / 3600) if saved else (0, 0.0)
        if saved and name == "controlnet":
            controlnet = build_controlnet(module.unet)
            controlnet.load_state_dict(saved["ema"])
    return TrainedModel(load_autoencoder(folder), module.eval(), tokenizer, controlnet), progress


def _denoiser_checkpoint(folder: Path) -> dict[str, Any]:
    """Return the checkpoint of a run's denoiser. Raises TrainingError if it has taken no step."""
    saved = load_checkpoint(folder / "denoiser.pt")
    if not saved or not saved["step"]:
        raise TrainingError(f"{folder} holds no trained denoiser. Run the `vae` and `denoiser` commands first.")
    return saved


def export_run(
    folder: Path, seed: int, target: Path, revision: str, guidance: float, machine: Machine, described: str
) -> None:
    """Export the current weights of a run."""
    model, progress = trained_model(folder)
    held_out = drawings(folder, WIDE, WIDE.held_out_seeds(HELD_OUT))
    groups = _encoded(folder, seed, machine)
    parts: dict[str, nn.Module] = {
        "UNet": model.denoiser.unet,
        "VAE": model.vae,
        "text encoder": model.denoiser.text_encoder,
    }
    if model.controlnet:
        parts["ControlNet"] = model.controlnet
    size, count = _crop_size(machine)
    mix = _mix(machine)
    figures = TrainingFigures(
        revision=revision,
        seed=seed,
        guidance=guidance,
        device=described,
        commands=commands(folder, seed, progress, machine, revision),
        psnr=psnr_of(model.vae, held_out, batch=8),
        progress=progress,
        drawings={group.name: len(seeds) for group, seeds in _seeds(seed, machine).items()},
        crops=f"{count} crops of {size} x {size}",
        views=f"{mix.native} views of 128 x 128, {mix.half} of 64 x 128 and {mix.bodies} of 256 x 256",
        sizes={name: sum(p.numel() for p in part.parameters()) for name, part in parts.items()},
    )
    phrases = [phrase for group in vocabulary() for phrase in group["phrases"]]
    words = words_of([*sample_texts(Views(groups), seed, CAPTIONS), *phrases])
    export(model, figures, held_out, words, folder, target)


def commands(
    folder: Path, seed: int, progress: dict[str, Progress], machine: Machine, revision: str
) -> tuple[str, ...]:
    """Return commands that take as many steps as a run, in one process, and export it.

    A run does not record its processes and its warm start. One that has not trained its VAE took the VAE from an
    exported folder; the commands call it FOLDER.
    """
    common = f"--folder runs/{folder.name} --seed {seed}" + (f" --device {machine.device}" if machine.large else "")
    drawn = f"{common} --amount {machine.amount:g}" if machine.amount else common
    options = {"denoiser": drawn if progress["vae"][0] else f"{drawn} --warm-start FOLDER", "controlnet": drawn}
    trainings = [
        f"python -m training {name} {options.get(name, common)} --steps {steps}"
        for name, (steps, _) in progress.items()
        if steps
    ]
    return *trainings, f"python -m training export {drawn} --revision {revision}"
