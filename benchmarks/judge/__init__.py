"""A judge of compositions: small classifiers trained on real drawings only, and the metrics that use them."""


class JudgeError(Exception):
    """The judge, or a picture given to it, is not usable. The message says why and what to do."""
