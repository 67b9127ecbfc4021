"""Find the uploads that a document names."""

from typing import NamedTuple

from backend.contracts.fields import Location, NamesUpload, marked
from backend.contracts.job import Job


class Named(NamedTuple):
    """The id of an upload, and the path to the field that names it."""

    location: Location
    id: str


def named(job: Job) -> list[Named]:
    """Return every upload that a job names, in the order of its document."""
    return [Named(*found) for found in marked(job, NamesUpload)]
