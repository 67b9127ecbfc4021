"""What makes a model folder unusable; each message names the file."""


class DiffusionError(Exception):
    """The base of every error of this package. `title` names the kind of failure."""

    title = "The model cannot be used"
