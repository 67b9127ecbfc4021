"""The two sorts of errors. Errors that the document or its model causes are final; all others are tried again."""

from uuid import UUID

from backend.contracts.job import Problem
from backend.graph.errors import LayoutError
from backend.store.database import is_away
from backend.store.errors import ImageStoreError
from inlay_engine.errors import EngineError
from worker.diffusion.errors import DiffusionError

FINAL = (EngineError, DiffusionError, LayoutError)
"""Errors that the same document would cause again, on any worker and at any time."""
MOST_CHARACTERS = 300  # of a bug's own words


def final_problem(error: Exception) -> Problem:
    """Describe an error of FINAL to the user."""
    return Problem(title=getattr(error, "title", "The layout cannot be run"), detail=str(error))


def passing_problem(error: Exception, id: UUID, attempt: int, attempts: int) -> Problem:
    """Describe any other error that ended an attempt to the user. The description of a database or a picture store that
    is away holds no address; the worker's log has it. Another error is quoted by the first line of its message."""
    during = f"in attempt {attempt} of {attempts}"
    if isinstance(error, ImageStoreError):
        return Problem(title="The picture store was away", detail=f"The picture store could not be reached {during}.")
    if is_away(error):
        return Problem(title="The database was away", detail=f"The database could not be reached {during}.")
    said = str(error).split("\n", 1)[0][:MOST_CHARACTERS]
    cause = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return Problem(
        title="The worker broke down",
        detail=f"The worker broke down {during} ({cause}). Its log has more under job {id}.",
    )
