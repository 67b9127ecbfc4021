"""How good compositions are: every method on every task, read by the judge."""


class QualityError(Exception):
    """What stands in the way of a fair table, and what to do."""
