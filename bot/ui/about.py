"""What `/about` shows: version, how long and how well the bot runs, the services, what it keeps, how to have it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import discord

from bot import __version__
from bot.i18n import Texts
from bot.permissions import invite_link
from bot.services.about import ServiceNow, State, services_now
from bot.ui.colours import HOUSE

if TYPE_CHECKING:
    from bot.client import Body


class AboutView(discord.ui.LayoutView):
    """The bot about itself, with the link that adds it to a server. It names no address and nobody."""

    def __init__(self, bot: Body, guild: discord.Guild | None, say: Texts) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=HOUSE)
        parts = (_running(bot, guild, say), _services(bot, say), say("about.privacy"), say("about.licence"))
        for number, text in enumerate(parts):
            if number:
                container.add_item(discord.ui.Separator())
            container.add_item(discord.ui.TextDisplay(text))
        assert bot.application_id is not None
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        row.add_item(discord.ui.Button(label=say("about.invite"), url=invite_link(bot.application_id)))
        container.add_item(row)
        self.add_item(container)


def _running(bot: Body, guild: discord.Guild | None, say: Texts) -> str:
    # Direct messages come through the first shard.
    shard = guild.shard_id if guild is not None else 0
    lines = [
        say("about.title", version=__version__),
        say("about.began", when=discord.utils.format_dt(bot.app.monitor.began, "R")),
        say("about.shard", shard=shard, shards=bot.shard_count or 1),
        say.plural("about.servers", len(bot.guilds)),
    ]
    seconds = bot.vitals.latencies().get((str(shard),))
    if seconds is not None:
        lines.insert(2, say("about.latency", milliseconds=math.ceil(seconds * 1000)))
    return "\n".join(lines)


def _services(bot: Body, say: Texts) -> str:
    app = bot.app
    found = services_now(app.apis.values(), app.transport, app.monitor.answered, app.clock.now())
    return "\n".join((say("about.services"), *(_service(service, say) for service in found)))


def _service(now: ServiceNow, say: Texts) -> str:
    name = say(f"service.{now.source}")
    answered = None if now.answered is None else discord.utils.format_dt(now.answered, "R")
    match now.state:
        case State.RESTING if now.rests_until is not None:
            return say("about.service.resting", service=name, when=discord.utils.format_dt(now.rests_until, "R"))
        case State.AWAY if answered is not None:
            return say("about.service.away_since", service=name, when=answered)
        case State.AWAY:
            return say("about.service.away", service=name)
        case _ if answered is not None:
            return say("about.service.well", service=name, when=answered)
    return say("about.service.silent", service=name)
