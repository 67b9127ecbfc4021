"""Settings come from the environment, refuse unsafe values, and never print a secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.api.settings import Settings
from backend.settings import CHECKOUT, SharedSettings
from backend.store.credentials import digest, new_key
from worker.settings import Settings as WorkerSettings


def test_everything_has_a_default_that_a_laptop_can_use() -> None:
    settings = Settings()
    assert settings.host == "127.0.0.1"


def test_the_data_is_in_the_checkout_whatever_the_current_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.database == f"sqlite:///{CHECKOUT}/data/inlay.db"
    assert settings.images == (CHECKOUT / "data/images").as_uri()


@pytest.mark.parametrize("kind", [Settings, WorkerSettings])
def test_an_empty_value_counts_as_unset(kind: type[SharedSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    """An env file has a line for each setting, most of them empty."""
    usual = kind()
    for name in kind.model_fields:
        monkeypatch.setenv(f"INLAY_{name.upper()}", "")
    assert kind() == usual


def test_other_variables_do_not_disturb_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Settings()
    for line in (CHECKOUT / ".env.example").read_text().splitlines():
        name, _, _ = line.partition("=")
        if name and not line.startswith(("#", "INLAY_")):
            monkeypatch.setenv(name, "8080")
    assert Settings() == usual


ADDRESSES = [
    ("INLAY_DATABASE_URL", "foo", "not the address of a database"),
    ("INLAY_DATABASE_URL", "postgres://u:hunter2@h/inlay", "write it as postgresql://"),
    ("INLAY_DATABASE_URL", "postgresql://u:hunter2@h:x/inlay", "not the address of a database"),
    ("INLAY_DATABASE_URL", "postgresql://u:hunter2@h:99999/inlay", "99999 is not a port"),
    ("INLAY_DATABASE_URL", "postgresql+asyncpg://u:hunter2@h/inlay", "not a database that Inlay can use"),
    ("INLAY_DATABASE_URL", "postgresql://u:hunter2@x@h/inlay", "write %40 in its place"),
    ("INLAY_REDIS_URL", "host:6379", "write it as redis://host:6379/0"),
    ("INLAY_REDIS_URL", "redis://:hunter2@host:x/0", "write it as redis://host:6379/0"),
    ("INLAY_REDIS_URL", "redis://host:6379/inlay", "write it as redis://host:6379/0"),
    ("INLAY_REDIS_STREAM_URL", "http://host:6379", "write it as redis://host:6379/0"),
    ("INLAY_IMAGES_URL", "/srv/x", "write it as file:///folder or s3://bucket"),
    ("INLAY_IMAGES_URL", "file://srv/x", "write it as file:///folder or s3://bucket"),
    ("INLAY_IMAGES_URL", "s3:bucket", "write it as file:///folder or s3://bucket"),
    ("INLAY_S3_ENDPOINT", "storage:8333", "write it as https://s3.example.org"),
]


@pytest.mark.parametrize(("name", "value", "says"), ADDRESSES)
def test_a_wrong_address_is_refused_by_its_name(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        Settings.read()
    assert str(ended.value).startswith(f"{name}: ")
    assert says in str(ended.value)
    assert "hunter2" not in str(ended.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INLAY_DATABASE_URL", "postgresql://inlay@127.0.0.1:5432/inlay"),
        ("INLAY_DATABASE_URL", "postgresql+psycopg:///inlay?host=/run/postgresql"),
        ("INLAY_DATABASE_URL", "sqlite:////srv/inlay.db"),
        ("INLAY_REDIS_URL", "redis://:secret@[::1]:6379"),
        ("INLAY_REDIS_URL", "rediss://redis.example:6380/1"),
        ("INLAY_IMAGES_URL", "file:///srv/pictures"),
        ("INLAY_IMAGES_URL", "s3://bucket/prefix"),
        ("INLAY_S3_ENDPOINT", "http://storage:8333"),
    ],
)
def test_a_right_address_is_taken(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    Settings.read()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_DATA", "/srv/inlay")
    monkeypatch.setenv("INLAY_MAX_STEPS", "50")
    monkeypatch.setenv("INLAY_ALLOWED_ORIGINS", "https://a.example, https://b.example:8443")
    settings = Settings()
    assert settings.database == "sqlite:////srv/inlay/inlay.db"
    assert settings.limits.max_steps == 50
    assert settings.allowed_origins == ("https://a.example", "https://b.example:8443")


def test_keys_are_read_as_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    monkeypatch.setenv("INLAY_API_KEYS", f"alice:{digest(key)}, bob:{digest('other')}")
    assert Settings(host="0.0.0.0").api_keys == {digest(key): "alice", digest("other"): "bob"}


@pytest.mark.parametrize(
    ("given", "kept"), [("none", []), ("10.0.0.2, 10.1.0.0/16", ["10.0.0.2/32", "10.1.0.0/16"]), ("::1", ["::1/128"])]
)
def test_proxies_are_addresses_and_networks(given: str, kept: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PROXIES", given)
    assert [str(network) for network in Settings().proxies] == kept


@pytest.mark.parametrize("given", ["proxy.example", "[::1]", "10.0.0.2/8"])
def test_a_proxy_without_an_address_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PROXIES", given)
    with pytest.raises(SystemExit, match=r"^INLAY_PROXIES: .*write it as 10\.0\.0\.2, ::1 or 10\.1\.0\.0/16$"):
        Settings.read()


def test_a_wrong_scope_is_refused_by_the_name_of_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_SIGN_IN_SCOPES", "artists:paint")
    with pytest.raises(SystemExit, match=r"^INLAY_SIGN_IN_SCOPES: "):
        Settings.read()


@pytest.mark.parametrize("given", ["0", " 0 "])
def test_a_limit_of_0_is_no_limit(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_RATE_LIMIT", given)
    assert Settings().rate_limit == ""


@pytest.mark.parametrize("entry", ["alice", "alice:", "alice:secret", f":{'0' * 64}", f"alice:{'G' * 64}"])
def test_a_key_in_the_clear_or_without_an_owner_is_refused(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_API_KEYS", entry)
    with pytest.raises(ValidationError, match="`inlay key OWNER` makes a key and its entry"):
        Settings()


@pytest.mark.parametrize("origin", ["studio.example.org", "https://studio.example.org/", "*", "https://"])
def test_an_origin_is_a_scheme_and_a_host(origin: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin"):
        Settings(allowed_origins=(origin,))


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_DATABASE_URL", "postgresql://inlay:hunter2@db/inlay")
    monkeypatch.setenv("INLAY_REDIS_URL", "redis://:hunter2@redis/0")
    monkeypatch.setenv("INLAY_S3_SECRET_KEY", "hunter2")
    monkeypatch.setenv("INLAY_API_KEYS", f"alice:{digest('hunter2')}")
    settings = Settings()
    assert digest("hunter2") not in repr(settings)
    assert "hunter2" in settings.database
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://inlay.example.org", "https://inlay.example.org"),
        ("https://inlay.example.org/", "https://inlay.example.org"),
        ("http://example.org:8080/tools/inlay-2/", "http://example.org:8080/tools/inlay-2"),
        ("", None),
    ],
)
def test_a_public_address_may_have_a_path(given: str, kept: str | None) -> None:
    assert Settings(public_url=given).public_url == kept


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("inlay.example.org", "is not the address of a site"),
        ("ftp://example.org/inlay", "is not the address of a site"),
        ("https:///inlay", "is not the address of a site"),
        ("https://example.org/inlay?a=b", "is not the address of a site"),
        ("https://example.org/my inlay", "may have only letters"),
        ("https://example.org//inlay", "may have only letters"),
        ("https://example.org/../inlay", "may have only letters"),
        ("https://example.org/api", "uses the path /api itself"),
    ],
)
def test_an_invalid_public_address_is_refused(address: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings(public_url=address)
