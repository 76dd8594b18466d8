"""Discord as dpytest plays it, with the pieces that it lacks: the log-in, reactions of today, what cards look like."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
from discord.ext.test import backend, factories, state
from discord.http import MultipartParameters, Route

from bot.client import Body
from bot.command_sync import payload

BOT_ID = 400000000000000001
"""The bot's account is the same after a restart."""

_BUTTON, _TEXT, _GALLERY = 2, 10, 12
_channels = itertools.count(600000000000000001)


@dataclass
class Sent:
    """A message of the bot as people see it now; `components` change when it is drawn anew."""

    id: int
    channel_id: int
    content: str
    files: tuple[str, ...]
    answers: int | None
    pings: dict[str, Any]
    components: list[dict[str, Any]]
    edits: int = 0

    @property
    def text(self) -> str:
        """All text on it."""
        return "\n".join([self.content, *(c["content"] for c in _walk(self.components) if c["type"] == _TEXT)]).strip()

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """The items of its galleries: `media` and `description`."""
        return [item for c in _walk(self.components) if c["type"] == _GALLERY for item in c["items"]]

    @property
    def emoji(self) -> list[str]:
        """What is on its buttons."""
        return [c["emoji"]["name"] for c in _walk(self.components) if c["type"] == _BUTTON]

    def count(self, emoji: str) -> int:
        """Return the count that stands beside an emoji."""
        buttons = (c for c in _walk(self.components) if c["type"] == _BUTTON)
        return next(int(button.get("label") or 0) for button in buttons if button["emoji"]["name"] == emoji)


@dataclass
class Discord:
    """What is on Discord's side and outlives the bot: its messages, as people and as dpytest see them."""

    sent: list[Sent] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def message(self, message_id: int) -> Sent:
        """Return a message of the bot."""
        return next(message for message in self.sent if message.id == message_id)


def install(monkeypatch: pytest.MonkeyPatch, server: Discord) -> None:
    """Let `dpytest.configure` use the doubles of this module from now on, on one and the same Discord."""

    class Http(_Http):
        world = server

    monkeypatch.setattr(backend, "FakeHttp", Http)
    monkeypatch.setattr(state, "FakeState", _State)


class _State(state.FakeState):
    """The connection's state. It keeps members, since dpytest looks up permissions and mentions by them."""

    def __init__(self, client: discord.Client, **options: Any) -> None:
        # Read from the connection that this one takes the place of.
        client._connection.member_cache_flags = discord.MemberCacheFlags.from_intents(client.intents)
        super().__init__(client, **options)
        self.allowed_mentions = client.allowed_mentions
        self.user = discord.ClientUser(state=self, data=_account())

    def parse_message_reaction_add(self, data: Any) -> None:
        # dpytest does not send what Discord sends since 2024: the kind of reaction, and whose message it is.
        data.setdefault("type", 0)
        message = self._get_message(data["message_id"])
        if message is not None:
            data["message_author_id"] = message.author.id
        super().parse_message_reaction_add(data)

    def parse_message_reaction_remove(self, data: Any) -> None:
        data.setdefault("type", 0)
        super().parse_message_reaction_remove(data)


class _Http(backend.FakeHttp):
    """The REST API: dpytest's, with the log-in, and with an eye on what the messages hold."""

    world: Discord

    async def static_login(self, token: str) -> Any:
        return _account()

    async def request(self, route: Route, **kwargs: Any) -> Any:
        bot = self.state._get_client()
        if (route.method, route.path) == ("GET", "/applications/{application_id}/commands") and isinstance(bot, Body):
            # As at every start but the first: Discord has the commands already.
            return [{**command, "id": str(number)} for number, command in enumerate(await payload(bot), start=1)]
        return await super().request(route, **kwargs)

    async def start_private_message(self, user_id: Any) -> Any:
        user = self.state.get_user(user_id)
        assert user is not None
        return factories.make_dm_channel_dict(user, next(_channels))

    async def send_message(self, channel_id: Any, *, params: MultipartParameters) -> Any:
        channel = self.state.get_channel(channel_id)  # dpytest reads its caller's variable of this name
        assert channel is not None
        data: Any = await super().send_message(channel_id, params=params)
        content = _payload(params)
        reference = content.get("message_reference")
        self.world.sent.append(
            Sent(
                id=data["id"],
                channel_id=channel_id,
                content=content.get("content") or "",
                files=tuple(file.filename for file in params.files or ()),
                answers=int(reference["message_id"]) if reference else None,
                pings=content.get("allowed_mentions", {}),
                components=content.get("components", []),
            )
        )
        return data

    async def edit_message(self, channel_id: int, message_id: int, *, params: MultipartParameters) -> Any:  # type: ignore[override]
        message = self.world.message(message_id)
        message.components = _payload(params)["components"]
        message.edits += 1
        return next(data for data in self.world.messages[channel_id] if data["id"] == message_id)

    async def get_message(self, channel_id: Any, message_id: Any) -> Any:
        # dpytest drops components; Discord always sends the field.
        kept = next(data for data in self.world.messages[channel_id] if data["id"] == message_id)
        return {**kept, "components": self.world.message(message_id).components}

    async def delete_message(self, channel_id: Any, message_id: Any, *, reason: str | None = None) -> None:
        message = self.state._get_message(message_id)
        assert message is not None
        backend.delete_message(message)
        self.world.deleted.append(message_id)


def _account() -> Any:
    return {**factories.make_user_dict("Pawprint", "0001", None, BOT_ID), "bot": True}


def _payload(params: MultipartParameters) -> dict[str, Any]:
    """Return the message of a request; beside files it travels as a part of its own."""
    if params.payload is not None:
        return params.payload
    return dict(json.loads(next(part["value"] for part in params.multipart or [] if part["name"] == "payload_json")))


def _walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))
