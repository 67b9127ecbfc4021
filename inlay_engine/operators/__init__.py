"""Observation operators: the view that an observable has of the controls, y_i = f_i(X) (paper, Eq. 12).

A source reads controls (`Identity`, `Crop`, `Differentiable`). Maps change its view (`Flip`, `Rotate`, `Roll`,
`Resize`, `Place`, `Background`), `Compose` applies them, and `Composite` adds masked views. No operator mixes channels,
so a map with one channel can be observed in the same way as a latent.
"""

from inlay_engine.operators.base import LatentMap, ObservationOperator, White
from inlay_engine.operators.compose import Compose
from inlay_engine.operators.composite import Composite, Part
from inlay_engine.operators.maps import Background, Flip, Place, Roll, Rotate
from inlay_engine.operators.resize import Resize
from inlay_engine.operators.sources import Crop, Differentiable, Identity, Window

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
    "Place",
    "Resize",
    "Roll",
    "Rotate",
    "White",
    "Window",
]
