"""`inlay backup` while a server runs, `inlay restore` into an empty home, and what neither of them does."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from typer.testing import CliRunner, Result

from backend.store.credentials import Credentials, KeyRefused
from backend.store.database import connect
from backend.store.images import Images
from backend.store.jobs import Jobs
from backend.store.migrations import migrate
from backend.store.tickets import Tickets
from backend.store.users import Users
from inlay.backup import making
from inlay.cli import app
from inlay.home import Home
from tests.integration.deployment import BIN, ROOT, wait_for
from tests.integration.embedded import CUT, Embedded
from tests.integration.store.samples import claimed, picture, submit

Change = Callable[[dict[str, bytes], dict[str, Any]], None]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A data folder with a finished job and its picture."""
    return made(tmp_path / "here")


def made(folder: Path, name: str = "ann", pictures: int = 1, size: int = 1000) -> Path:
    folder.mkdir()
    migrate(f"sqlite:///{folder / 'inlay.db'}")
    store, images = Jobs(connect(f"sqlite:///{folder / 'inlay.db'}")), Images((folder / "images").as_uri())
    for number in range(pictures):
        submit(store, name)
        claim = claimed(store)
        images.put(picture(claim).key, bytes([number % 256]) * size)
        store.finish(claim, [picture(claim)], 1.0)
    store.database.close()
    return folder


def inlay(home: Path, *words: str) -> Result:
    return CliRunner(env={"INLAY_DATA": str(home)}).invoke(app, words)


def said(result: Result) -> str:
    return " ".join(result.output.split())


def contents(home: Path) -> tuple[list[str], dict[str, bytes]]:
    """Return the owners of all jobs, and the files in the picture store."""
    connection = sqlite3.connect(home / "inlay.db")
    owners = [row[0] for row in connection.execute("SELECT owner FROM jobs ORDER BY number")]
    connection.close()
    files = {str(path.relative_to(home)): path.read_bytes() for path in (home / "images").rglob("*") if path.is_file()}
    return owners, files


def leftovers(home: Path) -> set[str]:
    return {path.name for path in home.iterdir()} - {"inlay.db", "inlay.db-wal", "inlay.db-shm", "images", "lock"}


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    (tmp_path / "first").mkdir()
    server = Embedded(tmp_path / "first")
    try:
        yield server
    finally:
        server.stop()


def test_a_backup_of_a_running_server_is_restored_and_served(embedded: Embedded, tmp_path: Path) -> None:
    embedded.start()
    whole = embedded.undisturbed()
    cut = embedded.submit()
    embedded.at_step(cut, CUT)
    archive = tmp_path / "inlay.zip"
    result = inlay(tmp_path / "first" / "data", "backup", str(archive))
    assert result.exit_code == 0, result.output
    assert "Wrote" in result.output
    assert archive.stat().st_mode & 0o777 == 0o600
    pictures = embedded.pixels(whole), embedded.frames(whole)
    embedded.stop()

    (tmp_path / "second").mkdir()
    second = Embedded(tmp_path / "second")
    result = inlay(tmp_path / "second" / "data", "restore", str(archive))
    assert result.exit_code == 0, result.output
    second.start()
    try:
        assert (second.pixels(whole), second.frames(whole)) == pictures
        wait_for(lambda: second.job(cut)["state"] == "succeeded", 120)
        assert second.pixels(cut) == pictures[0]
    finally:
        second.stop()


def test_a_restore_ends_sign_ins_and_says_that_revoked_keys_work_again(here: Path, tmp_path: Path) -> None:
    with closing(connect(f"sqlite:///{here / 'inlay.db'}")) as database:
        users = Users(database)
        users.add("ann")
        made = users.add_key("ann", "submit")
        credential, session = Credentials(database, {}, 3600).sign_in(made.secret)
        ticket = Tickets(database).issue(credential)
        inlay(here, "backup", str(tmp_path / "b.zip"))
        users.revoke(made.key.id)
    result = inlay(tmp_path / "there", "restore", str(tmp_path / "b.zip"))
    assert "Browsers must sign in again. Keys that were revoked" in said(result)
    assert "`inlay keys list`" in said(result)
    with closing(connect(f"sqlite:///{tmp_path / 'there' / 'inlay.db'}")) as database:
        credentials = Credentials(database, {}, 3600)
        assert credentials.of_key(made.secret).owner == "ann"
        with pytest.raises(KeyRefused, match="not signed in"):
            credentials.of_session(session)
        assert Tickets(database).consume(ticket) is None


def test_a_backup_holds_what_the_database_names_and_nothing_else(here: Path, tmp_path: Path) -> None:
    Images((here / "images").as_uri()).put(f"jobs/{UUID(int=1)}/1/stray.png", b"stray")
    inlay(here, "backup", str(tmp_path / "b.zip"))
    with ZipFile(tmp_path / "b.zip") as archive:
        names = archive.namelist()
    assert len(names) == 3
    assert not [name for name in names if "stray" in name]
    again = inlay(here, "backup", str(tmp_path / "b.zip"))
    assert again.exit_code == 1
    assert "exists already" in said(again)


def test_a_job_that_is_deleted_while_the_backup_is_made_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = made(tmp_path / "here", pictures=3)
    real = making.named_files
    deleted: list[UUID] = []

    def delete_one(database: Any) -> Any:
        named = real(database)
        if not deleted:
            key, id = next((key, id) for key, id in named.items() if id is not None)
            deleted.append(id)
            Jobs(connect(f"sqlite:///{here / 'inlay.db'}")).delete("ann", id)
            Images((here / "images").as_uri()).delete([key])
        return named

    monkeypatch.setattr(making, "named_files", delete_one)
    result = inlay(here, "backup", str(tmp_path / "b.zip"))
    assert result.exit_code == 0, result.output
    assert "2 jobs" in result.output
    assert "missing" not in result.output
    inlay(tmp_path / "there", "restore", str(tmp_path / "b.zip"))
    assert contents(tmp_path / "there") == contents(here)


def test_a_backup_says_that_pictures_were_lost_before(here: Path, tmp_path: Path) -> None:
    shutil.rmtree(here / "images" / "jobs")
    assert "1 files that jobs name were missing" in said(inlay(here, "backup", str(tmp_path / "b.zip")))
    assert inlay(tmp_path / "there", "restore", str(tmp_path / "b.zip")).exit_code == 0


def killed(words: list[str], home: Path, when: Callable[[], bool]) -> None:
    """Run a command and kill it as soon as a condition holds."""
    process = subprocess.Popen([str(BIN / "inlay"), *words], env=os.environ | {"INLAY_DATA": str(home)}, cwd=ROOT)
    wait_for(when, 60, 0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL


def is_large(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_size > 4 << 20
    return False


def test_a_killed_backup_and_a_killed_restore_leave_nothing_half_done(tmp_path: Path) -> None:
    here, there, archive = made(tmp_path / "here", pictures=60, size=1 << 20), tmp_path / "there", tmp_path / "b.zip"
    killed(["backup", str(archive)], here, lambda: is_large(tmp_path / "b.zip.part" / "archive"))
    assert not archive.exists()
    assert inlay(here, "backup", str(archive)).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "here"]

    killed(["restore", str(archive)], there, lambda: any((there / "restoring.part").rglob("*.png")))
    assert Home(there).is_empty()
    assert inlay(there, "restore", str(archive)).exit_code == 0
    assert contents(there) == contents(here)
    assert leftovers(there) == set()


@pytest.mark.parametrize("steps", range(7))
def test_a_restore_that_is_killed_while_it_replaces_is_ended_by_the_next_process(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Until the new files are complete, the old ones count; from then on, the new ones."""
    there = made(tmp_path / "there", "bob", pictures=2)
    (there / "inlay.db-wal").write_bytes(b"of the old database")
    old, new = contents(there), contents(here)
    (there / "inlay.db-wal").write_bytes(b"of the old database")
    inlay(here, "backup", str(tmp_path / "b.zip"))
    rename, left = Path.rename, [steps]

    def rename_or_die(self: Path, target: Path) -> Path:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename_or_die)
        result = inlay(there, "restore", "--replace", str(tmp_path / "b.zip"))
    assert (result.exit_code == 0) == (steps == 6), result.output
    with Home(there).taken():
        pass
    assert contents(there) == (old if steps == 0 else new)
    assert leftovers(there) <= {"restoring.part"}
    assert inlay(there, "restore", "--replace", str(tmp_path / "b.zip")).exit_code == 0
    assert contents(there) == new
    assert leftovers(there) == set()


def test_a_home_in_use_is_not_overwritten(here: Path, tmp_path: Path) -> None:
    inlay(here, "backup", str(tmp_path / "b.zip"))
    there = made(tmp_path / "there", "bob")
    refused = inlay(there, "restore", str(tmp_path / "b.zip"))
    assert refused.exit_code == 1
    assert "is in use already" in said(refused)
    assert contents(there)[0] == ["bob"]
    with Home(there).taken():
        locked = inlay(there, "restore", "--replace", str(tmp_path / "b.zip"))
    assert locked.exit_code == 1
    assert "Another Inlay already uses" in said(locked)
    assert inlay(there, "restore", "--replace", str(tmp_path / "b.zip")).exit_code == 0
    assert contents(there) == contents(here)


def changed(archive: Path, change: Change) -> None:
    """Rewrite an archive with other files and another manifest. What the manifest names keeps a true checksum."""
    with ZipFile(archive) as old:
        files = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(files, manifest)
    with ZipFile(archive, "w", ZIP_DEFLATED) as new:
        for name, data in files.items():
            new.writestr(name, data)
        new.writestr("manifest.json", json.dumps(manifest))


def other_entry(name: str) -> Change:
    def change(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
        files[name] = b"#!/bin/sh"
        manifest["files"][name] = {"bytes": 9, "sha256": hashlib.sha256(files[name]).hexdigest()}

    return change


def other_field(name: str, value: object) -> Change:
    return lambda files, manifest: manifest.update({name: value})


def other_picture(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    name = next(name for name in files if name.endswith(".png"))
    files[name] = b"another picture"


def bomb(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    name = next(name for name in files if name.endswith(".png"))
    files[name] = bytes(50 << 20)


def other_database(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["inlay.db"] = b"SQLite format 3\0" + bytes(5000)
    entry = {"bytes": len(files["inlay.db"]), "sha256": hashlib.sha256(files["inlay.db"]).hexdigest()}
    manifest["files"]["inlay.db"] = entry


def unnamed(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["images/jobs/extra.png"] = b"extra"


def no_database(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del files["inlay.db"], manifest["files"]["inlay.db"]


REFUSED: dict[str, tuple[Change, str]] = {
    "slip": (other_entry("images/../../evil.sh"), "no file of Inlay"),
    "absolute": (other_entry("/tmp/evil.sh"), "no file of Inlay"),
    "absolute picture": (other_entry("images//tmp/evil.sh"), "no file of Inlay"),
    "backslash": (other_entry("images/..\\evil.sh"), "no file of Inlay"),
    "hidden": (other_entry("images/.ssh/authorized_keys"), "no file of Inlay"),
    "beside": (other_entry("lock"), "no file of Inlay"),
    "another program's": (other_field("format", "other-backup"), "another program"),
    "newer format": (other_field("version", 2), "made by a newer Inlay"),
    "newer schema": (other_field("schema_revision", "9999"), "made by a newer Inlay"),
    "no size": (other_field("files", {"inlay.db": {}}), "cannot be read"),
    "changed": (other_picture, "has changed since the backup"),
    "bomb": (bomb, "has changed since the backup"),
    "unnamed": (unnamed, "does not name what it holds"),
    "database": (other_database, "its database is damaged"),
    "no database": (no_database, "no database"),
}


@pytest.mark.parametrize(("change", "says"), REFUSED.values(), ids=REFUSED)
def test_a_foreign_or_changed_archive_is_refused(here: Path, tmp_path: Path, change: Change, says: str) -> None:
    archive, there = tmp_path / "b.zip", tmp_path / "deep" / "there"
    inlay(here, "backup", str(archive))
    changed(archive, change)
    result = inlay(there, "restore", str(archive))
    assert result.exit_code == 1, result.output
    assert says in said(result)
    assert "Nothing was changed" in said(result)
    assert Home(there).is_empty()
    assert leftovers(there) == set()
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "empty"])
def test_a_damaged_file_is_refused(here: Path, tmp_path: Path, damage: str) -> None:
    archive = tmp_path / "b.zip"
    inlay(here, "backup", str(archive))
    data = bytearray(archive.read_bytes())
    data[200] ^= 255
    damaged = {"cut": data[: len(data) // 2], "flipped": data, "text": b"a letter", "empty": b""}[damage]
    archive.write_bytes(bytes(damaged))
    result = inlay(tmp_path / "there", "restore", str(archive))
    assert result.exit_code == 1
    assert "is damaged, or `inlay backup` did not write it" in said(result)
    assert Home(tmp_path / "there").is_empty()


def test_other_stores_are_backed_up_by_their_own_tools(tmp_path: Path) -> None:
    for name, value in (("INLAY_DATABASE_URL", "postgresql://x/y"), ("INLAY_IMAGES_URL", "s3://bucket")):
        for words in (("backup", "b.zip"), ("restore", "b.zip")):
            result = CliRunner(env={"INLAY_DATA": str(tmp_path), name: value}).invoke(app, words)
            assert result.exit_code == 1
            assert f"{name} is set" in said(result)
            assert "docs/deploy.md" in said(result)


def test_what_cannot_be_done_is_said(tmp_path: Path, here: Path) -> None:
    assert "nothing to back up" in said(inlay(tmp_path / "none", "backup", str(tmp_path / "b.zip")))
    assert "There is no file" in said(inlay(tmp_path / "none", "restore", str(tmp_path / "b.zip")))
    assert "is a folder" in said(inlay(tmp_path / "none", "restore", str(tmp_path)))
    missing = tmp_path / "no" / "folder" / "b.zip"
    assert f"{missing} could not be written: No such file" in said(inlay(here, "backup", str(missing)))


def test_a_database_that_cannot_be_copied_is_named(here: Path, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    database = here / "inlay.db"
    database.write_bytes(b"a letter" * 1000)
    result = inlay(here, "backup", str(archive))
    assert result.exit_code == 1
    copy = tmp_path / "b.zip.part" / "inlay.db"
    assert f"The database {database} could not be copied to {copy}: file is not a database." in said(result)
    assert "inlay restore" in said(result)
    assert not archive.exists()
    assert not copy.parent.exists()


def test_a_restored_database_that_cannot_be_changed_is_named(here: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(here / "inlay.db")) as connection, connection:
        connection.execute("UPDATE jobs SET state = 'running'")
        connection.execute("CREATE TRIGGER full BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    inlay(here, "backup", str(tmp_path / "b.zip"))
    result = inlay(tmp_path / "there", "restore", str(tmp_path / "b.zip"))
    assert result.exit_code == 1
    assert "could not be changed: disk is full. Nothing was restored." in said(result)
    assert Home(tmp_path / "there").is_empty()
    assert leftovers(tmp_path / "there") == set()
