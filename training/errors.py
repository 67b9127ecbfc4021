"""The errors of a training. Each message says what happened and what to do."""


class TrainingError(Exception):
    """The training cannot start or go on, and its user can fix the cause."""
