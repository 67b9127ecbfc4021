"""The outbox of webhooks: one row for each event and each webhook that wants it, written with the event.

A row waits until a sender has posted it. Senders take due rows for TAKE_SECONDS. So a sender that dies delays its posts
and loses none; the receiver may get one twice, with the same id. Of the posts that a sender makes at the same time,
each owner and each address has a share, so that a receiver which answers slowly holds up nobody else.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection, Subquery, and_, case, delete, func, insert, literal_column, or_, select, update

from backend.contracts.webhooks import WEBHOOK_EVENTS, Delivery, DeliveryState
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.tables import deliveries, jobs, now, webhook_secrets, webhooks
from backend.store.tallies import Outcome, Tally, tally

TAKE_SECONDS = 60.0
OWNER_SHARE = 8  # posts of one owner that a sender makes at the same time
ADDRESS_SHARE = 4  # posts of one owner to one address; fewer, so that one slow address leaves room for the others
KEEP_SECONDS = 7 * 24 * 3600.0  # ended deliveries are listed for this time
_GONE = {"state": "dead", "next_at": None, "error": "The address answered 410 Gone, so the webhook is off."}


class Post(NamedTuple):
    """A post that a sender has taken: its `attempt` counts from 1, `data` is the event, and `secrets` sign it."""

    id: UUID
    webhook: UUID
    owner: str
    url: str
    event: str
    at: datetime
    data: dict[str, Any]
    attempt: int
    secrets: list[str]


def queue_deliveries(connection: Connection, job_id: UUID, seq: int, event: str, body: str) -> None:
    """Queue an event for the webhooks that want it: those of the job, and those of its owner. Must run in the event's
    transaction."""
    if event not in WEBHOOK_EVENTS:
        return
    owner = select(jobs.c.owner).where(jobs.c.id == job_id).scalar_subquery()
    wanted = select(webhooks.c.id).where(
        webhooks.c.owner == owner,
        webhooks.c.enabled,
        or_(webhooks.c.job_id.is_(None), webhooks.c.job_id == job_id),
        webhooks.c.events.contains(f'"{event}"', autoescape=True),
    )
    rows = [
        {
            "id": uuid4(),
            "webhook": id,
            "job_id": job_id,
            "seq": seq,
            "event": event,
            "body": body,
            "state": "waiting",
            "attempts": 0,
        }
        for id in connection.scalars(wanted)
    ]
    if rows:
        connection.execute(insert(deliveries).values(at=now(), next_at=now()), rows)


class Deliveries:
    """The deliveries, for senders and for the API."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, most: int, under_way: Sequence[Post] = ()) -> list[Post]:
        """Take up to `most` posts that are due. With the posts `under_way`, which the sender makes already, no owner
        gets more than OWNER_SHARE and no address more than ADDRESS_SHARE. Owners with few posts come first, then first
        posts before repeated ones. A post that was queued while its webhook was turned off is dead."""
        turns = _turns(under_way)
        due = (
            select(turns.c.id)
            .where(turns.c.of_owner <= OWNER_SHARE)
            .order_by(turns.c.of_owner, turns.c.attempts, turns.c.next_at)
            .limit(most)
        )
        with self._database.read() as connection:  # without the write lock, as many posts may be due
            chosen = connection.scalars(due).all()
        return self._take(chosen) if chosen else []

    def _take(self, chosen: Sequence[UUID]) -> list[Post]:
        """Take those of the chosen posts that no other sender has taken."""
        free = select(deliveries.c.id).where(deliveries.c.id.in_(chosen), *_due()).with_for_update(skip_locked=True)
        with self._database.begin() as connection:
            ids = connection.scalars(free).all()
            mine = (deliveries.c.id.in_(ids), deliveries.c.state == "waiting")
            off = deliveries.c.webhook.in_(select(webhooks.c.id).where(~webhooks.c.enabled))
            connection.execute(update(deliveries).where(*mine, off).values(**_GONE))
            taken = update(deliveries).where(*mine)
            connection.execute(taken.values(attempts=deliveries.c.attempts + 1, next_at=now(TAKE_SECONDS)))
            query = (
                select(deliveries, webhooks.c.owner, webhooks.c.url, webhook_secrets.c.secret, webhook_secrets.c.former)
                .join_from(deliveries, webhooks, webhooks.c.id == deliveries.c.webhook)
                .join(webhook_secrets, webhook_secrets.c.owner == webhooks.c.owner)
                .where(*mine)
            )
            rows = connection.execute(query).all()
        return [_post(row) for row in rows]

    def delivered(self, post: Post, status: int) -> None:
        """Record that the receiver has the post."""
        self._end(post, "delivered", status, None)

    def gave_up(self, post: Post, status: int | None, error: str) -> None:
        """Put a post among the dead ones."""
        self._end(post, "dead", status, error)

    def failed(self, post: Post, status: int | None, error: str, again_in: float) -> None:
        """Record a failed post, which is repeated after `again_in` seconds."""
        with self._database.begin() as connection:
            changed = connection.execute(_mine(post).values(next_at=now(again_in), status=status, error=error))
            _count(connection, changed.rowcount, "failed")

    def turn_off(self, post: Post) -> None:
        """Turn off all webhooks of a post's owner that have its address. Their posts that wait are dead."""
        owner = select(webhooks.c.owner).where(webhooks.c.id == post.webhook)
        with self._database.begin() as connection:
            same = (webhooks.c.owner == connection.scalar(owner), webhooks.c.url == post.url)
            connection.execute(update(webhooks).where(*same).values(enabled=False))
            rest = and_(deliveries.c.webhook.in_(select(webhooks.c.id).where(*same)), deliveries.c.state == "waiting")
            connection.execute(update(deliveries).where(rest).values(**_GONE))

    def _end(self, post: Post, state: DeliveryState, status: int | None, error: str | None) -> None:
        with self._database.begin() as connection:
            changed = connection.execute(_mine(post).values(state=state, next_at=None, status=status, error=error))
            _count(connection, changed.rowcount, "dead" if state == "dead" else "delivered")

    def page(self, owner: str, state: DeliveryState | None, after: UUID | None, limit: int) -> list[Delivery]:
        """Return an owner's deliveries, the newest first. Raises NotFound if `after` is not one of them."""
        query = _of(owner)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        with self._database.read() as connection:
            if after is not None:
                last = connection.execute(_of(owner).where(deliveries.c.id == after)).one_or_none()
                if last is None:
                    raise _no_such_delivery(after)
                older = or_(deliveries.c.at < last.at, and_(deliveries.c.at == last.at, deliveries.c.id > after))
                query = query.where(older)
            rows = connection.execute(query.order_by(deliveries.c.at.desc(), deliveries.c.id).limit(limit)).all()
        return [_delivery(row) for row in rows]

    def retry(self, owner: str, id: UUID) -> Delivery:
        """Queue a dead delivery again, with all its attempts. Raises NotFound if the owner has no such delivery, and
        Conflict if it is not dead or its webhook is off."""
        with self._database.begin() as connection:
            row = connection.execute(_of(owner).where(deliveries.c.id == id)).one_or_none()
            if row is None:
                raise _no_such_delivery(id)
            if row.state != "dead":
                raise Conflict("Only a dead delivery can be sent again, and this one is not dead.")
            if not row.enabled:
                raise Conflict("The webhook is off, because its address answered 410 Gone. Make a new webhook.")
            again = {"state": "waiting", "attempts": 0, "next_at": now()}
            connection.execute(update(deliveries).where(deliveries.c.id == id).values(**again))
            row = connection.execute(_of(owner).where(deliveries.c.id == id)).one()
        return _delivery(row)

    def expire(self) -> int:
        """Delete the deliveries that ended longer ago than KEEP_SECONDS. Returns their number."""
        old = (deliveries.c.state != "waiting", deliveries.c.at < now(-KEEP_SECONDS))
        with self._database.begin() as connection:
            return connection.execute(delete(deliveries).where(*old)).rowcount


def _due() -> tuple[Any, ...]:
    return deliveries.c.state == "waiting", deliveries.c.next_at <= now()


def _turns(under_way: Sequence[Post]) -> Subquery:
    """Return the query for the ids of due posts, each with its place `of_owner` among those of its owner, which counts
    from 1 and after the posts `under_way`. Posts that do not fit into the share of their address are left out."""
    owners = Counter(post.owner for post in under_way)
    addresses = Counter((post.owner, post.url) for post in under_way)
    owner, url = webhooks.c.owner, webhooks.c.url
    at_owner = [(owner == name, count) for name, count in owners.items()]
    at_address = [(and_(owner == name, url == address), count) for (name, address), count in addresses.items()]
    order = (deliveries.c.attempts, deliveries.c.next_at)
    place = func.row_number().over(partition_by=(owner, url), order_by=order) + _count_of(at_address)
    due = select(deliveries.c.id, *order, owner, _count_of(at_owner).label("held"), place.label("of_address"))
    fitting = due.join(webhooks, webhooks.c.id == deliveries.c.webhook).where(*_due()).subquery()
    ranked = func.row_number().over(partition_by=fitting.c.owner, order_by=(fitting.c.attempts, fitting.c.next_at))
    of_owner = (ranked + fitting.c.held).label("of_owner")
    ranks = select(fitting.c.id, fitting.c.attempts, fitting.c.next_at, of_owner)
    return ranks.where(fitting.c.of_address <= ADDRESS_SHARE).subquery()


def _count_of(cases: list[tuple[Any, int]]) -> Any:
    """Return the count of the case that holds, or 0."""
    return case(*cases, else_=0) if cases else literal_column("0")


def _mine(post: Post) -> Any:
    """Return the update of a post that this sender still holds."""
    held = (deliveries.c.id == post.id, deliveries.c.attempts == post.attempt, deliveries.c.state == "waiting")
    return update(deliveries).where(*held)


def _count(connection: Connection, posts: int, outcome: Outcome) -> None:
    """Count a post, unless another sender holds it by now."""
    if posts:
        tally(connection, Tally("post", outcome))


def _post(row: Any) -> Post:
    data = json.loads(row.body) | {
        "type": row.event,
        "job_id": str(row.job_id),
        "seq": row.seq,
        "at": row.at.isoformat(),
    }
    secrets = [secret for secret in (row.secret, row.former) if secret is not None]
    return Post(row.id, row.webhook, row.owner, row.url, row.event, row.at, data, row.attempts, secrets)


def _of(owner: str) -> Any:
    return (
        select(deliveries, webhooks.c.enabled)
        .join_from(deliveries, webhooks, webhooks.c.id == deliveries.c.webhook)
        .where(webhooks.c.owner == owner)
    )


def _delivery(row: Any) -> Delivery:
    return Delivery.model_validate({name: row._mapping[name] for name in Delivery.model_fields})


def _no_such_delivery(id: UUID) -> NotFound:
    return NotFound(f"There is no delivery {id}. The list of deliveries shows those of the last seven days.")
