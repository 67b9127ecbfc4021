"""Turn a layout into the graph of control variables and observables that the engine runs.

"The paper" is "Compositional Generative Inference Using Diffusion-Based Optimization".
"""

from backend.graph.compile import compile_job
from backend.graph.errors import LayoutError
from backend.graph.limits import Limits
from backend.graph.masks import Grey, Masks
from backend.graph.pictures import Sizes
from backend.graph.resolve import resolve

__all__ = ["Grey", "LayoutError", "Limits", "Masks", "Sizes", "compile_job", "resolve"]
