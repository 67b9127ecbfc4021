"""The laws of a graph: observables whose distribution is known, so that no model is asked (the paper, Section 4).

A picture is encoded at the canvas's size, and the law's operator then views its latents. Averages of the encoded
picture are nearer to those of a finished picture's latents than an encoding of the averaged picture is
(docs/decisions/0025).
"""

from dataclasses import dataclass, field

from backend.contracts.geometry import Canvas
from backend.contracts.graph import ColourMean, LawSpec, PictureMean
from backend.contracts.start import Fit
from inlay_engine.graph import Denoiser, Observable, Precision
from inlay_engine.laws import NormalLaw, NormalModel
from inlay_engine.operators import ObservationOperator
from inlay_engine.variables import ControlVariable, Latent
from worker.build.pictures import Pictures, laid
from worker.diffusion.kind import LoadedModel


@dataclass(frozen=True, eq=False)
class Laws:
    """Makes the observables of laws, in the latents of `model`, and encodes each picture once. `canvas` is the part of
    a control that becomes the picture, in pixels; None stands for the whole control."""

    model: LoadedModel
    pictures: Pictures
    canvas: Canvas | None
    _encoded: dict[tuple[str, Fit, str], Latent] = field(default_factory=dict)

    def observable(self, law: LawSpec, operator: ObservationOperator, precision: Precision) -> Observable:
        """Return a law's observable. Raises PictureMissing for a picture that no longer exists."""
        known = NormalLaw(self._mean(law, operator), law.deviation)
        return Observable(law.name, operator, Denoiser(NormalModel(operator.shape.channels), known), precision)

    def _mean(self, law: LawSpec, operator: ObservationOperator) -> Latent:
        match law.mean:
            case ColourMean() as plain:
                _, height, width = operator.shape
                return self.model.colour_latent(plain.colour)[:, None, None].expand(-1, height, width)
            case PictureMean() as shown:
                return operator.clean_view({one.name: self._encode(shown, one) for one in operator.parents})

    def _encode(self, shown: PictureMean, control: ControlVariable) -> Latent:
        key = shown.picture, shown.fit, control.name
        if key not in self._encoded:
            cell = self.model.description.cell
            width, height = control.shape.width * cell, control.shape.height * cell
            whole = laid(self.pictures(shown.picture), self.canvas, shown.fit, width, height)
            self._encoded[key] = self.model.encoder.encode(whole, control.wraps_x, control.wraps_y)
        return self._encoded[key]
