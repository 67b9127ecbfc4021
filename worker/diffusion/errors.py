"""The base of all errors of models and adapters that cannot be used. Each message names the file or the model."""


class DiffusionError(Exception):
    """The base of all errors of this package. `title` names the kind of failure."""

    title = "The model cannot be used"
