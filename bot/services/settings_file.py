"""The settings of a server as a file: what it is written as, and how one is read that anybody may have edited."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from bot.refused import BadSettingsFile
from bot.services.guild_settings import GuildSettings, read

VERSION: Final = 1
LARGEST: Final = 64 * 1024
"""In bytes; settings at their largest take a tenth of it."""


def write(settings: GuildSettings) -> bytes:
    """Return JSON with what differs from a server that set nothing; ids as texts, which no editor rounds."""
    file = {"pawprint_settings": VERSION, "settings": _with_texts(msgspec.to_builtins(settings))}
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def parse(content: bytes) -> GuildSettings:
    """Read a file. Raises `BadSettingsFile` that names every setting that cannot be taken over."""
    try:
        file = msgspec.json.decode(content, type=dict[str, Any]) if len(content) <= LARGEST else {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettingsFile from error
    raw = file.get("settings")
    if file.get("pawprint_settings") != VERSION or not isinstance(raw, dict):
        raise BadSettingsFile
    settings, faults = read(raw)
    if faults:
        known = [name for name in faults if name in GuildSettings.__struct_fields__]
        raise BadSettingsFile(known, [name for name in faults if name not in known])
    return settings


def _with_texts(value: Any, *, ids: bool = False) -> Any:
    """Write ids as texts: a channel, or what stands in a list."""
    match value:
        case dict():
            return {key: _with_texts(item, ids=key == "log_channel") for key, item in value.items()}
        case list() | tuple():
            return [_with_texts(item, ids=True) for item in value]
        case int() if ids:
            return str(value)
    return value
