"""The errors of models and adapters that cannot be used; each message names the file or the model."""


class DiffusionError(Exception):
    """The base of every error of this package. `title` names the kind of failure."""

    title = "The model cannot be used"
