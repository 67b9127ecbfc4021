"""From a layout to the graph of control variables and observables that the engine runs."""

from backend.graph.compile import compile_job
from backend.graph.errors import LayoutError
from backend.graph.limits import Limits
from backend.graph.resolve import resolve

__all__ = ["LayoutError", "Limits", "compile_job", "resolve"]
