"""Stable Diffusion 3 and 3.5: rectified flow, a transformer over patches, two CLIPs and an optional T5 (arXiv
2403.03206)."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers.models.transformers.transformer_sd3 import SD3Transformer2DModel
from torch import Tensor
from transformers import CLIPTextModelWithProjection, T5EncoderModel, T5Tokenizer

from backend.contracts.graph import PromptSpec
from backend.contracts.model import ModelDescription, Preset
from worker.diffusion.adapters.active_adapters import NO_ADAPTERS, ViewAdapters
from worker.diffusion.clock import FlowClock
from worker.diffusion.denoisers import Conditioning
from worker.diffusion.errors import DiffusionError
from worker.diffusion.kind import CropCoordinates, Facts, Kind
from worker.diffusion.latent_diffusion import LatentDiffusion
from worker.diffusion.parts import (
    Config,
    cell_of,
    clip_tokens,
    component,
    pipeline_index,
    placed,
    scheduler_config,
    tokenizer,
)
from worker.diffusion.text import ClipEncoder, Embedding
from worker.diffusion.transformer import Transformer, blind, load_transformer
from worker.diffusion.wording import SILENCE, Wording, Words, filled, in_chunks, longer_than

NAME = "stable-diffusion-3"
T5_TOKENS = 256  # diffusers' default for T5


@dataclass(frozen=True, eq=False)
class StableDiffusion3(LatentDiffusion[Transformer]):
    """A loaded checkpoint. It limits the size of views, and encodes the pictures of its ControlNets."""

    def conditioning(
        self, prompted: PromptSpec, crop: CropCoordinates, adapters: ViewAdapters = NO_ADAPTERS
    ) -> Conditioning:
        self.network.check(adapters, self.description.id)
        self._check_size(crop, adapters)
        return super().conditioning(prompted, crop, self._encoded(adapters))

    def _check_size(self, crop: CropCoordinates, adapters: ViewAdapters) -> None:
        cell = self.description.cell
        largest, bare = cell * self.network.largest(adapters), cell * self.network.largest(NO_ADAPTERS)
        if max(crop.width, crop.height) > largest:
            under = " under its ControlNet" if largest < bare else ""
            raise DiffusionError(
                f"The model {self.description.id!r} sees at most {largest} pixels along a side{under}, and a view is "
                f"{crop.width} x {crop.height}; use smaller views, such as a panorama's windows."
            )

    def _encoded(self, adapters: ViewAdapters) -> ViewAdapters:
        """Add the latents of the ControlNets' pictures, each as its ControlNet was trained to see them."""
        controls = []
        for control, net in zip(adapters.controls, self.network.nets(adapters), strict=True):
            latent = self.encoder.encode_pixels(control.picture)
            controls.append(replace(control, latent=latent - self.encoder.zero if blind(net) else latent))
        return replace(adapters, controls=tuple(controls))


def describe(folder: Path) -> Facts:
    transformer, vae = (Config(folder / part / "config.json") for part in ("transformer", "vae"))
    transformer.must_equal("in_channels", vae.number("latent_channels"), "a latent of the VAE")
    heads, each = transformer.number("num_attention_heads"), transformer.number("attention_head_dim")
    patch, most = (transformer.or_default(SD3Transformer2DModel, key) for key in ("patch_size", "pos_embed_max_size"))
    t5 = _has_t5(folder)
    return Facts(
        kind=NAME,
        native_size=cell_of(vae) * transformer.number("sample_size"),
        cell=cell_of(vae),
        channels=vae.number("latent_channels"),
        prediction=FlowClock.read(scheduler_config(folder)).prediction,
        max_tokens=T5_TOKENS if t5 else min(clip_tokens(folder), clip_tokens(folder, "_2")),
        cross_attention_dim=transformer.number("joint_attention_dim"),
        parts=("text_encoder", "text_encoder_2", *(["text_encoder_3"] if t5 else []), "transformer", "vae"),
        steps=28,
        guidance=7.0,
        scheduler="flow-euler",
        presets={
            "fast": Preset(scheduler="flow-euler", steps=20),
            "best": Preset(scheduler="flow-euler", steps=50),
        },
        adapters=("controlnet", "lora", "ip-adapter"),
        block_channels=(heads * each,),
        largest_view=cell_of(vae) * patch * most,
    )


def load(folder: Path, description: ModelDescription, device: torch.device, dtype: torch.dtype) -> StableDiffusion3:
    network = load_transformer(folder, description, device, dtype)
    embed = _Text.load(folder, device, dtype, network.transformer.config["joint_attention_dim"])
    first, second = embed.clips
    return StableDiffusion3.assemble(
        folder,
        description,
        dtype,
        clock=FlowClock.read(scheduler_config(folder)),
        network=network,
        embed=embed,
        encoders={"text_encoder": first.encoder, "text_encoder_2": second.encoder},
    )


@dataclass(frozen=True, eq=False)
class _Text:
    """Embeds a prompt with three text encoders (arXiv 2403.03206, Figure 2).

    The embeddings of both CLIPs are concatenated along the width and padded with zeros to `width`. T5's embeddings
    follow, or zeros if there is no T5. All are padded to as many chunks as the longest needs. `width`: of the
    embeddings that the transformer attends to.
    """

    clips: tuple[ClipEncoder, ClipEncoder]
    t5: tuple[T5Tokenizer, T5EncoderModel] | None
    width: int

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, width: int) -> "_Text":
        first, second = (
            ClipEncoder.load(CLIPTextModelWithProjection, "penultimate", folder, device, dtype, number)
            for number in ("", "_2")
        )
        t5 = None
        if _has_t5(folder):
            encoder = placed(component(T5EncoderModel, folder / "text_encoder_3", dtype=dtype), device)
            t5 = (tokenizer(T5Tokenizer, folder / "tokenizer_3"), encoder)
        return cls((first, second), t5, width)

    def __call__(self, wording: Wording) -> Embedding:
        both = [clip.embed(wording) for clip in self.clips]
        sentence = self._sentence(wording, both[0].tokens)
        chunks = [clip.chunks(one) for clip, one in zip(self.clips, both, strict=True)]
        most = max(*chunks, len(sentence) // T5_TOKENS)
        words = torch.cat([clip.filled(one, most) for clip, one in zip(self.clips, both, strict=True)], dim=-1)
        words = torch.nn.functional.pad(words, (0, self.width - words.shape[-1]))
        sentence = filled(sentence, most, T5_TOKENS, lambda: self._sentence(SILENCE, sentence))
        pooled = [one.pooled for one in both if one.pooled is not None]
        return Embedding(torch.cat([words, sentence]), torch.cat(pooled))

    def _sentence(self, wording: Wording, like: Tensor) -> Words:
        if self.t5 is None:
            return like.new_zeros(T5_TOKENS, self.width)
        tokenizer, encoder = self.t5
        if wording.weighted or longer_than(T5_TOKENS, tokenizer, wording.text):
            return in_chunks(wording, tokenizer, encoder, T5_TOKENS, "last").to(like)
        ids = tokenizer(wording.text, padding="max_length", max_length=T5_TOKENS, return_tensors="pt")
        return encoder(ids["input_ids"].to(encoder.device)).last_hidden_state[0].to(like)


def _has_t5(folder: Path) -> bool:
    """Return whether model_index.json names a T5. A folder that was saved without T5 has null there."""
    return (pipeline_index(folder).get("text_encoder_3") or [None])[0] is not None


KIND = Kind(NAME, ("StableDiffusion3Pipeline", "StableDiffusion3ControlNetPipeline"), describe, load)
