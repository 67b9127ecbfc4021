"""`inlay users`, `inlay keys` and `inlay audit`: who may use a server, with which keys, and what was done."""

import getpass
import re
import socket
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from backend.contracts.access import Key, KeyLabel, NewKey, Scope, UserName
from backend.contracts.limits import MAX_KEY_DAYS, MAX_KEY_LABEL, MAX_USER_NAME
from backend.store.audit import Audit
from backend.store.database import Database
from backend.store.users import Users
from inlay.database import opened, settings_of, where
from inlay.terminal import fail, say, show

users_commands = typer.Typer(no_args_is_help=True, help="The users of a server.")
keys_commands = typer.Typer(no_args_is_help=True, help="The API keys of the users.")

Name = Annotated[str, typer.Argument(metavar="USER", help="The name of the user.")]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="The id of the key, as `inlay keys list` shows it.")]
_ID = re.compile(r"[0-9a-f-]{4,36}", re.IGNORECASE)
_name, _label = TypeAdapter[str](UserName), TypeAdapter[str](KeyLabel)


@users_commands.command("add")
def add_user(name: Name) -> None:
    """Add a user. `inlay keys add` then makes a key for them."""
    check_name(name)
    settings = settings_of()
    with opened(settings) as database:
        Users(database).add(name)
        note(database, "addUser", [name])
    say(f"Added the user {name} to {where(settings)}. Make a key with `inlay keys add {name}`.")


@users_commands.command("list")
def list_users() -> None:
    """List the users: how many keys of theirs work, and when one was last used."""
    with opened(settings_of()) as database:
        found = Users(database).all()
    if not found:
        say("There are no users. A server on a loopback address asks nobody for a key; `inlay users add` adds a user.")
        return
    table = Table("user", "state", "keys", "last use (UTC)", "added (UTC)", box=None, pad_edge=False)
    for user in found:
        state = "disabled" if user.disabled else "active"
        table.add_row(escape(user.name), state, str(user.keys), _moment(user.used_at), _moment(user.created_at))
    show(table)


@users_commands.command("disable")
def disable_user(name: Name) -> None:
    """Disable a user: their keys open nothing from now on. Their jobs stay. Running ones go on, and queued ones wait
    until the user is enabled again."""
    with opened(settings_of()) as database:
        Users(database).disable(name, True)
        note(database, "disableUser", [name])
    say(f"Disabled {name}. `inlay users enable {name}` undoes it.")


@users_commands.command("enable")
def enable_user(name: Name) -> None:
    """Enable a disabled user again."""
    with opened(settings_of()) as database:
        Users(database).disable(name, False)
        note(database, "enableUser", [name])
    say(f"Enabled {name}.")


@users_commands.command("remove")
def remove_user(
    name: Name, last: Annotated[bool, typer.Option("--last", help="Remove even the last user.")] = False
) -> None:
    """Remove a user, their keys and their webhooks. Their jobs stay: an admin sees them, and so does a new user of the
    same name."""
    with opened(settings_of()) as database:
        Users(database).remove(name, even_the_last=last)
        note(database, "removeUser", [name])
    say(f"Removed {name}, their keys and their webhooks.")


@keys_commands.command("add")
def add_key(
    name: Name,
    scope: Annotated[
        Scope,
        typer.Option(help="read: look; submit: also change what is the user's; admin: see and change everything."),
    ] = "submit",
    label: Annotated[str, typer.Option(help="A note by which you know the key again.")] = "",
    days: Annotated[
        float | None, typer.Option(min=0.001, max=MAX_KEY_DAYS, help="The key expires after so many days.")
    ] = None,
) -> None:
    """Make a key for a user, and print it once. The server keeps only its SHA-256."""
    _check(_label, label, f"A label has at most {MAX_KEY_LABEL} characters, and no line breaks or other hidden ones.")
    with opened(settings_of()) as database:
        made = Users(database).add_key(name, scope, label, days)
        note(database, "addKey", [str(made.key.id)])
    _print_new(made)


@keys_commands.command("list")
def list_keys(
    name: Annotated[str | None, typer.Argument(metavar="[USER]", help="List only this user's keys.")] = None,
) -> None:
    """List the keys: their scopes, when they expire and when they were last used. Keys in INLAY_API_KEYS come last."""
    settings = settings_of()
    with opened(settings) as database:
        found = Users(database).keys_of(name)
    table = Table("key", "begins", "user", "scope", "state", "last use (UTC)", "label", box=None, pad_edge=False)
    for key in found:
        row = (str(key.id)[:8], f"{key.hint}…", key.user, key.scope, _state(key), _moment(key.used_at), key.label)
        table.add_row(*map(escape, row))
    for digest, owner in settings.api_keys.items():
        if name in (None, owner):
            table.add_row(digest[:8], "", escape(owner), "submit", "in INLAY_API_KEYS", "", "")
    if table.row_count:
        show(table)
    else:
        say("There are no keys. `inlay keys add USER` makes one.")


@keys_commands.command("rotate")
def rotate_key(
    id: KeyId,
    hours: Annotated[float, typer.Option(min=0, max=8760, help="The old key works for so many hours longer.")] = 24.0,
) -> None:
    """Make a new key in the place of an old one, with the same user, scope and label. For a while, both work.
    A key is rotated once."""
    with opened(settings_of()) as database:
        made = Users(database).rotate(_known(database, id), hours * 3600)
        note(database, "rotateKey", [str(made.key.id)])
    _print_new(made)
    say(f"The old key works for {hours:g} hours longer.")


@keys_commands.command("revoke")
def revoke_key(id: KeyId) -> None:
    """Revoke a key. From now on it opens nothing, and browsers that signed in with it are signed out."""
    with opened(settings_of()) as database:
        key = Users(database).revoke(_known(database, id))
        note(database, "revokeKey", [str(key.id)])
    say(f"Revoked the key {str(key.id)[:8]} of {key.user}.")


def list_audit(
    actor: Annotated[str | None, typer.Option(help="List only what this owner did.")] = None,
    object: Annotated[str | None, typer.Option(help="List only what was done to this object, by its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The number of entries.")] = 50,
) -> None:
    """List what was done on the server, and by whom, the newest first."""
    with opened(settings_of()) as database:
        found = Audit(database).page(actor=actor, object=object, limit=limit)
    table = Table("when (UTC)", "who", "action", "object", "with", "from", box=None, pad_edge=False)
    for one in found:
        row = (f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, one.action, one.object, one.means, one.address)
        table.add_row(*map(escape, row))
    show(table)


def check_name(name: str) -> None:
    """End the command if no user can have this name."""
    _check(
        _name,
        name,
        f"A user's name has at most {MAX_USER_NAME} letters (a-z), digits and the signs . _ @ + -, and begins with a "
        "letter or a digit.",
    )


def note(database: Database, action: str, objects: Sequence[str]) -> None:
    """Note in the audit log what this command has done. The actor is the user of this machine."""
    Audit(database).record(getpass.getuser(), "command line", socket.gethostname(), action, objects)


def _print_new(made: NewKey) -> None:
    key = made.key
    say(f"key    {made.secret}")
    say(
        f"id     {str(key.id)[:8]}   scope {key.scope}   user {key.user}   expires {_moment(key.expires_at) or 'never'}"
    )
    say("Copy the key now: it is not shown again.")


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.works:
        return f"until {_moment(key.expires_at)}" if key.expires_at else "active"
    return "expired" if key.expires_at and key.expires_at <= datetime.now(key.expires_at.tzinfo) else "user disabled"


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _check(kind: TypeAdapter[str], value: str, sentence: str) -> None:
    try:
        kind.validate_python(value)
    except ValidationError:
        fail(sentence)


def _known(database: Database, id: str) -> UUID:
    """Return the key whose id begins with these digits."""
    found = [key.id for key in Users(database).keys_of() if str(key.id).startswith(id.lower())]
    if len(found) != 1 or not _ID.fullmatch(id):
        many = "More than one key has an id that begins" if len(found) > 1 else "No key has an id that begins"
        fail(f"{many} with {id!r}. `inlay keys list` shows the ids; the keys in INLAY_API_KEYS are changed there.")
    return found[0]
