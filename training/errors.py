"""Errors that keep a model from being trained. Each message tells the user what happened and what to do."""


class TrainingError(Exception):
    """The base of every error that a user of the training can mend."""
