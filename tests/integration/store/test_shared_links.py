"""The most links to one job or one saved layout, on both databases."""

from collections.abc import Callable

import pytest

from backend.contracts.limits import MAX_LINKS
from backend.store.database import Database
from backend.store.errors import Conflict
from backend.store.jobs import Jobs
from backend.store.layouts import Layouts
from backend.store.shared_links import SharedLinks
from tests.integration.store.samples import claimed, job, picture, submit
from tests.integration.store.test_interleavings import at_once


def sharing_a_job(database: Database) -> Callable[[], object]:
    store, links = Jobs(database), SharedLinks(database)
    id = submit(store).id
    claim = claimed(store)
    store.finish(claim, [picture(claim)], 1.0)
    return lambda: links.to_job("ann", id, None)


def sharing_a_layout(database: Database) -> Callable[[], object]:
    layout, links = Layouts(database).create("ann", "mine", job()), SharedLinks(database)
    return lambda: links.to_layout("ann", layout.id, None)


@pytest.mark.parametrize("sharing", [sharing_a_job, sharing_a_layout])
def test_requests_at_the_same_time_do_not_make_more_links_than_allowed(
    database: Database, sharing: Callable[[Database], Callable[[], object]]
):
    share = sharing(database)
    for _ in range(MAX_LINKS - 2):
        share()
    answers = at_once(*[share] * 8)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 6
    assert len(SharedLinks(database).all("ann")) == MAX_LINKS
