"""A judge of compositions: small classifiers that have seen real drawings only, and what is measured with them."""


class JudgeError(Exception):
    """What is wrong with a judge or with what it is shown, and what to do."""
