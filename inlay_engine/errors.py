"""The engine's errors. Each message is a sentence for the person who drew the graph."""


class EngineError(Exception):
    """The base of every error of the engine. `title` names the kind of failure."""

    title = "The picture cannot be sampled"


class GraphError(EngineError):
    """The graph cannot be sampled; the message names the node at fault."""

    title = "The layout cannot be sampled"


class NonFiniteError(EngineError):
    """A model answered with infinities or NaN; the message names the step, the observable and the likely cause."""

    title = "The model broke down"
