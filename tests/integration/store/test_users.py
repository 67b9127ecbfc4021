"""Users, keys and sign-ins, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select, update

from backend.contracts.webhooks import NewWebhook
from backend.store.credentials import Credential, Credentials, KeyRefused, digest, expire_sign_ins, is_strong
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.jobs import Jobs
from backend.store.tables import keys, now, sessions, webhooks
from backend.store.users import DAY, Users
from backend.store.webhooks import Webhooks
from tests.integration.store.samples import submit

HOUR = 3600.0
IN_SETTINGS = "a key of the settings"
HOOK = NewWebhook(url="https://example.org/hook", events=["job_succeeded"])


@pytest.fixture
def users(database: Database) -> Users:
    users = Users(database)
    users.add("ann")
    return users


@pytest.fixture
def credentials(database: Database) -> Credentials:
    return Credentials(database, {digest(IN_SETTINGS): "bob"}, HOUR)


@pytest.fixture
def writes(database: Database) -> Iterator[list[str]]:
    """The statements that write, while a test runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("UPDATE", "INSERT", "DELETE")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def age(database: Database, seconds: float) -> None:
    """Let all keys have been used, and made, so long ago."""
    with database.begin() as connection:
        connection.execute(update(keys).values(used_at=now(-seconds), created_at=now(-seconds)))


def refusal(credentials: Credentials, secret: str) -> str:
    with pytest.raises(KeyRefused) as refused:
        credentials.of_key(secret)
    return str(refused.value)


def test_a_key_is_its_users_and_only_its_digest_is_stored(users: Users, credentials: Credentials, database: Database):
    made = users.add_key("ann", "read", "laptop")
    assert credentials.of_key(made.secret) == Credential("ann", "read", key=made.key.id)
    assert is_strong(made.secret)
    assert not is_strong(IN_SETTINGS)
    with database.read() as connection:
        stored = repr(connection.execute(select(keys)).all())
    assert made.key.hint in stored
    assert made.secret not in stored


def test_a_wrong_key_opens_nothing(users: Users, credentials: Credentials):
    users.add_key("ann", "read")
    assert "does not know the key" in refusal(credentials, "inlay_wrong")


def test_a_revoked_key_opens_nothing_from_then_on(users: Users, credentials: Credentials):
    made, other = users.add_key("ann", "submit"), users.add_key("ann", "submit")
    first = users.revoke(made.key.id)
    assert "was revoked" in refusal(credentials, made.secret)
    assert users.revoke(made.key.id).revoked_at == first.revoked_at
    assert credentials.of_key(other.secret).key == other.key.id
    assert [key.works for key in users.keys_of("ann")].count(True) == 1


def test_a_key_expires(users: Users, credentials: Credentials, database: Database):
    made = users.add_key("ann", "submit", days=1)
    assert made.key.expires_at is not None
    assert made.key.expires_at - made.key.created_at == pytest.approx(timedelta(days=1), abs=timedelta(seconds=1))
    credentials.of_key(made.secret)
    with database.begin() as connection:
        connection.execute(update(keys).values(expires_at=now(-1)))
    assert "has expired" in refusal(credentials, made.secret)


def test_a_disabled_users_keys_open_nothing_until_they_are_enabled(users: Users, credentials: Credentials):
    made = users.add_key("ann", "submit")
    assert users.disable("ann", True).disabled
    assert "ann, who is disabled" in refusal(credentials, made.secret)
    assert users.get("ann").keys == 0
    users.disable("ann", False)
    assert credentials.of_key(made.secret).owner == "ann"


def test_a_key_in_the_settings_keeps_its_owner(users: Users, credentials: Credentials):
    assert credentials.of_key(IN_SETTINGS) == Credential("bob", "submit", entry=digest(IN_SETTINGS))
    users.add("bob")
    users.disable("bob", True)
    assert "bob, who is disabled" in refusal(credentials, IN_SETTINGS)


def test_the_last_use_is_written_at_most_once_a_minute(
    users: Users, credentials: Credentials, database: Database, writes: list[str]
):
    made = users.add_key("ann", "submit")
    writes.clear()
    for _ in range(3):
        credentials.of_key(made.secret)
    assert len(writes) == 1
    (key,) = users.keys_of("ann")
    assert key.used_at is not None
    assert users.get("ann").used_at == key.used_at
    age(database, 61)
    credentials.of_key(made.secret)
    (again,) = users.keys_of("ann")
    assert again.used_at is not None
    assert again.used_at >= key.used_at


def test_a_rotated_key_works_beside_the_new_one_for_a_while(users: Users, credentials: Credentials, database: Database):
    old = users.add_key("ann", "admin", "laptop", days=30)
    new = users.rotate(old.key.id, HOUR)
    assert (new.key.user, new.key.scope, new.key.label) == ("ann", "admin", "laptop")
    assert credentials.of_key(old.secret).owner == credentials.of_key(new.secret).owner == "ann"
    first, second = sorted(users.keys_of("ann"), key=lambda key: key.id == new.key.id)
    assert first.expires_at is not None
    assert second.expires_at is not None
    assert first.expires_at - first.created_at < timedelta(seconds=HOUR + 60)
    assert second.expires_at - second.created_at == pytest.approx(timedelta(seconds=30 * DAY), abs=timedelta(seconds=2))
    with pytest.raises(Conflict, match="does not work any more"):
        users.rotate(users.revoke(old.key.id).id, HOUR)


def test_a_rotation_never_prolongs_the_old_key(users: Users):
    old = users.add_key("ann", "submit", days=1)
    users.rotate(old.key.id, 3 * DAY)
    assert old.key.expires_at in {key.expires_at for key in users.keys_of("ann")}


def test_a_key_is_rotated_once_and_then_the_new_one_is(users: Users):
    old = users.add_key("ann", "submit", days=30)
    new = users.rotate(old.key.id, HOUR)
    with pytest.raises(Conflict, match=f"the key {str(new.key.id)[:8]} is in its place"):
        users.rotate(old.key.id, HOUR)
    last = users.rotate(new.key.id, HOUR).key
    assert last.expires_at is not None
    assert last.expires_at - last.created_at > timedelta(days=29)
    assert len(users.keys_of("ann")) == 3


def test_requests_at_the_same_time_rotate_a_key_once(users: Users):
    old = users.add_key("ann", "submit")

    def rotate(_: int) -> bool:
        try:
            users.rotate(old.key.id, HOUR)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(rotate, range(4))) == 1


def test_removing_a_user_removes_the_keys(users: Users, credentials: Credentials):
    users.add("cy")
    made = users.add_key("cy", "submit")
    users.remove("cy")
    assert "does not know the key" in refusal(credentials, made.secret)
    assert [user.name for user in users.all()] == ["ann"]


def test_removing_a_user_removes_the_webhooks_and_their_secret(users: Users, database: Database):
    hooks, jobs = Webhooks(database), Jobs(database)
    for name in ("cy", "di"):
        users.add(name)
        hooks.create(name, HOOK)
        submit(jobs, name, webhook=HOOK)
    before = {name: hooks.secret(name) for name in ("cy", "di")}
    users.remove("cy")
    with database.read() as connection:
        assert {*connection.scalars(select(webhooks.c.owner))} == {"di"}
    users.add("cy")
    assert hooks.all("cy") == []
    assert hooks.secret("cy") != before["cy"]
    assert hooks.secret("di") == before["di"]


def test_an_owner_who_is_no_user_keeps_their_webhooks(users: Users, database: Database):
    Webhooks(database).create("bob", HOOK)
    with pytest.raises(NotFound):
        users.remove("bob")
    assert len(Webhooks(database).all("bob")) == 1


def test_the_last_user_goes_only_if_that_is_meant(users: Users, credentials: Credentials):
    with pytest.raises(Conflict, match="the last user"):
        users.remove("ann")
    assert credentials.any_users()
    users.remove("ann", even_the_last=True)
    assert not credentials.any_users()


def test_what_does_not_exist_is_not_found(users: Users):
    for missing in (
        lambda: users.remove("zoe", even_the_last=True),
        lambda: users.disable("zoe", True),
        lambda: users.add_key("zoe", "read"),
        lambda: users.keys_of("zoe"),
    ):
        with pytest.raises(NotFound, match="no user zoe"):
            missing()
    for missing in (lambda: users.revoke(uuid4()), lambda: users.rotate(uuid4(), 1)):
        with pytest.raises(NotFound, match="no key"):
            missing()
    with pytest.raises(Conflict, match="a user ann already"):
        users.add("ann")


def test_a_sign_in_lasts_as_long_as_its_key(users: Users, credentials: Credentials, database: Database):
    made = users.add_key("ann", "read")
    signed_in, session = credentials.sign_in(made.secret)
    assert credentials.of_session(session) == signed_in
    assert signed_in.session == digest(session)
    assert session not in repr(signed_in)
    users.revoke(made.key.id)
    with pytest.raises(KeyRefused, match="was revoked"):
        credentials.of_session(session)
    with database.read() as connection:
        assert session not in repr(connection.execute(select(sessions)).all())


def test_a_sign_in_ends(users: Users, credentials: Credentials, database: Database):
    made = users.add_key("ann", "read")
    (first, one), (_, two) = credentials.sign_in(made.secret), credentials.sign_in(made.secret)
    assert one != two
    assert first.session is not None
    credentials.sign_out(first.session)
    with pytest.raises(KeyRefused, match="not signed in"):
        credentials.of_session(one)
    credentials.of_session(two)
    with database.begin() as connection:
        connection.execute(update(sessions).values(expires_at=now(-1)))
    with pytest.raises(KeyRefused, match="not signed in"):
        credentials.of_session(two)
    assert expire_sign_ins(database) == 1


def test_a_sign_in_with_a_key_of_the_settings(credentials: Credentials, database: Database):
    signed_in, session = credentials.sign_in(IN_SETTINGS)
    assert (signed_in.owner, credentials.of_session(session)) == ("bob", signed_in)
    with pytest.raises(KeyRefused, match="does not know the key"):
        Credentials(database, {}, HOUR).of_session(session)


def test_open_streams_lose_what_is_no_longer_valid(users: Users, credentials: Credentials):
    kept, revoked = users.add_key("ann", "read"), users.add_key("ann", "read")
    users.add("cy")
    disabled = users.add_key("cy", "read")
    shown = {credentials.of_key(one) for one in (kept.secret, revoked.secret, disabled.secret, IN_SETTINGS)}
    signed_out, session = credentials.sign_in(kept.secret)
    shown |= {signed_out, credentials.sign_in(kept.secret)[0]}
    assert credentials.valid(shown) == shown
    users.revoke(revoked.key.id)
    users.disable("cy", True)
    credentials.sign_out(digest(session))
    left = credentials.valid(shown)
    assert {one.owner for one in left} == {"ann", "bob"}
    assert shown - left == {
        Credential("ann", "read", key=revoked.key.id),
        Credential("cy", "read", key=disabled.key.id),
        signed_out,
    }
