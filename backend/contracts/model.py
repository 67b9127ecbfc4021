"""What a model folder says of itself in its `inlay.json`, and what the API says of the model."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from backend.contracts.document import Document, Name, Sha256, Text
from backend.contracts.geometry import Side
from backend.contracts.sampling import Coarse, Scheduler

ControlNet = Literal["pose"]
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
    """`cell`: pixels per latent cell along one side. `words`: every word the text encoder was trained on, where the
    list is closed; null for a model of open vocabulary. `controlnets`: the controls it takes, each a ControlNet in the
    folder `controlnet_<name>/`. `coarse_words`: how it was told of coarse views, the first that hold; empty for a model
    that was told in no words of their own."""

    id: Name
    title: str
    kind: Literal["stable-diffusion"]
    revision: str
    licence: str
    native_size: Side
    cell: Annotated[int, Field(ge=1, le=64)]
    channels: Annotated[int, Field(ge=1, le=64)]
    prediction: Literal["epsilon", "v_prediction"]
    max_tokens: int
    controlnets: list[ControlNet] = []
    defaults: ModelDefaults
    latent_rgb: LatentRgb
    vocabulary: list[Vocabulary] = []
    words: list[str] | None = None
    coarse_words: list[CoarseWords] = []


class ModelPin(Document):
    """The exact model a resolved job was accepted with."""

    id: Name
    revision: str
    sha256: Sha256


class Model(Document):
    """A model that this server offers: its description and the sha256 over its weight files."""

    description: ModelDescription
    sha256: Sha256

    @property
    def pin(self) -> ModelPin:
        return ModelPin(id=self.description.id, revision=self.description.revision, sha256=self.sha256)
