"""Errors that a command prints to its user."""


class CommandError(Exception):
    """A command cannot go on. The message says what is wrong and what to do, one sentence per line."""

    code = 1
    """The exit code of the command."""


class Stopped(CommandError):
    """The user stopped the command. The message says what is kept."""

    code = 130
