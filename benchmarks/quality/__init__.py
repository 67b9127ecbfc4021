"""Measure how good compositions are: every method on every task, read by the judge."""


class QualityError(Exception):
    """The table cannot be made fairly. The message says why and what to do."""
