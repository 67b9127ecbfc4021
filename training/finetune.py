"""Training on a user's own pictures (paper, Section 5.2), from the weights of papercut or of a model like it.

First the autoencoder learns the pictures, unless the model keeps that of its base. Then the UNet and the text encoder
learn the latents with the captions.
"""

import shutil
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
from training.loop import Batch, BatchMaker, Plan, Run, Watcher, train
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
    whole_words,
    words_of,
)
from training.vae_choice import VaeChoice, middle

STEPS = 3000
"""The denoiser's steps if the user gives neither steps nor minutes."""
VAE_SHARE = 1 / 3
"""The steps of a new autoencoder, as a share of the denoiser's."""
VAE_MINUTES = 0.3
"""A new autoencoder's share of the minutes, which is also about its share of the work."""
VAE_RATE, RATE = 3e-4, 4e-4
BATCH, LARGE_BATCH = 16, 96
SHOWN, SUGGESTED = 12, 40
"""The number of captions on the sample sheet, and of those that the studio suggests."""
FITTED = 32
"""The number of pictures to which the preview's colours are fitted."""

BeginPart = Callable[[str, float, float], Watcher | None]
"""A callback that is told when a part of the training begins: the part's name, the share of the training that is done
before it, and its own share. It returns the watcher of the part."""


@dataclass(frozen=True)
class Training:
    """The pictures, the base model and the length of a training. `folder` keeps the checkpoints from which a later run
    resumes. If both `steps` and `minutes` are set, the training ends when either runs out."""

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
        """Return the plan of a stage. `steps` and `minutes`: its shares of the training's steps and minutes."""
        total = self.steps or (STEPS if self.minutes is None else 10**6)
        return Plan(
            max(1, round(steps * total)),
            self.seed,
            rate,
            None if self.minutes is None else minutes * self.minutes,
            bfloat16=self.device != "cpu",  # a CPU would compile kernels for every new shape of picture
            device=self.device,
            save_every_seconds=60.0,
        )


def check_base(base: Offered) -> None:
    """Raise TrainingError if this package cannot train the model further."""
    said = base.description
    found = (said.prediction, said.native_size, said.cell, said.max_tokens)
    if found != ("v_prediction", SIDE, CELL, MAX_TOKENS):
        raise TrainingError(
            f"A training cannot begin from the model {said.id!r}. Choose a base like papercut, which predicts velocity "
            f"at {SIDE} pixels, {CELL} pixels a cell, from {MAX_TOKENS} tokens."
        )


def train_own(training: Training, choice: VaeChoice, begin: BeginPart) -> TrainedModel:
    """Train a model, or resume from the folder's checkpoints. Returns the averaged weights on the CPU.

    Once the denoiser's training has begun, the autoencoder is not trained further, because its latents must not change.
    """
    before = 0.0 if choice.keep else VAE_MINUTES
    vae = load_autoencoder(training.base) if choice.keep else _trained_autoencoder(training, begin)
    vae.to(training.device)  # pyright: ignore
    latents = [
        torch.from_numpy(encode(vae, picture.pixels, half=training.device != "cpu")[0]) for picture in training.pictures
    ]
    torch.manual_seed(training.seed)
    module, tokenizer = _denoiser(training)
    run = Run(module, training.plan(RATE, 1.0, 1 - before), training.folder, "denoiser")
    make = captioned_crops(latents, training.captions, tokenizer, BATCH if training.device == "cpu" else LARGE_BATCH)
    train(run, make, denoiser_loss(), watch=begin("Training the denoiser", before, 1 - before))
    averaged = run.ema.module
    assert isinstance(averaged, Denoiser)
    vae.cpu()  # pyright: ignore
    return TrainedModel(vae, averaged.cpu(), tokenizer)


def _denoiser(training: Training) -> tuple[Denoiser, CLIPTokenizer]:
    """Return the base's denoiser, with the captions' words added to its vocabulary."""
    base, known = load_denoiser(training.base), load_tokenizer(training.base / "tokenizer")
    tokenizer = own_tokenizer(training)
    ends = {f"{end}_token_id": getattr(tokenizer, f"{end}_token_id") for end in ("bos", "eos", "pad")}
    config = CLIPTextConfig.from_dict(base.text_encoder.config.to_dict() | ends | {"vocab_size": len(tokenizer)})
    text_encoder = CLIPTextModel(config)
    continue_text_encoder(base.text_encoder, known, text_encoder, tokenizer)
    return Denoiser(base.unet, text_encoder), tokenizer


def own_tokenizer(training: Training) -> CLIPTokenizer:
    """Return the tokenizer of the captions' words and the base's words. It is made once and kept in the training's
    folder, because a new one may number equally frequent pieces in another order."""
    kept, partial = training.folder / "tokenizer", training.folder / "tokenizer.partial"
    if not kept.exists():
        words = whole_words(load_tokenizer(training.base / "tokenizer"))
        build_tokenizer([*training.captions, *words]).save_pretrained(partial)
        partial.rename(kept)
    return load_tokenizer(kept)


def _trained_autoencoder(training: Training, begin: BeginPart) -> AutoencoderKL:
    """Return a new autoencoder that has learned the pictures. Its scaled latents have unit variance."""
    if not (training.folder / "denoiser.pt").exists():
        torch.manual_seed(training.seed)
        groups = [picture.pixels for picture in training.pictures]
        plan = training.plan(VAE_RATE, VAE_SHARE, VAE_MINUTES)
        run = Run(load_autoencoder(training.base), plan, training.folder, "vae")
        make = crops(groups, [1.0] * len(groups))
        train(run, make, autoencoder_loss, watch=begin("Training the autoencoder", 0.0, VAE_MINUTES))
        averaged = run.ema.module
        assert isinstance(averaged, AutoencoderKL)
        set_scaling(averaged, groups[:FITTED])
        averaged.save_pretrained(training.folder / "vae")
    return load_autoencoder(training.folder)


def captioned_crops(
    latents: Sequence[torch.Tensor], captions: Sequence[str], tokenizer: CLIPTokenizer, batch: int
) -> BatchMaker:
    """Make batches of native windows at any offset of latents of shape (channels, rows, columns), with their pictures'
    captions, as "native" and "native_ids" for `denoiser_loss`."""
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


def write_model(
    model: TrainedModel, training: Training, choice: VaeChoice, id: str, base: Offered, target: Path
) -> None:
    """Write a complete model folder: weights, sample sheet, model card, and finally the description."""
    target.mkdir(parents=True)
    save_weights(model, target, id)
    if choice.keep:
        _copy_vae(training.base, target)
    captions = list(dict.fromkeys(training.captions))
    guidance = base.description.defaults.guidance
    spread = captions[:: -(-len(captions) // SHOWN)]
    prompt_sheet(model, tuple(spread), training.seed, guidance).save(target / "sheet.png", optimize=True)
    (target / "README.md").write_text(_card(training, choice, id, base))
    space = (base.description.latent_space if choice.keep else None) or latent_space(target / "vae")
    description = _described(model, training, id, base, captions, space)
    (target / "inlay.json").write_text(description.model_dump_json(indent=1) + "\n")


def _copy_vae(base: Path, target: Path) -> None:
    """Replace the saved VAE by the base's files, so that no rounding makes it another VAE."""
    shutil.rmtree(target / "vae")
    (target / "vae").mkdir()
    for pattern in ("*.json", "*.safetensors"):
        for file in (base / "vae").glob(pattern):
            shutil.copyfile(file, target / "vae" / file.name)


def _described(
    model: TrainedModel, training: Training, id: str, base: Offered, captions: Sequence[str], space: str
) -> ModelDescription:
    """Return the base's description, changed for the new model. Coarse views are off, because training shows none.
    `space`: the latent space, which is the base's if the model keeps the base's VAE."""
    middles = np.concatenate([middle(picture.pixels) for picture in training.pictures[:FITTED]])
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


def _card(training: Training, choice: VaeChoice, id: str, base: Offered) -> str:
    said = base.description
    return f"""# {id}

Trained by `inlay train` on {len(training.pictures)} pictures and their captions, from the weights of {said.title}
{said.revision} ({said.licence}). It draws pictures of {SIDE} x {SIDE} pixels, and larger ones from windows of that
size. `sheet.png` shows samples for captions it was trained on. It takes no poses, and was shown no coarse views.

{choice.reason(f"{said.title} {said.revision}")}
"""
