"""The errors of a worker of several ranks. They are no fault of the job, so the job is tried again."""


class RankError(Exception):
    """The ranks cannot work together, or one of them cannot run a job. The message names the rank and says what to
    do."""


class RankLost(RankError):
    """A rank ended, or does not answer. The worker has to end, and to start again with all of its ranks."""
