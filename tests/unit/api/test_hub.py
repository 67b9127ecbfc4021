"""Followers get every event once and in order, even if hints are lost, cursors move or queries are late. Of the
previews they get the newest."""

from datetime import UTC, datetime
from unittest.mock import patch
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.api import hub
from backend.api.hub import QUEUE, Follower, Following
from backend.api.metrics import Metrics
from backend.contracts.events import Event, JobCancelled, ServerProblem

A, B = UUID(int=1), UUID(int=2)


def event(job_id: UUID, seq: int) -> Event:
    return JobCancelled(type="job_cancelled", job_id=job_id, seq=seq, at=datetime(2026, 1, 1, tzinfo=UTC))


def follower() -> Follower:
    return Follower(lambda: None, Metrics(), Following())


def beyond(asked: dict[UUID, int], written: int) -> list[Event]:
    """Return the database's answer if each job has `written` events."""
    return [event(job_id, seq) for job_id, after in sorted(asked.items()) for seq in range(after + 1, written + 1)]


def drained(one: Follower, most: int = 10**6) -> list[tuple[UUID, int]]:
    found = []
    while len(found) < most and isinstance(message := one.next(), JobCancelled):
        found.append((message.job_id, message.seq))
    return found


steps = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 6)),
    st.tuples(st.just("ask"), st.none()),
    st.tuples(st.just("answer"), st.none()),
    st.tuples(st.just("read"), st.integers(1, 6)),
    st.tuples(st.just("rewind"), st.integers(0, 3)),
)


@settings(deadline=None, max_examples=400)
@patch.object(hub, "QUEUE", 8)
@given(st.lists(steps, min_size=10, max_size=60))
def test_no_event_is_skipped_in_any_order_of_queries_reads_and_follows(script: list[tuple[str, int]]) -> None:
    one, other = follower(), follower()
    written, queries, seen = 0, [], 0
    one.follow({A: 0})
    other.follow({A: 0})
    for action, number in script:
        match action:
            case "write":
                written += number
            case "ask":
                asked = {A: min(each.cursors[A] for each in (one, other))}
                queries.append((asked, beyond(asked, written)))
            case "answer" if queries:
                asked, news = queries.pop(0)
                one.take(asked, news)
                other.take(asked, news)
            case "read":
                for _, seq in drained(one, number):
                    assert seq == seen + 1
                    seen = seq
            case "rewind":
                seen = min(seen, number)
                one.follow({A: seen})
    while seen < written:
        asked = {A: one.cursors[A]}
        one.take(asked, beyond(asked, written))
        for _, seq in drained(one):
            assert seq == seen + 1
            seen = seq


def test_a_follower_that_does_not_read_holds_a_bounded_number_and_loses_none() -> None:
    one = follower()
    one.follow({A: 0, B: 0})
    one.take({A: 0, B: 0}, beyond({A: 0, B: 0}, 1000))
    assert not one.has_room
    assert one.cursors == {A: QUEUE, B: 0}
    assert drained(one) == [(A, seq) for seq in range(1, QUEUE + 1)]


def test_the_hub_is_woken_once_there_is_room_again() -> None:
    woken = []
    one = Follower(lambda: woken.append(True), Metrics(), Following())
    one.follow({A: 0})
    one.take({A: 0}, beyond({A: 0}, 1000))
    assert len(woken) == 1
    drained(one, QUEUE // 2 - 1)
    assert len(woken) == 1
    drained(one, 1)
    assert len(woken) == 2


def test_a_new_follow_drops_queued_events_and_keeps_queued_problems() -> None:
    one = follower()
    one.follow({A: 0, B: 0})
    one.add_problem(ServerProblem(type="problem", title="t", detail="d"))
    one.take({A: 0, B: 0}, [event(A, 1), event(B, 1)])
    one.follow({B: 1})
    assert isinstance(one.next(), ServerProblem)
    assert one.next() is None
    assert one.cursors == {B: 1}


def test_only_the_newest_preview_of_a_view_waits_and_events_go_first() -> None:
    metrics = Metrics()
    one = Follower(lambda: None, metrics, Following())
    one.follow({A: 0})
    one.main[A] = (A, 0, "x0")
    one.shown[A] = {(A, 2, "noisy")}
    for step in range(5):
        one.offer((A, 0, "x0"), b"main %d" % step)
        one.offer((A, 2, "noisy"), b"y2 %d" % step)
        one.offer((A, 1, "x0"), b"nobody asked")
        one.offer((B, 0, "x0"), b"not followed")
    one.take({A: 0}, [event(A, 1)])
    assert one.next() == event(A, 1)
    assert [one.next(), one.next(), one.next()] == [b"main 4", b"y2 4", None]
    assert metrics.registry.get_sample_value("inlay_stream_previews_dropped_total") == 8


def test_news_of_a_job_reach_its_followers_and_cost_those_of_others_nothing() -> None:
    following = Following()
    one, other = (Follower(lambda: None, Metrics(), following) for _ in range(2))
    one.follow({A: 0})
    other.follow({A: 0, B: 0})
    assert (set(following.of(A)), set(following.of(B))) == ({one, other}, {other})
    other.follow({B: 0})
    assert (set(following.of(A)), set(following.of(B))) == ({one}, {other})
    for each in (one, other):
        following.move(each, each.cursors, ())
    assert not following.of(A)
    assert not following.of(B)
