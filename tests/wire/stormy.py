"""The double of Discord on a bad day: refusals and pauses in REST, and a gateway that sends its bots away."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.wire.discord_double import DiscordDouble, Refused
from tests.wire.discord_shapes import Json, answer

Storm = Callable[["StormyDiscord", str, str], web.Response | None]
"""Looks at method and path of a request before it is carried out, and may answer in its place."""


_UNKNOWN_INTERACTION = 10062


class TurnedDown(Exception):
    """What a person sees as "This interaction failed": Discord did not take the bot's answer."""


class StormyDiscord(DiscordDouble):
    """A `DiscordDouble` that misbehaves as `storm` says; without one it behaves."""

    def __init__(self) -> None:
        super().__init__()
        self.storm: Storm | None = None
        self.refused: dict[str, int] = {}
        self.late = 0
        """How many answers came after Discord's three seconds."""

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10")
        if self.storm is not None and path != "/gateway":
            instead = self.storm(self, request.method, path)
            if instead is not None:
                await request.read()
                name = f"{request.method} {path.split('/')[1]} {instead.status}"
                self.refused[name] = self.refused.get(name, 0) + 1
                return instead
        return await super()._door(request, handler)

    async def reconnect(self) -> None:
        """Ask the bot to connect anew and resume (op 7)."""
        await self._say({"op": 7, "d": None, "s": None, "t": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Tell the bot that its session is no longer one (op 9)."""
        if not resumable:
            self._connected.clear()
        await self._say({"op": 9, "d": resumable, "s": None, "t": None})

    async def _callback(self, request: web.Request) -> web.Response:
        try:
            return await super()._callback(request)
        except Refused as refused:
            if refused.code == _UNKNOWN_INTERACTION:
                self.late += 1
                return self.turn_down(request.match_info["id"])
            raise

    def turn_down(self, talk_id: str) -> web.Response:
        """Answer as if the interaction was no longer known (10062); the person sees that it failed."""
        talk = self._talks.get(talk_id)
        if talk is not None and not talk.seen.done():
            talk.seen.set_exception(TurnedDown())
        return answer({"code": 10062, "message": "Unknown interaction"}, 404)

    def unanswered(self) -> list[str]:
        """Return the interactions that somebody still waits for."""
        return [talk_id for talk_id, talk in self._talks.items() if not talk.seen.done()]

    def delete(self, message_id: str) -> web.Response:
        """Lose a message, and say so (10008)."""
        self.messages.pop(message_id, None)
        return answer({"code": 10008, "message": "Unknown Message"}, 404)

    async def _say(self, event: Json) -> None:
        if self._socket is not None:
            await self._socket.send_json(event)

    async def _dispatch(self, name: str, data: Json) -> None:
        try:
            await super()._dispatch(name, data)
        except ConnectionError:
            # The bot has just gone: the event is kept for a resumed session, and lost with a lost one.
            return


def limited(seconds: float) -> web.Response:
    """Answer 429 as Discord itself does."""
    body: dict[str, Any] = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    headers = {"Via": "1.1 google", "Retry-After": str(seconds), "X-RateLimit-Scope": "user"}
    return web.Response(body=json.dumps(body).encode(), status=429, content_type="application/json", headers=headers)


def broken(status: int) -> web.Response:
    """Answer as a gateway in front of Discord does when nothing stands behind it."""
    return web.Response(text=f"<html><body>{status}</body></html>", status=status, content_type="text/html")


def forbidden() -> web.Response:
    """Answer that a permission is missing (50013)."""
    return answer({"code": 50013, "message": "Missing Permissions"}, 403)
