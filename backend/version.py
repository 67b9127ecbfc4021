"""The version of Inlay. It stands in pyproject.toml."""

from importlib.metadata import version

VERSION = version("inlay")
