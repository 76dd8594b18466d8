"""The discord.py bot: intents, cogs, command sync, shards. It owns nothing but the connection; the app is handed in."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.command_sync import sync_commands
from bot.failures import Guard
from bot.messenger import Messenger
from bot.reconcile import Reconciler
from bot.ui.breed_lists import BreedSelect, ValueSelect
from bot.ui.breed_presenter import BreedPresenter
from bot.ui.buttons import CardButton
from bot.ui.confirm import ConfirmButton, Question
from bot.ui.daily_courier import DailyCourier
from bot.ui.facts import AnotherFact
from bot.ui.gallery import Listing, PageButton
from bot.ui.gate import admit, admit_mention
from bot.ui.help import HelpSelect
from bot.ui.kept import RemoveSelect
from bot.ui.labels import Translator
from bot.ui.manual import Manual
from bot.ui.menu import MenuButton
from bot.ui.moderation import ModerationLog, ModeratorButton
from bot.ui.moderation_lists import ModerationSelect
from bot.ui.presenter import Presenter
from bot.ui.quiz import QuizButton
from bot.ui.quizmaster import Quizmaster
from bot.ui.refresher import Refresher
from bot.ui.settings_desk import SettingsDesk
from bot.ui.settings_items import PanelItem, SettingSelect
from bot.ui.settings_log import SettingsLog
from bot.ui.unrecorded import Unrecorded
from bot.vitals import Vitals

if TYPE_CHECKING:
    from bot.app import App

    _Base = commands.AutoShardedBot
else:
    _Base = object

_log = logging.getLogger(__name__)

# How discord.py names the tasks in which it calls us, and the seconds that they get to end by themselves.
_HANDLERS = ("discord.py: ", "CommandTree-", "discord-ui-")
_ANSWER_WITHIN = 1.0

EXTENSIONS = (
    "cogs.favourites",
    "cogs.images",
    "cogs.votes",
    "cogs.tops",
    "cogs.ballots",
    "cogs.breeds",
    "cogs.help",
    "cogs.about",
    "cogs.privacy",
    "cogs.quiz",
    "cogs.settings",
    "cogs.moderate",
    "cogs.facts",
    "cogs.daily",
)


def intents() -> discord.Intents:
    """Return the intents that the features need; none of them is privileged."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, guild_reactions=True, dm_reactions=True)


class Tree(app_commands.CommandTree[Any]):
    """The command tree under the guard, behind the gate."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let in who may use a command here and now."""
        await admit(interaction)
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Answer whatever a command raised."""
        await interaction.client.guard.interaction("command", interaction, error)


class Body(_Base):
    """All that makes a bot Pawprint; mixed into a sharded bot for people and a plain one for tests."""

    def __init__(self, app: App, **options: Any) -> None:
        self.app = app
        self.guard = Guard(app.counts)
        super().__init__(
            command_prefix=commands.when_mentioned,
            strip_after_prefix=True,
            case_insensitive=True,
            help_command=None,
            tree_cls=Tree,
            intents=options.pop("intents", intents()),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            **options,
        )
        self.messenger = Messenger(self, app.counts)
        self.presenter = Presenter(app)
        self.breed_presenter = BreedPresenter(app)
        self.refresher = Refresher(self)
        self.unrecorded = Unrecorded(self)
        self.quizmaster = Quizmaster(self)
        self.daily_courier = DailyCourier(self)
        self.vitals = Vitals(self)
        # What galleries show and confirmations are about, by name; cogs put theirs in.
        self.listings: dict[str, Listing] = {}
        self.questions: dict[str, Question] = {}
        self.manual = Manual(self)
        # Discord's numbers of the commands, by name: what makes a mention of one that can be pressed.
        self.command_ids: dict[str, int] = {}
        self.reconciler = Reconciler(app, self.messenger)
        app.watchers.append(self.refresher.changed)
        app.hiding_watchers.append(self.refresher.changed)
        app.deed_watchers.append(ModerationLog(self).done)
        app.post_watchers.append(self.messenger.seed)
        self.check_once(admit_mention)
        self.settings_desk = SettingsDesk(self)
        app.setting_watchers.append(SettingsLog(self).changed)
        self.sync_at_start = True

    async def setup_hook(self) -> None:
        """Load the cogs and the buttons, and tell Discord of the commands if they differ from what it has."""
        await self.tree.set_translator(Translator())
        self.add_dynamic_items(CardButton, MenuButton, PageButton, BreedSelect, ConfirmButton, RemoveSelect, HelpSelect)
        self.add_dynamic_items(SettingSelect, PanelItem, AnotherFact, QuizButton, ModeratorButton, ModerationSelect)
        self.add_dynamic_items(ValueSelect)
        for extension in EXTENSIONS:
            if extension not in self.extensions:
                await self.load_extension(extension)
        if self.sync_at_start:
            await sync_commands(self)

    async def close(self) -> None:
        """Let the answers that are being given come to their end, then disconnect; the app may be closed after it."""
        await _end_handlers(_ANSWER_WITHIN)
        self.refresher.stop()
        self.quizmaster.stop()
        self.daily_courier.stop()
        await super().close()
        await _end_handlers(0)

    async def on_ready(self) -> None:
        """Say so in the log."""
        assert self.user is not None
        _log.info("Connected as %s; servers: %d", self.user, len(self.guilds))

    async def on_command_error(self, ctx: commands.Context[Any], error: commands.CommandError, /) -> None:
        """Answer whatever a mention command or a hybrid one raised."""
        await self.guard.context(ctx, error)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log and count what a listener raised."""
        import sys

        error = sys.exc_info()[1]
        assert error is not None
        self.guard.quietly(event_method, error)


class Pawprint(Body, commands.AutoShardedBot):
    """The bot that people run."""

    async def launch_shards(self) -> None:
        """Connect to the gateway of the settings, where they name one."""
        if self.shard_count is None and self.app.settings.discord_gateway_url is not None:
            # discord.py takes the address from the same answer as the number of shards, unless it has the number.
            self.shard_count, _, _ = await self.http.get_bot_gateway()
        await super().launch_shards()

    async def on_shard_connect(self, shard_id: int) -> None:
        """Take note that a shard's session is a new one; one that is resumed does not come by here."""
        self.reconciler.session_began(shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Look for what was missed: a new session tells nothing of what was before it."""
        self.reconciler.session_ready(shard_id)


class PlainPawprint(Body, commands.Bot):
    """The same body on an unsharded bot, for test doubles that know no shards."""

    async def on_connect(self) -> None:
        """Take note of a new session, as the sharded bot does for each of its shards."""
        self.reconciler.session_began(0)

    async def on_ready(self) -> None:
        """Look for what was missed."""
        await super().on_ready()
        self.reconciler.session_ready(0)


async def _end_handlers(within: float) -> None:
    """Wait for the handlers that run, and cancel those that take longer: what they stand on is closed next."""
    running = {task for task in asyncio.all_tasks() if task.get_name().startswith(_HANDLERS)} - {asyncio.current_task()}
    if running:
        _, late = await asyncio.wait(running, timeout=within)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_ANSWER_WITHIN)
