"""Settings come from the environment, refuse unsafe values, and never print a secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.api.settings import Settings
from backend.store.credentials import digest, new_key


def test_everything_has_a_default_that_a_laptop_can_use() -> None:
    settings = Settings()
    assert settings.database == "sqlite:///data/inlay.db"
    assert settings.images == (Path.cwd() / "data/images").as_uri()
    assert settings.host == "127.0.0.1"


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
    ("given", "kept"), [("", []), ("10.0.0.2, 10.1.0.0/16", ["10.0.0.2/32", "10.1.0.0/16"]), ("::1", ["::1/128"])]
)
def test_proxies_are_addresses_and_networks(given: str, kept: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PROXIES", given)
    assert [str(network) for network in Settings().proxies] == kept


def test_a_proxy_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_PROXIES", "proxy.example")
    with pytest.raises(ValidationError, match="not a valid IPv"):
        Settings()


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
