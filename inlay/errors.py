"""What a command cannot do, told to whoever typed it."""


class CommandError(Exception):
    """A sentence or more, a line each, that say what is wrong and what to do."""

    code = 1
    """What the command then ends with."""


class Stopped(CommandError):
    """Somebody stopped the command; the sentence says what is kept."""

    code = 130
