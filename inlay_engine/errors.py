"""The engine's errors. Each message is a sentence for the person who drew the graph."""


class EngineError(Exception):
    """The base of every error of the engine. `title` names the kind of failure."""

    title = "The picture cannot be sampled"


class GraphError(EngineError):
    """The graph cannot be sampled; the message names the node at fault."""

    title = "The layout cannot be sampled"


class NonFiniteError(EngineError):
    """A model answered with infinities or NaN; the message names the step, the observable and the likely cause.

    A model may raise it itself, from `predict_clean`, with a better cause: then `view` is the index of the view in that
    call, and the sampler adds the step and the observable.
    """

    title = "The model broke down"

    def __init__(self, message: str, view: int | None = None) -> None:
        super().__init__(message)
        self.view = view
