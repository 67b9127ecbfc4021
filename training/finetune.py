"""A small model for a user's own pictures (paper, Section 5.2): papercut's code and warm start, other pictures.

The autoencoder learns the pictures first; then the UNet and the text encoder learn their latents with their captions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from backend.contracts.model import LatentRgb, ModelDescription, Vocabulary
from backend.contracts.model import Model as Offered
from backend.store.weights import latent_space
from training.autoencoder import CELL, autoencoder_loss, crops, encode, set_scaling
from training.denoiser import CELLS, NO_PROMPT, Denoiser, denoiser_loss
from training.errors import TrainingError
from training.export import latent_rgb, save_weights
from training.loop import Batch, BatchMaker, Plan, Run, train
from training.pictures import SIDE, Picture
from training.pretrained import load_autoencoder, load_denoiser
from training.sampling import TrainedModel
from training.sheet import prompt_sheet
from training.text import (
    MAX_TOKENS,
    build_tokenizer,
    continue_text_encoder,
    load_tokenizer,
    token_ids,
    words_of,
)

STEPS = 3000
"""The denoiser's steps, where the user gives neither steps nor minutes."""
VAE_SHARE = 1 / 3
"""Steps of the autoencoder for each of the denoiser's."""
VAE_MINUTES = 0.3
"""The autoencoder's share of the minutes, and about that of the work."""
VAE_RATE, RATE = 3e-4, 4e-4
BATCH, LARGE_BATCH = 16, 96
SHOWN, SUGGESTED = 12, 40
"""The number of captions that the sample sheet shows, and that the studio suggests."""
FITTED = 32
"""The number of pictures that the preview's colours are fitted to."""

Told = Callable[[str, float], None]
"""A function that is told what the training does now, and what share of it is done."""


@dataclass(frozen=True)
class Training:
    """The pictures, the base model and the length of a training. `folder` keeps checkpoints, from which a later run
    goes on. With both `steps` and `minutes`, the training ends when either runs out."""

    pictures: Sequence[Picture]
    base: Path
    folder: Path
    steps: int | None = None
    minutes: float | None = None
    device: str = "cpu"
    seed: int = 0

    @property
    def captions(self) -> list[str]:
        """The caption of each picture, in the pictures' order."""
        return [picture.caption for picture in self.pictures]

    def plan(self, rate: float, steps: float, minutes: float) -> Plan:
        """For a stage that gets these shares of the steps and the minutes."""
        total = self.steps or (STEPS if self.minutes is None else 10**6)
        return Plan(
            max(1, round(steps * total)),
            self.seed,
            rate,
            None if self.minutes is None else minutes * self.minutes,
            bfloat16=self.device != "cpu",  # on a CPU every new shape of picture would first be compiled for
            device=self.device,
            save_every_seconds=60.0,
        )


def check_base(base: Offered) -> None:
    """TrainingError for a model that this code cannot train further."""
    said = base.description
    found = (said.prediction, said.native_size, said.cell, said.max_tokens)
    if found != ("v_prediction", SIDE, CELL, MAX_TOKENS):
        raise TrainingError(
            f"The model {said.id!r} is not built like papercut, so a training cannot begin from it: it must predict "
            f"velocity at {SIDE} pixels, {CELL} a cell, from {MAX_TOKENS} tokens. Begin from another."
        )


def train_own(training: Training, told: Told) -> TrainedModel:
    """Train, or go on with what the folder holds; the averaged weights, on the CPU.

    The learning of the autoencoder is over for good once that of the denoiser has begun: its latents must not move.
    """
    vae = _trained_autoencoder(training, told)
    latents = [
        torch.from_numpy(encode(vae, picture.pixels, half=training.device != "cpu")[0]) for picture in training.pictures
    ]
    torch.manual_seed(training.seed)
    module, tokenizer = _denoiser(training)
    run = Run(module, training.plan(RATE, 1.0, 1 - VAE_MINUTES), training.folder, "denoiser")
    make = captioned_crops(latents, training.captions, tokenizer, BATCH if training.device == "cpu" else LARGE_BATCH)

    def watch(run: Run) -> None:
        told("Learning to paint", VAE_MINUTES + (1 - VAE_MINUTES) * run.share_done)

    train(run, make, denoiser_loss(), watch=watch)
    averaged = run.ema.module
    assert isinstance(averaged, Denoiser)
    vae.cpu()  # pyright: ignore
    return TrainedModel(vae, averaged.cpu(), tokenizer)


def _denoiser(training: Training) -> tuple[Denoiser, CLIPTokenizer]:
    """The base's, but with the captions' words in its vocabulary, beside those that it knows."""
    base, known = load_denoiser(training.base), load_tokenizer(training.base / "tokenizer")
    tokenizer = own_tokenizer(training)
    ends = {f"{end}_token_id": getattr(tokenizer, f"{end}_token_id") for end in ("bos", "eos", "pad")}
    config = CLIPTextConfig.from_dict(base.text_encoder.config.to_dict() | ends | {"vocab_size": len(tokenizer)})
    text_encoder = CLIPTextModel(config)
    continue_text_encoder(base.text_encoder, known, text_encoder, tokenizer)
    return Denoiser(base.unet, text_encoder), tokenizer


def own_tokenizer(training: Training) -> CLIPTokenizer:
    """The tokenizer of the captions' words and of the base's, made once and kept in the training's folder: where two
    pieces are as frequent as each other, another making may number them otherwise."""
    kept, partial = training.folder / "tokenizer", training.folder / "tokenizer.partial"
    if not kept.exists():
        pieces = load_tokenizer(training.base / "tokenizer").get_vocab()
        words = [piece.removesuffix("</w>") for piece in pieces if piece.endswith("</w>")]
        build_tokenizer([*training.captions, *words]).save_pretrained(partial)
        partial.rename(kept)
    return load_tokenizer(kept)


def _trained_autoencoder(training: Training, told: Told) -> AutoencoderKL:
    """On the training's device, its latents of unit variance."""
    if not (training.folder / "denoiser.pt").exists():
        torch.manual_seed(training.seed)
        groups = [picture.pixels for picture in training.pictures]
        plan = training.plan(VAE_RATE, VAE_SHARE, VAE_MINUTES)
        run = Run(load_autoencoder(training.base), plan, training.folder, "vae")
        make = crops(groups, [1.0] * len(groups))
        train(
            run,
            make,
            autoencoder_loss,
            watch=lambda run: told("Learning to see the pictures", VAE_MINUTES * run.share_done),
        )
        averaged = run.ema.module
        assert isinstance(averaged, AutoencoderKL)
        set_scaling(averaged, groups[:FITTED])
        averaged.save_pretrained(training.folder / "vae")
    vae = load_autoencoder(training.folder)
    vae.to(training.device)  # pyright: ignore
    return vae


def captioned_crops(
    latents: Sequence[torch.Tensor], captions: Sequence[str], tokenizer: CLIPTokenizer, batch: int
) -> BatchMaker:
    """Native windows at any offset out of latents of shape (channels, rows, columns), each with its picture's caption:
    "native" and "native_ids", as `denoiser_loss` takes them."""
    ids = token_ids(tokenizer, [*captions, ""])

    def make(stream: np.random.Generator) -> Batch:
        chosen = stream.integers(len(latents), size=batch)
        unprompted = stream.random(batch) < NO_PROMPT
        views = torch.stack([_window(latents[index], stream) for index in chosen])
        return {"native": views, "native_ids": ids[np.where(unprompted, len(latents), chosen)]}

    return make


def _window(latent: torch.Tensor, stream: np.random.Generator) -> torch.Tensor:
    top, left = (int(stream.integers(side - CELLS + 1)) for side in latent.shape[1:])
    return latent[:, top : top + CELLS, left : left + CELLS]


def write_model(model: TrainedModel, training: Training, id: str, base: Offered, target: Path) -> None:
    """Write a model folder that can be offered: weights, sample sheet, card, and the description last."""
    target.mkdir(parents=True)
    save_weights(model, target, id)
    captions = list(dict.fromkeys(training.captions))
    guidance = base.description.defaults.guidance
    spread = captions[:: -(-len(captions) // SHOWN)]
    prompt_sheet(model, tuple(spread), training.seed, guidance).save(target / "sheet.png", optimize=True)
    (target / "README.md").write_text(_card(training, id, base))
    description = _described(model, training, id, base, captions, latent_space(target / "vae"))
    (target / "inlay.json").write_text(description.model_dump_json(indent=1) + "\n")


def _described(
    model: TrainedModel, training: Training, id: str, base: Offered, captions: Sequence[str], space: str
) -> ModelDescription:
    """The base's description, but for what the pictures changed. It has no coarse view: it was shown none. `space`: its
    latent space, which is no longer the base's, since the autoencoder has learned too."""
    middles = np.concatenate([_middle(picture.pixels) for picture in training.pictures[:FITTED]])
    plain = all(caption.isascii() for caption in captions)
    return base.description.model_copy(
        update={
            "id": id,
            "title": id.replace("-", " ").replace("_", " ").capitalize(),
            "revision": "1",
            "licence": "that of its pictures",
            "latent_space": space,
            "weights_bytes": None,
            "channels": model.vae.config["latent_channels"],
            "controlnets": [],
            "coarse_words": [],
            "defaults": base.description.defaults.model_copy(update={"coarse": None}),
            "latent_rgb": LatentRgb.model_validate(latent_rgb(model, middles)),
            "vocabulary": [Vocabulary(name="Captions", phrases=[*captions[:SUGGESTED]])],
            "words": words_of(captions) if plain else None,
        }
    )


def _middle(pixels: np.ndarray) -> np.ndarray:
    """The native window in the middle of pictures."""
    top, left = ((side - SIDE) // 2 for side in pixels.shape[1:3])
    return pixels[:, top : top + SIDE, left : left + SIDE]


def _card(training: Training, id: str, base: Offered) -> str:
    said = base.description
    return f"""# {id}

Trained by `inlay train` on {len(training.pictures)} pictures and their captions, from the weights of {said.title}
{said.revision} ({said.licence}). It draws pictures of {SIDE} x {SIDE} pixels, and larger ones from windows of that
size. `sheet.png` shows samples for captions it was trained on. It takes no poses, and was shown no coarse views.
"""
