"""Search, favourites, tags and the trash of the job store, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from backend.contracts.job import Job
from backend.contracts.limits import MAX_TAGS
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.gallery import MarkedJob, TagUse
from backend.store.jobs import Jobs, Wanted
from backend.store.retention import Retention, Rules
from backend.store.search_text import search_words
from backend.store.tables import job_prompts, job_tags, jobs, now
from tests.integration.store.samples import GRAPH, claimed, job, picture, submit
from tests.integration.store.test_interleavings import at_once


def keep(store: Jobs, spec: Job, owner: str = "ann") -> UUID:
    return store.submit(owner, spec, GRAPH, 10)[0].id


def found(store: Jobs, query: str = "", owner: str = "ann", **wanted: Any) -> list[UUID]:
    return [one.id for one in store.search(owner, Wanted(words=search_words(query), **wanted), None, 100)]


def ended(store: Jobs, owner: str = "ann") -> UUID:
    """Queue a job and cancel it."""
    id = submit(store, owner).id
    store.cancel(owner, id)
    return id


def moved_back(database: Database, id: UUID, column: Any, **ago: float) -> None:
    """Let a time of a job lie in the past."""
    with database.begin() as connection:
        past = now(-timedelta(**ago).total_seconds())
        connection.execute(update(jobs).where(jobs.c.id == id).values({column: past}))


@pytest.mark.parametrize(
    ("prompt", "query"),
    [
        ("A Lighthouse at Night", "night lighthouse"),
        ("ÉCOLE d'été", "école"),
        ("ÉCOLE d'e\u0301te\u0301", "ÉTÉ"),
        ("Große Straße", "GROSSE STRASSE"),
        ("ΟΔΟΣ", "οδός".replace("ό", "ο")),
        ("月夜の海", "夜"),
        ("ｆｕｌｌ width", "full"),
        ("(a red ball)1.4 and fog-", "red ball fog"),
        ("100% wool_socks", "100% l_s"),
        ("ночь\u0000 at\nthe sea", "НОЧЬ\u0000 sea"),
        ('"quoted" \\ back', '"quoted" \\'),
    ],
)
def test_words_are_found_in_any_order_case_and_script(store: Jobs, prompt: str, query: str):
    id = keep(store, job(prompt))
    keep(store, job("something else"))
    assert found(store, query) == [id]


def test_all_words_must_occur_in_any_of_the_prompts(store: Jobs):
    patch = {"id": "a", "box": {"x": 0, "y": 0, "width": 64, "height": 64}, "prompt": "a fox", "negative_prompt": "fog"}
    spec = job("a hill").model_dump()
    spec["layout"] |= {"patches": [patch]}
    id = keep(store, Job.model_validate(spec))
    for query in ("hill fox", "fox fog", "x h", " "):
        assert found(store, query) == [id]
    for query in ("hill wolf", "hil_", "%", "regions", "papercut", "a%fox"):
        assert found(store, query) == []
    assert found(store, "fox", "bob") == []


def test_filters_combine(store: Jobs, database: Database):
    spec = job("a hill").model_dump() | {
        "layout": {"kind": "texture", "canvas": {"width": 256, "height": 128}, "prompt": "hill"}
    }
    texture = keep(store, Job.model_validate(spec))
    other, plain = keep(store, job("a hill", model="other")), keep(store, job("a lake"))
    moved_back(database, texture, jobs.c.created_at, days=3)
    store.mark("ann", other, favourite=True)
    assert found(store) == [plain, other, texture]
    assert found(store, layout="texture") == [texture]
    assert found(store, model="other") == found(store, favourite=True) == [other]
    assert found(store, favourite=False) == [plain, texture]
    assert found(store, "hill", model="papercut") == [texture]
    assert found(store, "hill", model="papercut", layout="regions") == []
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert found(store, since=yesterday) == [plain, other]
    assert found(store, until=yesterday) == [texture]
    assert found(store, since=yesterday - timedelta(days=1), until=yesterday) == []
    assert found(store, since=datetime(1, 1, 1, tzinfo=UTC), until=datetime(9999, 12, 31, tzinfo=UTC)) == found(store)
    at = store.get("ann", plain).created_at
    assert plain in found(store, since=at)
    assert plain not in found(store, until=at)


def test_pages_of_a_search_neither_repeat_nor_skip(store: Jobs):
    ids = [keep(store, job("a fox" if number % 2 else "a wolf")) for number in range(9)]
    wanted, pages = Wanted(words=("fox",)), list[UUID]()
    while page := store.search("ann", wanted, pages[-1] if pages else None, 2):
        pages += [one.id for one in page]
    assert pages == ids[1::2][::-1]
    with pytest.raises(NotFound):
        store.search("bob", wanted, ids[0], 2)


def test_marks_are_kept_and_leave_each_other_alone(store: Jobs):
    id = submit(store).id
    assert (store.get("ann", id).favourite, store.get("ann", id).tags) == (False, [])
    assert store.mark("ann", id, tags=["sky", "朝 夕"]).tags == ["sky", "朝 夕"]
    assert store.mark("ann", id, favourite=True).tags == ["sky", "朝 夕"]
    assert store.mark("ann", id) == store.get("ann", id)
    assert found(store, tag="朝 夕") == found(store, tag="sky", favourite=True) == [id]
    assert store.mark("ann", id, tags=["sea"], favourite=False).tags == ["sea"]
    assert found(store, tag="sky") == []
    assert found(store, tag="sea") == [id]
    assert store.mark("ann", id, tags=[]).tags == []
    for ask in (lambda: store.mark("bob", id, tags=["x"]), lambda: store.mark("ann", uuid4(), favourite=True)):
        with pytest.raises(NotFound):
            ask()
    assert store.tags("ann") == store.tags("bob") == []


def test_several_jobs_are_marked_at_once_and_again_with_the_same_result(store: Jobs):
    plain, tagged, foreign = submit(store).id, submit(store).id, submit(store, "bob").id
    store.mark("ann", tagged, tags=["sky", "Sea", "old"])
    for _ in range(2):
        marked = store.mark_several(
            "ann",
            [plain, tagged, foreign, uuid4()],
            favourite=True,
            add_tags=["sea", "朝 夕"],
            remove_tags=["old", "SKY"],
        )
        assert marked == [
            MarkedJob(id=tagged, favourite=True, tags=["sky", "Sea", "朝 夕"]),
            MarkedJob(id=plain, favourite=True, tags=["sea", "朝 夕"]),
        ]
        for one in marked:
            kept = store.get("ann", one.id)
            assert (kept.favourite, kept.tags) == (one.favourite, one.tags)
    assert found(store, tag="朝 夕") == [tagged, plain]
    assert found(store, tag="sea") == [plain]
    assert found(store, tag="old") == []
    assert (store.get("bob", foreign).favourite, store.get("bob", foreign).tags) == (False, [])
    (same,) = store.mark_several("ann", [tagged], remove_tags=["sky"], add_tags=["SKY"])
    assert (same.favourite, same.tags) == (True, ["Sea", "朝 夕", "SKY"])
    assert store.mark_several("ann", [foreign, uuid4()], favourite=True) == []
    (seen,) = store.mark_several(None, [foreign], add_tags=["seen"])
    assert seen.tags == ["seen"]
    assert store.tags("bob") == [TagUse(tag="seen", count=1)]


def test_no_job_is_marked_if_one_would_have_too_many_tags(store: Jobs):
    room, full = submit(store).id, submit(store).id
    many = [f"tag {number}" for number in range(MAX_TAGS)]
    store.mark("ann", full, tags=many)
    with pytest.raises(Conflict, match=f"1 of these jobs would have more than {MAX_TAGS} tags"):
        store.mark_several("ann", [room, full], favourite=True, add_tags=["one more"])
    for id, tags in ((room, []), (full, many)):
        kept = store.get("ann", id)
        assert (kept.favourite, kept.tags) == (False, tags)
    assert found(store, tag="one more") == []
    assert [len(one.tags) for one in store.mark_several("ann", [full], add_tags=["Tag 1"])] == [MAX_TAGS]
    assert [one.tags[-1] for one in store.mark_several("ann", [full], add_tags=["new"], remove_tags=["tag 1"])] == [
        "new"
    ]


def test_changes_of_the_same_jobs_at_the_same_time_all_hold(store: Jobs):
    """Each change names the jobs in another order, and none waits for another one forever."""
    ids = [ended(store) for _ in range(40)]
    orders = [sorted(ids, key=lambda id, turn=turn: (str(id)[turn:], id)) for turn in range(6)]
    tagging = [lambda turn=turn: store.mark_several("ann", orders[turn], add_tags=[f"t{turn}"]) for turn in range(6)]
    moving = [lambda turn=turn: (store.trash("ann", orders[turn]), store.restore("ann", ids)) for turn in range(3)]
    for answer in at_once(*tagging, *moving, lambda: store.mark_several("ann", ids[::-1], favourite=True)):
        assert not isinstance(answer, BaseException), answer
    for id in ids:
        kept = store.get("ann", id)
        assert (kept.favourite, sorted(kept.tags)) == (True, [f"t{turn}" for turn in range(6)])
    assert store.tags("ann") == [TagUse(tag=f"t{turn}", count=len(ids)) for turn in range(6)]


def test_tags_are_counted_for_their_owner(store: Jobs):
    for tags in (["sea"], ["sea", "sky"], ["b", "a"]):
        store.mark("ann", submit(store).id, tags=tags)
    store.mark("bob", submit(store, "bob").id, tags=["sky"])
    uses = [("sea", 2), ("a", 1), ("b", 1), ("sky", 1)]
    assert store.tags("ann") == [TagUse(tag=tag, count=count) for tag, count in uses]
    assert store.tags("bob") == [TagUse(tag="sky", count=1)]


def test_the_trash_hides_jobs_until_they_are_restored(store: Jobs):
    gone, other, left = ended(store), ended(store), ended(store)
    store.mark("ann", gone, tags=["sea"])
    foreign = ended(store, "bob")
    assert set(store.trash("ann", [gone, other, foreign, uuid4()])) == {gone, other}
    assert found(store) == [left]
    assert found(store, trash=True) == [other, gone]
    assert found(store, owner="bob") == [foreign]
    assert store.tags("ann") == []
    at = store.get("ann", gone).trashed_at
    assert at is not None
    assert store.trash("ann", [gone]) == [gone]
    assert store.get("ann", gone).trashed_at == at
    assert store.restore("bob", [gone]) == []
    assert set(store.restore("ann", [gone, left, uuid4()])) == {gone, left}
    assert found(store) == [left, gone]
    assert store.get("ann", gone).trashed_at is None
    assert store.retry("ann", other).trashed_at is None


def test_no_job_is_trashed_if_one_is_still_to_run(store: Jobs):
    done, waiting = ended(store), submit(store).id
    with pytest.raises(Conflict, match="1 of these jobs are queued or running"):
        store.trash("ann", [done, waiting])
    assert found(store) == [waiting, done]


def test_the_trash_is_emptied_a_day_later(store: Jobs, database: Database):
    old, fresh = ended(store), ended(store)
    store.mark("ann", old, tags=["sea"])
    store.trash("ann", [old, fresh])
    moved_back(database, old, jobs.c.trashed_at, hours=25)
    assert [gone.id for gone in Retention(database, Rules()).empty_trash()] == [old]
    assert found(store, trash=True) == [fresh]
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(job_tags)) == 0
        assert connection.scalar(select(func.count()).select_from(job_prompts)) == 1


def test_several_jobs_come_with_their_pictures_or_not_at_all(store: Jobs):
    id, other = submit(store).id, submit(store).id
    claim = claimed(store)
    store.finish(claim, [picture(claim)], 1.0)
    assert [(one.job.id, len(one.outputs)) for one in store.several("ann", [id, other])] == [(other, 0), (id, 1)]
    foreign = submit(store, "bob").id
    with pytest.raises(NotFound, match=str(foreign)):
        store.several("ann", [id, foreign])
