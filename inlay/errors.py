"""What a command cannot do, told to whoever typed it."""


class CommandError(Exception):
    """A sentence or more, a line each, that say what is wrong and what to do."""
