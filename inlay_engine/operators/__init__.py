"""Observation operators: the view that an observable has of the controls, y_i = f_i(X) (paper, Eq. 12).

A source reads controls (`Identity`, `Crop`, `Composite`, `Differentiable`). Maps change its view (`Flip`, `Rotate`,
`Roll`, `Resize`, `Background`), and `Compose` applies them. No operator mixes channels, so a map with one channel can
be observed in the same way as a latent.
"""

from inlay_engine.operators.base import LatentMap, ObservationOperator, White
from inlay_engine.operators.compose import Compose
from inlay_engine.operators.maps import Background, Flip, Roll, Rotate
from inlay_engine.operators.resize import Resize
from inlay_engine.operators.sources import Composite, Crop, Differentiable, Identity, Part, Window

__all__ = [
    "Background",
    "Compose",
    "Composite",
    "Crop",
    "Differentiable",
    "Flip",
    "Identity",
    "LatentMap",
    "ObservationOperator",
    "Part",
    "Resize",
    "Roll",
    "Rotate",
    "White",
    "Window",
]
