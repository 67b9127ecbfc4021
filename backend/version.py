"""The version of Inlay, as pyproject.toml has it."""

from importlib.metadata import version

VERSION = version("inlay")
