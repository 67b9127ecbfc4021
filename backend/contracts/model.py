"""The description of a model or adapter. Its folder's `inlay.json` contains it, and the API returns it."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from backend.contracts.document import Document, Name, Sha256, Text
from backend.contracts.geometry import Side
from backend.contracts.limits import MAX_STEPS
from backend.contracts.sampling import Coarse, PresetName, Scheduler, Spacing

ControlNet = Literal["pose"]
Prediction = Literal["epsilon", "v_prediction", "flow"]
AdapterEntry = Literal["controlnet", "lora", "ip-adapter"]
InWindows = Annotated[float, Field(gt=0)]


class ModelDefaults(Document):
    """The model's settings for fields that a job leaves open. `window` and `stride` are in canvas pixels. `coarse` is
    the coarse view of canvases that are larger than a window, or null for none."""

    steps: int
    guidance: float
    eta: float
    scheduler: Scheduler
    spacing: Spacing = "timesteps"
    window: Side
    stride: Side
    coarse: Coarse | None = None


class Preset(Document):
    """A scheduler, a number of steps and their spacing that go together."""

    scheduler: Scheduler
    spacing: Spacing = "timesteps"
    steps: Annotated[int, Field(ge=1, le=MAX_STEPS)]


class LatentRgb(Document):
    """A linear map from one scaled latent cell to RGB in [0, 1]: rgb = latent @ factors + bias."""

    factors: list[list[float]]
    bias: list[float]


class Vocabulary(Document):
    """A group of phrases from the model's training captions, for suggestions."""

    name: str
    phrases: list[str]


class CoarseWords(Document):
    """The words that begin the model's captions of coarse views, if the canvas is at most `across` windows wide and
    `down` windows high. Null means any width or height."""

    across: InWindows | None = None
    down: InWindows | None = None
    words: Text

    def hold(self, across: float, down: float) -> bool:
        """Return True if the words apply to a canvas of this size, in windows."""
        return (self.across is None or across <= self.across) and (self.down is None or down <= self.down)


def words_for(known: Sequence[CoarseWords], across: float, down: float) -> str:
    """Return the first words that apply to a canvas of this size, in windows. Returns "" if none apply."""
    return next((one.words for one in known if one.hold(across, down)), "")


class ModelDescription(Document):
    """A model. `kind` names its kind, such as "stable-diffusion-xl". `cell` is the number of pixels per latent cell
    along one side. `words` lists every word that the text encoder was trained on; null for an open vocabulary.
    `controlnets` lists the model's own ControlNets, each in the folder `controlnet_<name>/`. `coarse_words` are the
    words for coarse views, of which the first that apply are used; empty if the model has none.

    Models with the same `latent_space` have latents of the same meaning. Null means unknown; then channels and cell
    decide. Adapters fit by `cross_attention_dim`, the width of the denoiser's text input, and by `block_channels`, the
    widths of its blocks from the finest on, or one number if all are equal. `largest_view` is the longest side of a
    view that the model takes, in pixels; null for any or unknown. `presets` are settings that are faster
    or better than the defaults; a job names one in `sampling.preset`. `weights_bytes` is the size of the weights at
    their precision on disk. `adapters` lists the kinds of adapters that the model takes; null means unknown.
    """

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
    largest_view: Annotated[int, Field(ge=1)] | None = None
    weights_bytes: int | None = None
    controlnets: list[ControlNet] = []
    adapters: list[AdapterEntry] | None = None
    defaults: ModelDefaults
    presets: dict[PresetName, Preset] = {}
    latent_rgb: LatentRgb
    vocabulary: list[Vocabulary] = []
    words: list[str] | None = None
    coarse_words: list[CoarseWords] = []

    def shares_latents(self, other: "ModelDescription") -> bool:
        """Return True if the latents of both models have the same shape and, as far as is known, the same meaning."""
        if (self.cell, self.channels) != (other.cell, other.channels):
            return False
        return None in (self.latent_space, other.latent_space) or self.latent_space == other.latent_space


NOUNS: dict[str, str] = {
    "model": "model",
    "controlnet": "ControlNet",
    "lora": "LoRA",
    "ip-adapter": "IP-Adapter",
}
"""The name of each kind of entry in messages."""


def one(entry: str) -> str:
    """Return the name of a kind of entry with its article, such as "a LoRA"."""
    return f"{'an' if NOUNS[entry][0] == 'I' else 'a'} {NOUNS[entry]}"


class AdapterDescription(Document):
    """An adapter: a ControlNet, a LoRA or an IP-Adapter. `kind` is the kind of model that it was made for.
    `cross_attention_dim`, `in_channels` and `block_channels` are the widths of the denoisers that it fits, or null if
    its weights do not show them."""

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
        """Return the reason why the adapter does not fit a model, as a clause, or None if there is no known reason."""
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
    """The field of an inlay.json that says what the file describes. Older files have no such field and
    describe models."""

    entry: str = "model"


def read_description(text: bytes) -> ModelDescription | AdapterDescription:
    """Parse an inlay.json. Raises ValidationError if it is not a description."""
    if _Entry.model_validate_json(text).entry == "model":
        return ModelDescription.model_validate_json(text)
    return AdapterDescription.model_validate_json(text)


class ModelPin(Document):
    """The exact version of a model or adapter with which the server accepted a job."""

    id: Name
    revision: str
    sha256: Sha256


def _pin(description: ModelDescription | AdapterDescription, sha256: Sha256) -> ModelPin:
    return ModelPin(id=description.id, revision=description.revision, sha256=sha256)


class Model(Document):
    """A model that this server offers: its description, and the sha256 over its weight files."""

    description: ModelDescription
    sha256: Sha256

    @property
    def pin(self) -> ModelPin:
        return _pin(self.description, self.sha256)


class Adapter(Document):
    """An adapter that this server offers: its description, and the sha256 over its weight files."""

    description: AdapterDescription
    sha256: Sha256

    @property
    def pin(self) -> ModelPin:
        return _pin(self.description, self.sha256)
