"""The errors of a worker's devices and ranks. They are no fault of the job, so the job is tried again."""


class RankError(Exception):
    """The ranks cannot work together, one of them cannot run a job, or the machine lacks a device. The message names
    the rank or the setting, and says what to do."""


class RankLost(RankError):
    """A rank ended, or does not answer. The worker has to end, and to start again with all of its ranks."""
