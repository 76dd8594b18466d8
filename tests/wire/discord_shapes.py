"""What Discord says, as JSON: the world of the double, and how answers and commands look on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import BodyPartReader, web

Json = dict[str, Any]
Files = tuple[tuple[str, bytes], ...]
"""Uploads in their order: file name and content."""

APPLICATION, GUILD, CHANNEL = 1001, 2002, 3003
PEOPLE: Mapping[str, int] = {"Mia": 11, "Noah": 12, "Zoe": 13, "Liam": 14}
EPHEMERAL, LOADING = 1 << 6, 1 << 7
EVERYTHING = str((1 << 50) - 1)

BOT: Json = {"id": str(APPLICATION), "username": "Pawprint", "discriminator": "0000", "avatar": None, "bot": True}
"""The bot's own user."""


def user(name: str) -> Json:
    """Return a person as a user."""
    return {
        "id": str(PEOPLE[name]),
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
    }


def reaction(emoji: str, left: Mapping[tuple[str, bool], list[int]]) -> Json:
    """Return one emoji of a message's reactions, of those who left it as a normal and as a super reaction."""
    normal, burst = left.get((emoji, False), []), left.get((emoji, True), [])
    counts = {"normal": len(normal), "burst": len(burst)}
    mine: Json = {"me": APPLICATION in normal, "me_burst": APPLICATION in burst, "burst_colors": []}
    return mine | {
        "emoji": {"id": None, "name": emoji},
        "count": counts["normal"] + counts["burst"],
        "count_details": counts,
    }


def member(name: str | int) -> Json:
    """Return a person as a member of the server; one of the crowd is a number, and so is the bot."""
    if isinstance(name, int):
        named = next((known for known, number in PEOPLE.items() if number == name), None)
        crowd = user("Mia") | {"id": str(name), "username": f"member-{name}", "global_name": None}
        who = BOT if name == APPLICATION else user(named) if named else crowd
    else:
        who = user(name)
    joined = {"joined_at": "2026-01-01T00:00:00+00:00", "roles": [], "deaf": False, "mute": False, "flags": 0}
    return joined | {"user": who}


def application() -> Json:
    """Return the bot's application."""
    about: Json = {"id": str(APPLICATION), "name": "Pawprint", "icon": None, "description": "", "verify_key": "00"}
    return about | {"bot_public": True, "bot_require_code_grant": False, "owner": user("Mia"), "flags": 0}


def channel() -> Json:
    """Return the one text channel."""
    about: Json = {"id": str(CHANNEL), "guild_id": str(GUILD), "type": 0, "name": "pets", "position": 0, "nsfw": False}
    return about | {"permission_overwrites": [], "parent_id": None, "permissions": EVERYTHING, "flags": 0}


def role() -> Json:
    """Return the one role, everybody's."""
    about: Json = {
        "id": str(GUILD),
        "name": "@everyone",
        "permissions": EVERYTHING,
        "position": 0,
        "color": 0,
        "flags": 0,
    }
    return about | {"hoist": False, "managed": False, "mentionable": False}


def guild() -> Json:
    """Return the server as GUILD_CREATE has it."""
    levels = ("verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level")
    empty: Json = {key: [] for key in ("emojis", "stickers", "features", "threads", "presences", "voice_states")}
    about: Json = {
        "id": str(GUILD),
        "name": "Whiskers & Wags",
        "owner_id": str(PEOPLE["Mia"]),
        "preferred_locale": "en-US",
    }
    about |= {"member_count": 3, "large": False, "unavailable": False, "premium_tier": 0, "nsfw_level": 0}
    here = {"roles": [role()], "channels": [channel()], "members": [member(name) for name in PEOPLE]}
    return dict.fromkeys(levels, 0) | empty | about | here


def interaction(kind: int, data: Json, name: str) -> Json:
    """Return an interaction of a person in the channel, still without id and token."""
    where: Json = {"guild_id": str(GUILD), "guild": {"id": str(GUILD), "locale": "en-US", "features": []}}
    where |= {"channel_id": str(CHANNEL), "channel": channel(), "guild_locale": "en-US", "context": 0}
    who: Json = {"member": member(name) | {"permissions": EVERYTHING}, "locale": "en-US", "app_permissions": EVERYTHING}
    about: Json = {"type": kind, "version": 1, "application_id": str(APPLICATION), "data": data, "entitlements": []}
    about |= {"authorizing_integration_owners": {"0": str(GUILD)}, "attachment_size_limit": 10 * 2**20}
    return about | where | who


def message(message_id: str) -> Json:
    """Return an empty message of the bot in the channel."""
    empty: Json = {key: [] for key in ("mentions", "mention_roles", "attachments", "embeds", "components")}
    about: Json = {"id": message_id, "channel_id": str(CHANNEL), "author": BOT, "application_id": str(APPLICATION)}
    about |= {"type": 0, "content": "", "timestamp": datetime.now(UTC).isoformat(), "edited_timestamp": None}
    return about | empty | {"tts": False, "mention_everyone": False, "pinned": False, "flags": 0}


def upload(upload_id: str, name: str, content: bytes, description: str | None) -> Json:
    """Return an attachment; nothing is to be had at its address."""
    url = f"https://cdn.discord.example/attachments/{CHANNEL}/{upload_id}/{name}"
    about: Json = {"id": upload_id, "filename": name, "size": len(content), "description": description}
    return about | {"url": url, "proxy_url": url, "content_type": "image/jpeg"}


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield every component, outermost first."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def media_of(components: list[Json]) -> Iterator[Json]:
    """Yield the media of every gallery."""
    for component in walk(components):
        for item in component.get("items", []):
            yield item["media"]


def command(value: Any) -> Any:
    """Return a command as Discord keeps it: what says no or nothing is left out."""
    if isinstance(value, dict):
        kept = {key: command(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not False and item not in (None, [], {})}
    return [command(item) for item in value] if isinstance(value, list) else value


def without_translations(value: Any) -> Any:
    """Return commands as Discord tells them unless it is asked for `with_localizations`."""
    if isinstance(value, dict):
        return {key: without_translations(item) for key, item in value.items() if not key.endswith("_localizations")}
    return [without_translations(item) for item in value] if isinstance(value, list) else value


def answer(value: object, status: int = 200) -> web.Response:
    """Answer as discord.py reads it: `application/json` to the letter, with no charset."""
    return web.Response(body=json.dumps(value).encode(), status=status, content_type="application/json")


async def read(request: web.Request) -> tuple[Any, Files]:
    """Return the body of a request, JSON or `payload_json`, and what is uploaded with it."""
    if request.content_type == "application/json":
        return await request.json(), ()
    if request.content_type != "multipart/form-data":
        return None, ()
    body: Any = None
    files: list[tuple[str, bytes]] = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            body = json.loads(await part.read(decode=True))
        else:
            files.append((part.filename or "", bytes(await part.read(decode=True))))
    return body, tuple(files)
