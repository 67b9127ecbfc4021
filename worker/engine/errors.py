"""What the engine refuses or cannot go on with; each message is a sentence for the person who drew the graph."""


class EngineError(Exception):
    """The base of every error of the engine."""


class GraphError(EngineError):
    """The graph cannot be sampled; the message names the node at fault."""


class NonFiniteError(EngineError):
    """A model answered with infinities or NaN; the message names the step, the observable and the likely cause."""
