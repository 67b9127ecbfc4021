"""The engine's errors. Each message is a sentence for the person who drew the graph."""


class EngineError(Exception):
    """The base of all errors of the engine. `title` names the kind of failure."""

    title = "The picture cannot be sampled"


class GraphError(EngineError):
    """The graph cannot be sampled. The message names the node that is wrong."""

    title = "The layout cannot be sampled"


class DivergedError(EngineError):
    """The objective of a gradient descent has grown. The message names the solver and its rates."""

    title = "The solver diverged"


class NonFiniteError(EngineError):
    """A model returned infinities or NaN. The message names the step, the observable and the likely cause.

    A model may raise this error itself, from `predict_clean`, if it knows the cause better. Then `view` is the index of
    the view in that call, and the sampler adds the step and the observable.
    """

    title = "The model broke down"

    def __init__(self, message: str, view: int | None = None) -> None:
        super().__init__(message)
        self.view = view
