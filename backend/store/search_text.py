"""The text by which jobs are searched: all prompts of a document, in a form in which equal words are equal text."""

import unicodedata

from backend.contracts.fields import IsPrompt, marked
from backend.contracts.job import Job


def search_text(job: Job) -> str:
    """Return the prompts and negative prompts of a job, one a line, each once."""
    prompts = (normal(found.value) for found in marked(job, IsPrompt))
    return "\n".join(dict.fromkeys(filter(None, prompts)))


def search_words(query: str) -> list[str]:
    """Return the words of a query. Each must occur in a job's `search_text`, as a word or as a part of one."""
    return [*dict.fromkeys(normal(query).split())]


def normal(text: str) -> str:
    """Return a text without differences of case, of Unicode's compatible forms, and of spaces, on one line.

    Zero characters become spaces, because Postgres cannot store them.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).replace("\0", " ").split())
