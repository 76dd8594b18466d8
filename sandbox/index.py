"""The index page of the sandbox: channels, direct messages, and what SimCord's page cannot do."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from html import escape
from importlib.resources import files

from aiohttp import web
from simcord.backend.errors import BackendError, SetupError

from bot.app import App
from bot.clock import SystemClock
from bot.i18n import Texts, texts
from bot.ui.labels import label
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from sandbox.simulated import Simulated

Action = Callable[[web.Request, dict[str, str]], Awaitable[str]]

_REACTIONS = ("👍", "👎", "❤️")
_SKIPS = {"hour": 3600.0, "day": 86400.0}
_FAULTS = {
    "slow": Fault(kind=Kind.DELAY, seconds=3.0),
    "down": Fault(kind=Kind.UNAVAILABLE),
    "limited": Fault(kind=Kind.LIMITED, seconds=30.0),
    "empty": Fault(kind=Kind.EMPTY),
}


class IndexPage:
    """A page of plain forms on loopback. Each form carries a token, so that no other page can press its buttons."""

    def __init__(self, simulated: Simulated, app: App, backend: EmbeddedBackend, clock: SystemClock, port: int) -> None:
        self._discord = simulated
        self._app = app
        self._backend = backend
        self._clock = clock
        self._port = port
        self._token = secrets.token_urlsafe(16)
        self._say = texts()
        self._runner: web.AppRunner | None = None
        self._actions: dict[str, Action] = {
            "show": self._show,
            "react": self._react,
            "menu": self._menu,
            "skip": self._skip,
            "break": self._break,
        }

    async def start(self) -> None:
        """Listen on loopback; on a free port when the wanted one is taken."""
        application = web.Application()
        application.router.add_get("/", self._page)
        application.router.add_get("/style.css", self._style)
        application.router.add_post("/{action}", self._act)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        try:
            await site.start()
        except OSError:
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self._port}/"

    async def _page(self, request: web.Request) -> web.Response:
        self._check_host(request)
        done = request.query.get("done", "")
        html = await self._html(self._say(f"sandbox.done.{done}") if self._say.known(f"sandbox.done.{done}") else "")
        return web.Response(text=html, content_type="text/html", headers=_SAFE)

    async def _style(self, request: web.Request) -> web.Response:
        self._check_host(request)
        css = files("sandbox").joinpath("index.css").read_text()
        return web.Response(text=css, content_type="text/css", headers=_SAFE)

    async def _act(self, request: web.Request) -> web.Response:
        self._check_host(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        if not secrets.compare_digest(form.get("token", ""), self._token):
            raise web.HTTPForbidden(text=self._say("sandbox.reload"))
        try:
            done = await action(request, form)
        except LookupError:
            done = "nothing"
        except (SetupError, BackendError):
            done = "forbidden"
        raise web.HTTPSeeOther(f"/?done={done}")

    async def _show(self, request: web.Request, form: dict[str, str]) -> str:
        del request
        await self._discord.show(form["channel"])
        raise web.HTTPSeeOther(self._discord.url)

    async def _react(self, request: web.Request, form: dict[str, str]) -> str:
        del request
        reacted = form.get("take") is None
        await self._discord.react(form["member"], form["emoji"], reacted=reacted)
        return "reacted" if reacted else "unreacted"

    async def _menu(self, request: web.Request, form: dict[str, str]) -> str:
        del request
        await self._discord.picture_menu(form["member"], str(label("command.picture_menu")))
        return "menu"

    async def _skip(self, request: web.Request, form: dict[str, str]) -> str:
        del request
        seconds = _SKIPS[form["time"]]
        self._clock.shift += timedelta(seconds=seconds)
        self._app.sync.wake()
        self._app.privacy.wake()
        await self._discord.skip(seconds)
        self._app.dailies.wake()
        return "skipped"

    async def _break(self, request: web.Request, form: dict[str, str]) -> str:
        del request
        self._backend.faults.clear()
        if form["fault"] == "none":
            return "mended"
        self._backend.faults.add(_FAULTS[form["fault"]])
        return "broken"

    def _check_host(self, request: web.Request) -> None:
        if request.host not in (f"127.0.0.1:{self._port}", f"localhost:{self._port}"):
            raise web.HTTPForbidden

    async def _html(self, note: str) -> str:
        say, world = self._say, self._discord.world
        shown = self._discord.shown
        where = shown if shown.startswith("@") else f"#{shown}"
        waiting = say.plural("sandbox.waiting", await self._app.sync.waiting())
        who = f'<select name="member" aria-label="{say("sandbox.who")}">{_options(world.members)}</select>'
        sections = [
            [
                _heading(say("sandbox.channels")),
                _row(self._channel(f"#{name}", name) for name in world.channels),
                _heading(say("sandbox.direct")),
                _row(self._channel(f"@{name}", f"@{name}") for name in world.members),
                _hint(say("sandbox.channels.hint")),
            ],
            [
                _heading(say("sandbox.react")),
                self._form("react", who + _buttons("emoji", {e: e for e in _REACTIONS}) + _take_back(say)),
                _heading(say("sandbox.menu")),
                self._form("menu", f"{who}<button>{say('sandbox.menu.open')}</button>"),
                _hint(say("sandbox.newest", where=escape(where))),
            ],
            [
                _heading(say("sandbox.skip")),
                self._form("skip", _buttons("time", {t: say(f"sandbox.skip.{t}") for t in _SKIPS})),
                _heading(say("sandbox.break")),
                self._form("break", _buttons("fault", self._faults(), pressed=self._broken())),
                _hint(escape(waiting)),
            ],
            [_heading(say("sandbox.limits")), _hint(say("sandbox.limits.text"))],
        ]
        body = "".join(f"<section>{''.join(parts)}</section>" for parts in sections)
        status = f'<p class="note" role="status">{escape(note)}</p>' if note else ""
        title = say("sandbox.title")
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>{title}</title><link rel="stylesheet" href="/style.css"></head>'
            f"<body><main><h1>🐾 {title}</h1><p>{say('sandbox.intro')}</p>{status}{body}</main></body></html>"
        )

    def _faults(self) -> dict[str, str]:
        return {name: self._say(f"sandbox.break.{name}") for name in (*_FAULTS, "none")}

    def _broken(self) -> str:
        active = self._backend.faults.active
        return next((name for name, fault in _FAULTS.items() if fault in active), "")

    def _channel(self, shown: str, name: str) -> str:
        button = f'<button name="channel" value="{escape(name)}">{escape(shown)}</button>'
        return self._form("show", button, target="simulated-discord")

    def _form(self, action: str, inside: str, target: str = "") -> str:
        aim = f' target="{target}"' if target else ""
        return (
            f'<form method="post" action="/{action}"{aim}>'
            f'<input type="hidden" name="token" value="{self._token}">{inside}</form>'
        )


def _options(names: Iterable[str]) -> str:
    return "".join(f"<option>{escape(name)}</option>" for name in names)


def _heading(text: str) -> str:
    return f"<h2>{text}</h2>"


def _hint(text: str) -> str:
    return f'<p class="hint">{text}</p>'


def _row(parts: Iterable[str]) -> str:
    return f'<div class="row">{"".join(parts)}</div>'


def _buttons(name: str, values: Mapping[str, str], pressed: str = "") -> str:
    return "".join(
        f'<button name="{name}" value="{value}"{_PRESSED if value == pressed else ""}>{text}</button>'
        for value, text in values.items()
    )


def _take_back(say: Texts) -> str:
    return f'<label><input type="checkbox" name="take"> {say("sandbox.take")}</label>'


_PRESSED = ' aria-pressed="true"'
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
