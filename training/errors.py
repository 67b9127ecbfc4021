"""What keeps a model from being trained; each message is sentences for the person whose pictures it is."""


class TrainingError(Exception):
    """The base of every error that a user of the training can mend."""
