"""What the bot tells health and metrics: its shards, the commands that ended well, the doors that people used."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.card import Card
from bot.reactions import meaning

if TYPE_CHECKING:
    from bot.client import Body


class Vitals:
    """Listens to one bot; make it once, when the bot is made. Commands that fail are counted by the guard."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot
        self._counts = bot.app.counts
        bot.app.monitor.health.require("gateway", self._gateway_fault)
        self._counts.watch("shard", lambda: {(str(shard),): float(up) for shard, up in self.shards().items()})
        self._counts.watch("gateway_latency", self.latencies)
        self._counts.watch("guilds", lambda: {(): float(len(bot.guilds))})
        bot.add_listener(self._command_done, "on_command_completion")
        bot.add_listener(self._app_command_done, "on_app_command_completion")
        bot.add_listener(self._used, "on_interaction")
        bot.add_listener(self._reacted, "on_raw_reaction_add")

    def shards(self) -> dict[int, bool]:
        """Return for each shard of this process whether it is connected; nothing before their number is known."""
        bot = self._bot
        if not isinstance(bot, commands.AutoShardedBot):
            return {0: bot.is_ready()}
        there = bot.shards
        mine = bot.shard_ids or range(bot.shard_count or 0)
        return {shard: shard in there and not there[shard].is_closed() for shard in mine}

    async def _gateway_fault(self) -> str | None:
        shards = self.shards()
        if not self._bot.is_ready() or self._bot.is_closed() or not shards:
            return "not connected to Discord"
        away = [str(shard) for shard, up in shards.items() if not up]
        return f"shards that are not connected: {', '.join(away)}" if away else None

    def latencies(self) -> dict[tuple[str, ...], float]:
        """Return the seconds of the last heartbeat of each shard, those left out of which none is known yet."""
        bot = self._bot
        told = bot.latencies if isinstance(bot, commands.AutoShardedBot) else [(0, bot.latency)]
        # Before the first heartbeat was answered it is infinite, or no number.
        return {(str(shard),): seconds for shard, seconds in told if math.isfinite(seconds)}

    async def _command_done(self, ctx: commands.Context[Any]) -> None:
        if ctx.interaction is None and ctx.command is not None:
            self._counts.add("command", ctx.command.qualified_name, "ok")

    async def _app_command_done(
        self,
        interaction: discord.Interaction[Any],
        command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu,
    ) -> None:
        self._counts.add("command", command.qualified_name, "ok")

    async def _used(self, interaction: discord.Interaction[Any]) -> None:
        match interaction.type:
            case discord.InteractionType.component:
                data = cast("dict[str, Any]", interaction.data or {})
                self._counts.add("press", "menu" if Card.parse(data.get("custom_id", "")) is None else "button")
            case discord.InteractionType.autocomplete:
                self._counts.add("press", "autocomplete")
            case discord.InteractionType.modal_submit:
                self._counts.add("press", "modal")

    async def _reacted(self, payload: discord.RawReactionActionEvent) -> None:
        # discord.py tells whose message it is; where it does not know, the reaction is not counted.
        assert self._bot.user is not None
        ours = payload.message_author_id == self._bot.user.id and payload.user_id != self._bot.user.id
        if ours and payload.emoji.is_unicode_emoji() and meaning(payload.emoji.name) is not None:
            self._counts.add("press", "reaction")
