"""What a folder of models says of itself in its `inlay.json`, and what the API says of the model or adapter."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from backend.contracts.document import Document, Name, Sha256, Text
from backend.contracts.geometry import Side
from backend.contracts.sampling import Coarse, Scheduler

ControlNet = Literal["pose"]
Prediction = Literal["epsilon", "v_prediction", "flow"]
AdapterEntry = Literal["controlnet", "lora", "ip-adapter"]
InWindows = Annotated[float, Field(gt=0)]


class ModelDefaults(Document):
    """The settings a job takes where it leaves them open; `window` and `stride` in canvas pixels. `coarse`: the coarse
    view of canvases larger than a window, null for none."""

    steps: int
    guidance: float
    eta: float
    scheduler: Scheduler
    window: Side
    stride: Side
    coarse: Coarse | None = None


class LatentRgb(Document):
    """A linear map from one scaled latent cell to RGB in [0, 1]: rgb = latent @ factors + bias."""

    factors: list[list[float]]
    bias: list[float]


class Vocabulary(Document):
    """One group of phrases that the model was taught, for suggestions."""

    name: str
    phrases: list[str]


class CoarseWords(Document):
    """How the model's captions of coarse views begin where the canvas is at most `across` windows wide and `down` high;
    null: however wide, or high."""

    across: InWindows | None = None
    down: InWindows | None = None
    words: Text

    def hold(self, across: float, down: float) -> bool:
        """Whether they are said of a canvas of this size, in windows."""
        return (self.across is None or across <= self.across) and (self.down is None or down <= self.down)


def words_for(known: Sequence[CoarseWords], across: float, down: float) -> str:
    """The first words that hold for a canvas of this size, in windows; empty where none do."""
    return next((one.words for one in known if one.hold(across, down)), "")


class ModelDescription(Document):
    """`kind`: the name of its kind, such as "stable-diffusion-xl". `cell`: pixels per latent cell along one side.
    `words`: every word the text encoder was trained on, where the list is closed; null for a model of open vocabulary.
    `controlnets`: the controls it takes, each a ControlNet in the folder `controlnet_<name>/`. `coarse_words`: how it
    was told of coarse views, the first that hold; empty for a model that was told in no words of their own.

    `latent_space`: models whose latents mean the same share this name; null where nobody has said, and then channels
    and cell decide. Adapters fit by `cross_attention_dim`, the width of the text that its denoiser attends to, and
    `block_channels`, how wide its blocks are, from the finest on, one number where all are alike. `weights_bytes`: what
    its weights take, at the precision on disk. `adapters`: the sorts of adapters that can be put onto it;
    null where nobody has said."""

    entry: Literal["model"] = "model"
    id: Name
    title: str
    kind: Name
    revision: str
    licence: str
    native_size: Side
    cell: Annotated[int, Field(ge=1, le=64)]
    channels: Annotated[int, Field(ge=1, le=64)]
    prediction: Prediction
    max_tokens: int
    latent_space: Name | None = None
    cross_attention_dim: int | None = None
    block_channels: list[int] | None = None
    weights_bytes: int | None = None
    controlnets: list[ControlNet] = []
    adapters: list[AdapterEntry] | None = None
    defaults: ModelDefaults
    latent_rgb: LatentRgb
    vocabulary: list[Vocabulary] = []
    words: list[str] | None = None
    coarse_words: list[CoarseWords] = []

    def shares_latents(self, other: "ModelDescription") -> bool:
        """Whether both models' latents have one shape and, as far as anybody has said, one meaning."""
        if (self.cell, self.channels) != (other.cell, other.channels):
            return False
        return None in (self.latent_space, other.latent_space) or self.latent_space == other.latent_space


NOUNS: dict[str, str] = {
    "model": "model",
    "controlnet": "ControlNet",
    "lora": "LoRA",
    "ip-adapter": "IP-Adapter",
}
"""What people call the sorts of entries."""


def one(entry: str) -> str:
    """An entry of that sort, as in "a LoRA"."""
    return f"{'an' if NOUNS[entry][0] == 'I' else 'a'} {NOUNS[entry]}"


class AdapterDescription(Document):
    """What is put onto a model: a ControlNet, a LoRA, an IP-Adapter. `kind`: that of the models it was made for. The
    widths say which of them it fits, null where its weights do not tell: `cross_attention_dim`, `in_channels` and
    `block_channels` as in the model's denoiser."""

    entry: AdapterEntry
    id: Name
    title: str
    kind: Name
    revision: str
    licence: str
    cross_attention_dim: int | None = None
    in_channels: int | None = None
    block_channels: list[int] | None = None
    weights_bytes: int | None = None

    def misfit(self, model: ModelDescription) -> str | None:
        """Why it cannot be put onto a model, as a clause; None where nothing speaks against it."""
        if self.kind != model.kind:
            return f"{self.id!r} is made for models of kind {self.kind}, and {model.id!r} is of kind {model.kind}"
        if model.adapters is not None and self.entry not in model.adapters:
            return f"models of kind {model.kind} do not take {one(self.entry)} here, which {self.id!r} is"
        widths = [
            ("attends to text of width", self.cross_attention_dim, model.cross_attention_dim),
            ("reads latents with channels", self.in_channels, model.channels),
            ("has blocks of channels", self.block_channels, model.block_channels),
        ]
        for what, own, others in widths:
            if own is not None and others is not None and own != others:
                return f"{self.id!r} {what} {own}, and {model.id!r} {what} {others}"
        return None


class _Entry(BaseModel):
    """What an inlay.json describes; those from before there were adapters say nothing, and describe a model."""

    entry: str = "model"


def read_description(text: bytes) -> ModelDescription | AdapterDescription:
    """What an inlay.json says. ValidationError where that is no description."""
    if _Entry.model_validate_json(text).entry == "model":
        return ModelDescription.model_validate_json(text)
    return AdapterDescription.model_validate_json(text)


class ModelPin(Document):
    """The exact model or adapter that a resolved job was accepted with."""

    id: Name
    revision: str
    sha256: Sha256


def _pin(description: ModelDescription | AdapterDescription, sha256: Sha256) -> ModelPin:
    return ModelPin(id=description.id, revision=description.revision, sha256=sha256)


class Model(Document):
    """A model that this server offers: its description and the sha256 over its weight files."""

    description: ModelDescription
    sha256: Sha256

    @property
    def pin(self) -> ModelPin:
        return _pin(self.description, self.sha256)


class Adapter(Document):
    """An adapter that this server has: its description and the sha256 over its weight files."""

    description: AdapterDescription
    sha256: Sha256

    @property
    def pin(self) -> ModelPin:
        return _pin(self.description, self.sha256)
