"""A custom graph as its user writes it: the graph of `contracts/graph.py`, with fields that may be left out.

The server fills in every field that is null or left out, and stores the job with the filled fields
(`backend/graph/filling.py`). docs/graphs.md explains the fields.
"""

from typing import Annotated

from pydantic import Field

from backend.contracts.document import Document, Name
from backend.contracts.graph import (
    Channels,
    ControlBase,
    Group,
    Guidance,
    LawBase,
    Mask,
    ObservableBase,
    OutputBase,
    Pixels,
    PrecisionBase,
    PromptBase,
    Shift,
)
from backend.contracts.limits import MAX_LAWS, MAX_MASKS, MAX_NODES
from backend.contracts.sampling import Unit


class CustomControl(ControlBase):
    """A control variable x_j: a canvas to generate. `width` and `height` are in latent cells. `channels` is the number
    of channels of the job's model; null fills it in."""

    channels: Channels | None = None


class CustomPrompt(PromptBase):
    """The prompt of an observable and its settings. An open field takes the job's setting: `guidance` and
    `guidance_rescale` those of `sampling` (or the model's default), `model` the job's model."""

    guidance: Guidance | None = None
    guidance_rescale: Unit | None = None
    model: Name | None = None


class CustomPrecision(PrecisionBase):
    """The weight w_i = 1/psi_i^2 of an observable, per cell and step: weight * shape * profile(inside) * the product
    over `outside`, during `active`. `shape` is 1 over the view, or a Gaussian about its middle (Mixture of Diffusers).
    `fade` is [in, out], in fractions of the run: the weight rises over `in` from the start of `active`, and falls over
    `out` towards its end; `span` is the range that fades, if `active` is only a part of it. Regions are in cells of the
    observed control or composite.

    Observables of one `group` share one weight: on each cell they are averaged, and the average has the weight of one
    view, however many of them see the cell. The weights of different groups are added: a group of weight 3 counts three
    times as much as a group of weight 1. If `group` is null, the observable is a group by itself. At `weight` 0, the
    observable only watches: its model is asked and its view is shown, but it has no influence."""

    group: Group | None = None


class CustomObservable(ObservableBase):
    """An observable y_i = f_i(X): what one model sees, through `operator`. `precision` says how much it counts. If it
    is left out, the observable counts everywhere, in all steps, with weight 1, in a group of its own. `seed` replaces
    the job's seed for the noise that its operator loses. `count` is its counting number, for the counting solver only.
    """

    prompted: CustomPrompt
    precision: CustomPrecision = CustomPrecision()


class CustomLaw(LawBase):
    """A view whose distribution is known (paper, Section 4): every cell of it is normal about the mean, with a standard
    deviation of `deviation` times that of the latents. No model is asked for it. `precision` says how much it counts,
    as for an observable."""

    precision: CustomPrecision = CustomPrecision()


class CustomOutput(OutputBase):
    """A node to save as a picture: a control, an observable, or, with an `operator`, any other view under a new name.
    `width` and `height` are in pixels and crop the picture from its upper left corner; null takes all of it."""

    width: Pixels | None = None
    height: Pixels | None = None


class CustomGraph(Document):
    """A graph of your own. Lengths of controls, boxes and operators are in latent cells; sizes of outputs are in
    pixels. If `outputs` is left out, every control becomes a picture. docs/graphs.md has a short example."""

    controls: Annotated[list[CustomControl], Field(min_length=1, max_length=MAX_NODES)]
    observables: Annotated[list[CustomObservable], Field(min_length=1)]
    laws: Annotated[list[CustomLaw], Field(max_length=MAX_LAWS)] = []
    outputs: Annotated[list[CustomOutput], Field(max_length=MAX_NODES)] = []
    masks: Annotated[dict[Name, Mask], Field(max_length=MAX_MASKS)] = {}
    shift: Shift | None = None

    @property
    def pictures(self) -> list[str]:
        """The names of the outputs, or of all controls if there are no outputs."""
        return [output.node for output in self.outputs] or [control.name for control in self.controls]
