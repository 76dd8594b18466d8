"""The one place that reads the environment: `.env` and variables become one frozen, validated `Settings`."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import msgspec
from dotenv import dotenv_values
from msgspec import Meta, Struct

from bot.errors import SettingsError

CAT_API = "https://api.thecatapi.com/v1"
DOG_API = "https://api.thedogapi.com/v1"
DISCORD_API = "https://discord.com/api/v10"


class Secret:
    """A text that shows itself to nobody: not in a repr, a log line or an error."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def _about(text: str, **checks: Any) -> Meta:
    return Meta(description=text, **checks)


class Settings(Struct, frozen=True, kw_only=True):
    """Everything an operator can set; each field is the environment variable of the same name in capitals."""

    discord_token: Annotated[
        Secret | None,
        _about("The bot's token from Discord's developer portal. Without one the sandbox starts."),
    ] = None
    discord_api_url: Annotated[
        str, _about("Where Discord's REST API is: change it for a proxy or a test double only.")
    ] = DISCORD_API
    discord_gateway_url: Annotated[
        str | None, _about("Where the gateway is (ws:// or wss://); empty: Discord's own.")
    ] = None
    cat_api_url: Annotated[str, _about("Where TheCatAPI is, version included.")] = CAT_API
    cat_api_key: Annotated[
        Secret | None,
        _about("Key of TheCatAPI. Without one: no breeds on random pictures, and votes stay on your machine."),
    ] = None
    dog_api_url: Annotated[str, _about("Where TheDogAPI is, version included.")] = DOG_API
    dog_api_key: Annotated[Secret | None, _about("Key of TheDogAPI; as for cats.")] = None
    data_dir: Annotated[Path, _about("The folder for what the bot keeps: database, cache, secret. Back it up.")] = Path(
        "data"
    )
    database_url: Annotated[
        Secret | None,
        _about("Database; empty: SQLite in DATA_DIR. PostgreSQL: postgresql://user:password@host/name."),
    ] = None
    sub_id_secret: Annotated[
        Secret | None,
        _about("Turns members into pseudonyms for the services; 32 characters or more. SQLite: made on first run."),
    ] = None
    guild_data_days: Annotated[
        int,
        _about("Days after which the data of a server that the bot left are deleted; 0 at once.", ge=0, le=3650),
    ] = 30
    seed_reactions: Annotated[
        bool, _about("Whether the bot puts 👍 👎 ❤️ below each single picture, beside its buttons: true or false.")
    ] = False
    contact_url: Annotated[
        str | None, _about("A page or mailto: about your bot, sent to the services in the User-Agent.")
    ] = None
    sandbox_port: Annotated[
        int, _about("Port of the sandbox's page on this machine; 0 picks a free one.", ge=0, le=65535)
    ] = 8420
    http_port: Annotated[
        Annotated[int, Meta(ge=0, le=65535)] | None,
        _about("Port of /livez, /healthz and /metrics; empty: none of them; 0 picks a free one."),
    ] = None
    http_host: Annotated[
        str, _about("Where that port listens: this machine only, or 0.0.0.0 for every network it is in.")
    ] = "127.0.0.1"
    log_level: Annotated[
        str, _about("How much is logged: DEBUG, INFO, WARNING or ERROR.", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    ] = "INFO"

    log_format: Annotated[
        str, _about("How a log line looks: text for people, json for machines.", pattern="^(text|json)$")
    ] = "text"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must stand in no log line; of the database's address that is the password."""
        given = [getattr(self, name) for name in self.__struct_fields__ if name != "database_url"]
        found = [value.reveal() for value in given if isinstance(value, Secret)]
        if self.sub_id_secret is not None:
            # Several are written 1:first,2:second.
            found += [part.partition(":")[2].strip() for part in self.sub_id_secret.reveal().split(",") if ":" in part]
        if self.database_url is not None:
            password = _PASSWORD.match(self.database_url.reveal())
            found += [password[1], unquote(password[1])] if password else []
        return tuple(dict.fromkeys(found))

    @property
    def sandboxed(self) -> bool:
        """Whether there is no token, so that the sandbox runs."""
        return self.discord_token is None

    @property
    def database(self) -> str:
        """The database's address in SQLAlchemy's form, with the asynchronous driver."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'pawprint.sqlite3'}"
        address = _POSTGRES.sub("postgresql+asyncpg://", self.database_url.reveal())
        return _SQLITE.sub("sqlite+aiosqlite:///", address)

    @property
    def user_agent(self) -> str:
        """What every request to a service calls itself."""
        from bot import __version__

        return f"Pawprint/{__version__} (+{self.contact_url or 'self-hosted Discord bot'})"


_POSTGRES = re.compile(r"^postgres(?:ql)?(?:\+asyncpg)?://")
_SQLITE = re.compile(r"^sqlite(?:\+aiosqlite)?:///(?=.)")
_PASSWORD = re.compile(r"[^:]+://[^:/@]*:(.+)@")
_LEAST_SECRET = 32
_SCHEMES = {
    "discord_api_url": ("http", "https"),
    "discord_gateway_url": ("ws", "wss"),
    "cat_api_url": ("http", "https"),
    "dog_api_url": ("http", "https"),
    "contact_url": ("http", "https", "mailto"),
}
_SWITCH = dict.fromkeys(("true", "1", "yes", "on"), True) | dict.fromkeys(("false", "0", "no", "off"), False)
_WORD = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")
# Sent in a header, where a line break or an accent has no place.
_SENT = ("discord_token", "cat_api_key", "dog_api_key")
# What operators reach for and the field that they mean by it is too far for a spelling check.
_MISTAKEN = {"TOKEN": "DISCORD_TOKEN", "BOT_TOKEN": "DISCORD_TOKEN", "CAT_KEY": "CAT_API_KEY", "DOG_KEY": "DOG_API_KEY"}

_log = logging.getLogger(__name__)


def _convert(field: msgspec.structs.FieldInfo, raw: str) -> Any:
    kinds = _parts(field.type)
    if Secret in kinds:
        return Secret(raw)
    if Path in kinds:
        return Path(raw).expanduser()
    if field.name == "log_level":
        raw = raw.upper()
    if field.name == "log_format":
        raw = raw.lower()
    if bool in kinds:
        if raw.lower() not in _SWITCH:
            raise msgspec.ValidationError("use true or false")
        return _SWITCH[raw.lower()]
    return msgspec.convert(raw, field.type, strict=False)


def _parts(kind: Any) -> tuple[Any, ...]:
    inner = getattr(kind, "__origin__", kind)
    return (inner, *getattr(inner, "__args__", ()))


def parse(environ: Mapping[str, str]) -> Settings:
    """Build the settings from variables; raise `SettingsError` that names every fault at once.

    A variable that is set but blank counts as not set.
    """
    faults: list[str] = []
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        name = field.name.upper()
        raw = environ.get(name, "").strip()
        if not raw:
            continue
        try:
            values[field.name] = _convert(field, raw)
        except (msgspec.ValidationError, RuntimeError) as error:  # RuntimeError: ~name of nobody
            faults.append(f"{name}: {_explain(name, error)}")
    faults += _cross_checks(values)
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _explain(name: str, error: Exception) -> str:
    if name == "LOG_LEVEL":
        return "use DEBUG, INFO, WARNING or ERROR."
    if name == "LOG_FORMAT":
        return "use text or json."
    if name in ("SANDBOX_PORT", "HTTP_PORT"):
        return "must be a whole number from 0 to 65535."
    return str(error).partition(" - at ")[0].replace("`", "'").rstrip(".") + "."


def _cross_checks(values: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{field.upper()}: {fault}"
        for field, schemes in _SCHEMES.items()
        if field in values and (fault := _address_fault(values[field], schemes, plain=field != "contact_url"))
    ]
    faults += [
        f"{field.upper()}: must be one word, without spaces or accents: copy it anew."
        for field in _SENT
        if field in values and not _WORD.fullmatch(values[field].reveal())
    ]
    if not _HOST.fullmatch(values.get("http_host", "localhost")):
        faults.append("HTTP_HOST: must be a name or an address, without a port.")
    return faults + _database_faults(values)


def _address_fault(address: str, schemes: tuple[str, ...], *, plain: bool) -> str | None:
    """Return what is wrong with an address; a `plain` one is a base that paths are added to."""
    if not _WORD.fullmatch(address):
        return "must not hold spaces or accents."
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname if parts.scheme != "mailto" else parts.path) and parts.port != 0
    except ValueError:
        return "cannot be read as an address: look at its host and port."
    if parts.scheme not in schemes or not named:
        return f"must begin with {' or '.join(f'{scheme}:' for scheme in schemes)} and name a host."
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password."
    if plain and ("?" in address or "#" in address):
        return "must not hold a ? or #."
    return None


def _database_faults(values: Mapping[str, Any]) -> list[str]:
    faults: list[str] = []
    database, secret = values.get("database_url"), values.get("sub_id_secret")
    if database is None:
        # The address of the file is built from the folder, and its query begins there.
        if "?" in str(values.get("data_dir", "")):
            faults.append("DATA_DIR: must not hold a ?.")
    elif not (_POSTGRES.match(database.reveal()) or _SQLITE.match(database.reveal())):
        faults.append("DATABASE_URL: use postgresql://… or sqlite:///….")
    if secret is not None and len(secret.reveal()) < _LEAST_SECRET:
        faults.append(f"SUB_ID_SECRET: at least {_LEAST_SECRET} characters; `openssl rand -hex 32` makes a good one.")
    if database is not None and _POSTGRES.match(database.reveal()) and secret is None:
        faults.append("SUB_ID_SECRET: needed with PostgreSQL, the same for every process; `openssl rand -hex 32`.")
    return faults


def load(environ: Mapping[str, str], env_file: Path | None) -> Settings:
    """Read `.env` (if there is one) below the environment, and build the settings.

    The environment wins, also with a blank: `DISCORD_TOKEN= make run` is a run without the token of `.env`.
    """
    from_file: dict[str, str] = {}
    if env_file is not None and env_file.is_file():
        try:
            # utf-8-sig: some editors put a mark before the first name.
            found = dotenv_values(env_file, interpolate=False, encoding="utf-8-sig")
            from_file = {name: value or "" for name, value in found.items()}
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError([f"{env_file} cannot be read: {error}"]) from error
        _warn_of_slips(from_file)
    return parse({**from_file, **environ})


def _warn_of_slips(names: Mapping[str, str]) -> None:
    known = [field.name.upper() for field in msgspec.structs.fields(Settings)]
    for name in names:
        if name in known:
            continue
        asked = name.upper()
        meant = _MISTAKEN.get(asked) or next(iter(difflib.get_close_matches(asked, known, n=1, cutoff=0.8)), None)
        if meant:
            _log.warning(".env: %s is not a setting of Pawprint; did you mean %s?", name, meant)
