"""A double of Discord on real sockets: REST and gateway for one bot, one server, one channel and two members."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.wire import discord_shapes as shapes
from tests.wire.discord_shapes import (
    APPLICATION,
    CHANNEL,
    EPHEMERAL,
    GUILD,
    LOADING,
    PEOPLE,
    Files,
    Json,
    answer,
    media_of,
)

TOKEN = "MTAwMQ.double.this-text-must-never-be-seen"
WITHIN = 30.0
"""Seconds that a test waits for the bot at most; people get three, which the double enforces."""

_ACKNOWLEDGE_WITHIN = 3.0
_EPOCH = 1_420_070_400_000
_SLASH, _MENU = 1, 3
_MEMBER, _CHANNEL, _ROLE = 6, 7, 8
# The kinds of lists: of texts, roles and channels.
_TEXTS, _ROLES, _CHANNELS = 3, 6, 8


@dataclass(frozen=True)
class Asked:
    """A request as it came: `path` below the API's address, `body` decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    files: Files
    content_type: str = ""


_ASKED = web.RequestKey("asked", Asked)


@dataclass
class Message:
    """A message, what was uploaded with it by file name, and who reacted by emoji and kind (True: super)."""

    raw: Json
    uploads: dict[str, Json] = field(default_factory=dict)
    reactions: dict[tuple[str, bool], list[int]] = field(default_factory=dict)

    def shown(self) -> Json:
        """Return it as Discord tells it: `attachments` lacks what components show (discord-api-docs #8277)."""
        raw = copy.deepcopy(self.raw)
        used = {media.get("attachment_id") for media in media_of(raw["components"])}
        raw["attachments"] = [upload for upload in self.uploads.values() if upload["id"] not in used]
        told = [shapes.reaction(emoji, self.reactions) for emoji in dict.fromkeys(emoji for emoji, _ in self.reactions)]
        return raw | ({"reactions": told} if told else {})


@dataclass
class Talk:
    """An interaction: the message it came from, its first answer, and what the person gets to see at last."""

    token: str
    origin: Message | None
    asked_at: float = field(default_factory=time.monotonic)
    acknowledged: int | None = None
    original: Message | None = None
    seen: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def show(self, seen: Any) -> None:
        """Note what the person sees; the first thing that is no waiting sign counts."""
        if not self.seen.done():
            self.seen.set_result(seen)


class Refused(Exception):
    """An error as Discord answers it."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.answer = answer({"code": code, "message": text}, status)


class DiscordDouble:
    """Use it as `async with DiscordDouble() as discord`; it listens at `api_url` and `gateway_url` then.

    `asked` holds every REST request in order, `commands` what the bot synced, `messages` what stands in the channel,
    `interactions` what people did with commands and buttons.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.commands: list[Json] = []
        self.messages: dict[str, Message] = {}
        self.interactions: list[Json] = []
        self.identified, self.resumed = 0, 0
        self.told_gateway: str | None = None
        """What /gateway/bot answers instead of the double's own address."""
        self._talks: dict[str, Talk] = {}
        self._posted: list[Message] = []
        self._nonces: dict[str, Message] = {}
        self._events: list[Json] = []
        self._forgotten = False
        self._socket: web.WebSocketResponse | None = None
        self._connected = asyncio.Event()
        self._answered = asyncio.Event()
        self._last_id = 0

    async def __aenter__(self) -> Self:
        application = web.Application(middlewares=[self._door])
        api, talk, message = "/api/v10", "/webhooks/{app}/{token}", "/channels/{channel}/messages/{message}"
        for method, path, handler in (
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/{app}", self._application),
            ("GET", "/gateway/bot", self._where),
            ("GET", "/applications/{app}/commands", self._get_commands),
            ("PUT", "/applications/{app}/commands", self._put_commands),
            ("POST", "/interactions/{id}/{token}/callback", self._callback),
            ("POST", talk, self._follow_up),
            ("POST", "/channels/{channel}/messages", self._post),
            ("GET", "/channels/{channel}/messages", self._history),
            ("GET", message + "/reactions/{emoji}", self._reactors),
            *(("GET", path, self._get) for path in (talk + "/messages/{message}", message)),
            *(("PATCH", path, self._edit) for path in (talk + "/messages/{message}", message)),
            *(("DELETE", path, self._delete) for path in (talk + "/messages/{message}", message)),
            *((method, message + "/reactions/{emoji}/@me", self._react) for method in ("PUT", "DELETE")),
        ):
            application.router.add_route(method, api + path, handler)
        application.router.add_get("/gateway", self._gateway)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.api_url, self.gateway_url = f"http://{host}:{port}{api}", f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drop()
        await self._runner.cleanup()

    # What tests do

    async def slash(self, name: str, *, user: str = "Mia", **options: Any) -> Json:
        """Type a slash command that the bot has synced, and return the message that answers.

        A command of a group is called with the group's name before its own; a member is chosen by name.
        """
        seen: Json = await self._interact(2, await self._command(_SLASH, name, options), user)
        return seen

    async def autocomplete(self, name: str, option: str, typed: str, *, user: str = "Mia") -> list[Json]:
        """Type into an option, and return the choices that are offered."""
        data = await self._command(_SLASH, name, {option: typed}, focused=option)
        choices: list[Json] = await self._interact(4, data, user)
        return choices

    async def menu(self, name: str, message: Json, *, user: str = "Mia") -> Json:
        """Use a message menu, and return the message that answers."""
        aim = {"target_id": message["id"], "resolved": {"messages": {message["id"]: message}}}
        seen: Json = await self._interact(2, await self._command(_MENU, name, {}) | aim, user)
        return seen

    async def click(self, message: Json, custom_id: str, *, user: str = "Mia") -> Json:
        """Press a button, and return the message that shows the outcome: the same one, or an answer."""
        pressed = {"component_type": 2, "custom_id": custom_id}
        seen: Json = await self._interact(3, pressed, user, self.messages[message["id"]])
        return seen

    async def pick(self, message: Json, custom_id: str, *values: str, user: str = "Mia", kind: int = _TEXTS) -> Json:
        """Choose from a menu of a kind on a message, texts if none is named; return what shows the outcome."""
        resolved = {_ROLES: {"roles": shapes.role}, _CHANNELS: {"channels": shapes.channel}}.get(kind, {})
        picked: Json = {"component_type": kind, "custom_id": custom_id, "values": list(values)}
        picked["resolved"] = {name: {value: shape() for value in values} for name, shape in resolved.items()}
        seen: Json = await self._interact(3, picked, user, self.messages[message["id"]])
        return seen

    async def submit(self, modal: Json, message: Json, typed: Mapping[str, str], *, user: str = "Mia") -> Json:
        """Send a form that a click on a message opened, `typed` by the fields' ids; return what shows the outcome."""
        fields = [
            label["component"] | {"value": typed[label["component"]["custom_id"]]} for label in modal["components"]
        ]
        filled = [{"type": 18, "id": place, "component": field} for place, field in enumerate(fields, start=1)]
        data = {"custom_id": modal["custom_id"], "components": filled}
        seen: Json = await self._interact(5, data, user, self.messages[message["id"]])
        return seen

    async def mention(self, text: str, *, user: str = "Mia") -> Json:
        """Write a message that begins with the bot's name, and return the message that answers."""
        await self.connected()
        before = len(self._posted)
        said = Message(shapes.message(self._id()))
        said.raw |= {"author": shapes.user(user), "content": f"<@{APPLICATION}> {text}", "mentions": [shapes.BOT]}
        del said.raw["application_id"]
        self.messages[said.raw["id"]] = said
        member = {key: part for key, part in shapes.member(user).items() if key != "user"}
        await self._dispatch("MESSAGE_CREATE", said.raw | {"guild_id": str(GUILD), "member": member})
        await self.until(lambda: len(self._posted) > before)
        return self._posted[before].shown()

    async def react(
        self,
        message: Json,
        emoji: str,
        *,
        user: str | int = "Mia",
        burst: bool = False,
        taken_away: bool = False,
        away: bool = False,
    ) -> None:
        """Give or take away a reaction; nothing answers it. `away` does not wait for the bot to be there."""
        if not away:
            await self.connected()
        who = shapes.member(user)
        left = self.messages[message["id"]].reactions
        people = left.setdefault((emoji, burst), [])
        if taken_away and int(who["user"]["id"]) in people:
            people.remove(int(who["user"]["id"]))
        elif not taken_away and int(who["user"]["id"]) not in people:
            people.append(int(who["user"]["id"]))
        if not people:
            del left[emoji, burst]
        event: Json = {"user_id": who["user"]["id"], "message_id": message["id"], "channel_id": str(CHANNEL)}
        event |= {"guild_id": str(GUILD), "emoji": {"id": None, "name": emoji}, "burst": burst, "type": int(burst)}
        if not taken_away:
            event |= {"member": who, "message_author_id": message["author"]["id"]}
        await self._dispatch("MESSAGE_REACTION_REMOVE" if taken_away else "MESSAGE_REACTION_ADD", event)

    async def clear_reactions(self, message: Json, emoji: str | None = None) -> None:
        """Take all reactions of a message away, or those with one emoji, as a moderator does."""
        left = self.messages[message["id"]].reactions
        for there in [each for each in left if emoji in (None, each[0])]:
            del left[there]
        event: Json = {"message_id": message["id"], "channel_id": str(CHANNEL), "guild_id": str(GUILD)}
        if emoji is None:
            await self._dispatch("MESSAGE_REACTION_REMOVE_ALL", event)
        else:
            await self._dispatch("MESSAGE_REACTION_REMOVE_EMOJI", event | {"emoji": {"id": None, "name": emoji}})

    @asynccontextmanager
    async def session_lost(self) -> AsyncIterator[None]:
        """Lose the bot and its session; what happens inside of the block it is never told."""
        before, socket = self.identified, self._lose()
        yield
        self._forgotten = True
        if socket is not None:
            await socket.close(code=4000)
        await self.connected()
        assert self.identified == before + 1

    async def drop(self) -> None:
        """Break the gateway's connection in a way after which a bot may resume."""
        socket = self._lose()
        if socket is not None:
            await socket.close(code=4000)

    async def connected(self) -> None:
        """Wait until the bot is there."""
        async with asyncio.timeout(WITHIN):
            await self._connected.wait()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something is so; it is looked at after each request."""
        async with asyncio.timeout(WITHIN):
            while not holds():
                self._answered.clear()
                await self._answered.wait()

    def asked_for(self, method: str, path: str) -> list[Asked]:
        """Return the requests of a method whose path ends so."""
        return [asked for asked in self.asked if asked.method == method and asked.path.endswith(path)]

    async def _command(self, kind: int, name: str, options: Json, *, focused: str | None = None) -> Json:
        await self.connected()
        first, *steps = name.split() if kind == _SLASH else [name]
        found = next(each for each in self.commands if each["name"] == first and each.get("type", _SLASH) == kind)
        way = [found]
        for step in steps:
            way.append(next(each for each in way[-1]["options"] if each["name"] == step))
        kinds = {option["name"]: option["type"] for option in way[-1].get("options", ())}
        chosen: list[Json] = []
        resolved: Json = {}
        for option, value in options.items():
            if kinds[option] == _MEMBER:
                who, value = value, str(PEOPLE[value])
                member = {key: part for key, part in shapes.member(who).items() if key != "user"}
                member["permissions"] = shapes.EVERYTHING
                resolved |= {"users": {value: shapes.user(who)}, "members": {value: member}}
            elif kinds[option] == _CHANNEL:
                resolved["channels"] = {value: shapes.channel()}
            elif kinds[option] == _ROLE:
                resolved["roles"] = {value: shapes.role()}
            chosen.append({"name": option, "type": kinds[option], "value": value})
            if option == focused:
                chosen[-1]["focused"] = True
        for inner in reversed(way[1:]):
            chosen = [{"name": inner["name"], "type": inner["type"], "options": chosen}]
        data = {"id": found["id"], "name": first, "type": kind, "options": chosen}
        return data | ({"resolved": resolved} if resolved else {})

    async def _interact(self, kind: int, data: Json, user: str, origin: Message | None = None) -> Any:
        talk_id = self._id()
        talk = self._talks[talk_id] = Talk(f"talk-{talk_id}", origin)
        event = shapes.interaction(kind, data, user) | {"id": talk_id, "token": talk.token}
        self.interactions.append(event)
        await self._dispatch("INTERACTION_CREATE", event | ({"message": origin.shown()} if origin else {}))
        async with asyncio.timeout(WITHIN):
            seen = await talk.seen
        return seen.shown() if isinstance(seen, Message) else seen

    # REST

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Record the request, check the token where Discord does, and answer refusals."""
        if request.path == "/gateway":
            return await handler(request)
        path = request.path.removeprefix("/api/v10")
        asked = request[_ASKED] = Asked(
            request.method, path, dict(request.query), *await shapes.read(request), request.content_type
        )
        self.asked.append(asked)
        try:
            token_in_path = path.startswith(("/webhooks/", "/interactions/"))
            if not token_in_path and request.headers.get("Authorization") != f"Bot {TOKEN}":
                raise Refused(401, 0, "401: Unauthorized")
            return await handler(request)
        except Refused as refused:
            return refused.answer
        finally:
            self._answered.set()

    async def _me(self, request: web.Request) -> web.Response:
        return answer(shapes.BOT | {"verified": True, "mfa_enabled": False, "locale": "en-US", "flags": 0})

    async def _application(self, request: web.Request) -> web.Response:
        return answer(shapes.application())

    async def _where(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        return answer({"url": self.told_gateway or self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _get_commands(self, request: web.Request) -> web.Response:
        everything = request.query.get("with_localizations") in ("true", "1")
        return answer(self.commands if everything else shapes.without_translations(self.commands))

    async def _put_commands(self, request: web.Request) -> web.Response:
        given = {"application_id": str(APPLICATION), "description": "", "nsfw": False}
        sent = [shapes.command(each) for each in request[_ASKED].body]
        self.commands = [given | each | {"id": self._id(), "version": self._id()} for each in sent]
        return answer(self.commands)

    async def _callback(self, request: web.Request) -> web.Response:
        talk_id = request.match_info["id"]
        talk = self._talks.get(talk_id)
        if talk is None or time.monotonic() - talk.asked_at > _ACKNOWLEDGE_WITHIN:
            raise Refused(404, 10062, "Unknown interaction")
        if talk.acknowledged is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        asked = request[_ASKED]
        kind, data = asked.body["type"], asked.body.get("data") or {}
        if kind in (4, 5):
            talk.original = self._write(None, data, asked.files, loading=kind == 5)
        elif kind in (6, 7):
            talk.original = self._write(talk.origin, data, asked.files)
        talk.acknowledged = kind
        if kind not in (5, 6):
            talk.show(data["choices"] if kind == 8 else talk.original or data)
        if request.query.get("with_response") not in ("true", "1"):
            return web.Response(status=204)
        if talk.original is None:
            return answer({"interaction": {"id": talk_id, "type": 2}})
        about = {"id": talk_id, "type": 2, "response_message_id": talk.original.raw["id"]}
        return answer({"interaction": about, "resource": {"type": kind, "message": talk.original.shown()}})

    async def _follow_up(self, request: web.Request) -> web.Response:
        talk, asked = self._talk(request), request[_ASKED]
        waiting = talk.original is not None and talk.original.raw["flags"] & LOADING
        # The first follow-up takes the place of "thinking…".
        message = self._write(talk.original if waiting else None, asked.body, asked.files)
        talk.show(message)
        return answer(message.shown())

    async def _post(self, request: web.Request) -> web.Response:
        body = request[_ASKED].body
        again = self._nonces.get(body.get("nonce", "")) if body.get("enforce_nonce") else None
        if again is None:
            again = self._write(None, body, request[_ASKED].files)
            self._posted.append(again)
            self._nonces[body.get("nonce", "")] = again
        return answer(again.shown())

    async def _get(self, request: web.Request) -> web.Response:
        return answer(self._named(request).shown())

    async def _edit(self, request: web.Request) -> web.Response:
        message = self._write(self._named(request), request[_ASKED].body, request[_ASKED].files)
        if "token" in request.match_info:
            self._talk(request).show(message)
        return answer(message.shown())

    async def _delete(self, request: web.Request) -> web.Response:
        del self.messages[self._named(request).raw["id"]]
        if "token" in request.match_info:
            self._talk(request).original = None
        return web.Response(status=204)

    async def _react(self, request: web.Request) -> web.Response:
        message, emoji = self._named(request), request.match_info["emoji"]
        taken_away = request.method == "DELETE"
        await self.react(message.raw, emoji, user=APPLICATION, taken_away=taken_away, away=True)
        return web.Response(status=204)

    async def _history(self, request: web.Request) -> web.Response:
        if request.match_info["channel"] != str(CHANNEL):
            raise Refused(404, 10003, "Unknown Channel")
        before, limit = int(request.query.get("before", 1 << 62)), int(request.query.get("limit", 50))
        after, there = int(request.query.get("after", 0)), sorted(map(int, self.messages))
        # Newest first, and with `after` those that come next after it.
        found = [message_id for message_id in there if after < message_id < before]
        found = found[:limit] if after else found[-limit:]
        return answer([self.messages[str(message_id)].shown() for message_id in reversed(found)])

    async def _reactors(self, request: web.Request) -> web.Response:
        kind = (request.match_info["emoji"], request.query.get("type") == "1")
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 25))
        users = sorted(user for user in self._named(request).reactions.get(kind, ()) if user > after)
        return answer([shapes.member(user)["user"] for user in users[:limit]])

    def _talk(self, request: web.Request) -> Talk:
        for talk in self._talks.values():
            if talk.token == request.match_info["token"] and talk.acknowledged is not None:
                return talk
        raise Refused(404, 10015, "Unknown Webhook")

    def _named(self, request: web.Request) -> Message:
        name = request.match_info["message"]
        if name == "@original":
            original = self._talk(request).original
            name = original.raw["id"] if original else ""
        if name not in self.messages:
            raise Refused(404, 10008, "Unknown Message")
        return self.messages[name]

    def _write(self, message: Message | None, body: Json, files: Files, *, loading: bool = False) -> Message:
        """Create or edit: uploads that are not listed go once any are listed; `attachment://` must name one."""
        message = message or Message(shapes.message(self._id()))
        raw, uploads = copy.deepcopy(message.raw), dict(message.uploads)
        if files or "attachments" in body:
            listed = {str(entry["id"]): entry for entry in body.get("attachments") or ()}
            uploads = {name: upload for name, upload in uploads.items() if upload["id"] in listed}
            for place, (name, content) in enumerate(files):
                uploads[name] = shapes.upload(self._id(), name, content, listed[str(place)].get("description"))
        raw |= {
            key: copy.deepcopy(body[key]) for key in ("content", "embeds", "components") if body.get(key) is not None
        }
        for media in media_of(raw["components"]):
            if media["url"].startswith("attachment://"):
                found = uploads.get(media["url"].removeprefix("attachment://"))
                if found is None:
                    raise Refused(400, 50035, f"Invalid Form Body: nothing uploaded is called {media['url']}")
                media |= {"url": found["url"], "proxy_url": found["proxy_url"], "attachment_id": found["id"]}
        before = raw["flags"]
        raw["flags"] = body.get("flags", 0) | (LOADING if loading else before & ~LOADING)
        if before & LOADING:  # whether only one person sees it was settled when it was deferred
            raw["flags"] = (raw["flags"] & ~EPHEMERAL) | (before & EPHEMERAL)
        message.raw, message.uploads = raw, uploads
        self.messages[raw["id"]] = message
        return message

    def _id(self) -> str:
        """Return a new id whose time is now: the age of an interaction is read from it."""
        self._last_id = max(self._last_id + 1, (int(time.time() * 1000) - _EPOCH) << 22)
        return str(self._last_id)

    # The gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            said = frame.json()
            if said["op"] in (2, 6) and said["d"]["token"] != TOKEN:
                await socket.close(code=4004)
            elif said["op"] == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            elif said["op"] == 2:
                await self._identify(socket, said["d"].get("shard", [0, 1]))
            elif said["op"] == 6 and self._forgotten:
                self._forgotten = False
                await socket.send_json({"op": 9, "d": False, "s": None, "t": None})
            elif said["op"] == 6:
                await self._resume(socket, said["d"]["seq"])
        if self._socket is socket:
            self._lose()
        return socket

    def _lose(self) -> web.WebSocketResponse | None:
        self._connected.clear()
        socket, self._socket = self._socket, None
        return socket

    async def _identify(self, socket: web.WebSocketResponse, shard: list[int]) -> None:
        self._socket, self._events = socket, []
        self.identified += 1
        ready = {"v": 10, "user": shapes.BOT, "guilds": [{"id": str(GUILD), "unavailable": True}], "shard": shard}
        ready |= {"session_id": f"session-{self.identified}", "resume_gateway_url": self.gateway_url}
        await self._dispatch("READY", ready | {"application": {"id": str(APPLICATION), "flags": 0}})
        await self._dispatch("GUILD_CREATE", shapes.guild())
        self._connected.set()

    async def _resume(self, socket: web.WebSocketResponse, last: int) -> None:
        self.resumed += 1
        for event in self._events[last:]:
            await socket.send_json(event)
        self._socket = socket
        await self._dispatch("RESUMED", {})
        self._connected.set()

    async def _dispatch(self, name: str, data: Json) -> None:
        """Send an event, or keep it for a bot that is away."""
        event = {"op": 0, "t": name, "s": len(self._events) + 1, "d": data}
        self._events.append(event)
        if self._socket is not None:
            await self._socket.send_json(event)
