"""Settings come from the environment, refuse unsafe values, and never print a secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.api.auth import digest, new_key
from backend.api.settings import Settings


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "studio.example.org"])
def test_a_public_address_needs_keys(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="set INLAY_API_KEYS"):
        Settings(host=host)
    key = new_key()
    monkeypatch.setenv("INLAY_API_KEYS", f"alice:{digest(key)}, bob:{digest('other')}")
    assert Settings(host=host).api_keys == {digest(key): "alice", digest("other"): "bob"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    assert not Settings(host=host).api_keys


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
