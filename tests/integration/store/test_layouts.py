"""Saved layouts, on both databases."""

from uuid import uuid4

import pytest

from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.layouts import Layouts
from backend.store.search_text import search_words
from tests.integration.store.samples import job


@pytest.fixture
def layouts(database: Database) -> Layouts:
    return Layouts(database)


def test_a_layout_is_kept_changed_and_deleted(layouts: Layouts):
    saved = layouts.create("ann", "Дом у моря", job())
    assert layouts.get("ann", saved.id) == saved
    assert (saved.name, saved.document, saved.created_at) == ("Дом у моря", job(), saved.updated_at)
    changed = layouts.update("ann", saved.id, "House", job(seed=9))
    assert (changed.name, changed.document) == ("House", job(seed=9))
    assert changed.created_at == saved.created_at
    assert changed.updated_at >= saved.updated_at
    assert layouts.search("ann") == [changed]
    layouts.delete("ann", saved.id)
    assert layouts.search("ann") == []


def test_a_name_and_a_document_change_without_each_other(layouts: Layouts):
    """Two tabs may change one layout: the name in one, the document in the other."""
    id = layouts.create("ann", "one", job()).id
    layouts.update("ann", id, document=job(seed=9))
    layouts.update("ann", id, name="two")
    changed = layouts.get("ann", id)
    assert (changed.name, changed.document) == ("two", job(seed=9))


def test_the_last_changed_comes_first(layouts: Layouts):
    ids = [layouts.create("ann", name, job()).id for name in ("one", "two", "three")]
    layouts.update("ann", ids[0], "one again", job())
    assert layouts.search("ann")[0].id == ids[0]
    assert len(layouts.search("ann", limit=2)) == 2


def test_another_owner_sees_nothing(layouts: Layouts):
    id = layouts.create("ann", "one", job()).id
    assert layouts.search("bob") == []
    for ask in (
        lambda: layouts.get("bob", id),
        lambda: layouts.update("bob", id, "mine", job(seed=3)),
        lambda: layouts.delete("bob", id),
        lambda: layouts.get("ann", uuid4()),
    ):
        with pytest.raises(NotFound):
            ask()
    assert layouts.get("ann", id).name == "one"


def test_a_search_of_names_pages_without_loss(layouts: Layouts):
    ids = [layouts.create("ann", f"Дом {number} GROSS", job()).id for number in range(5)]
    layouts.create("ann", "Sea", job())
    first = layouts.search("ann", search_words("groß дом"), limit=2)
    rest = layouts.search("ann", search_words("groß дом"), first[-1].id, 9)
    assert [one.id for one in first + rest] == ids[::-1]
    assert [one.name for one in layouts.search("ann", ["3"])] == ["Дом 3 GROSS"]
    with pytest.raises(NotFound):
        layouts.search("bob", after=ids[0])
