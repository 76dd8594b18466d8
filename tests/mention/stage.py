"""The stage of the mention tests: the real body on a real app over the embedded back end, in dpytest's Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import discord.ext.test as dpytest
from discord.ext.test import backend as dpytest_backend
from discord.ext.test import factories as dpytest_factories
from sqlalchemy import event

from bot.app import App
from bot.card import Card
from bot.client import PlainPawprint, intents
from bot.clock import SystemClock
from bot.identity import Person
from bot.models import PictureKey
from bot.services.votes import Standing
from sandbox.backend.application import EmbeddedBackend
from tests.mention.double import BOT_ID, Discord, Sent
from tests.ready import ready_database
from tests.simulated.stage import Pause, quick_picture, settings_for

GUILD_ID = 500000000000000001
PETS_ID = 500000000000000002
_MIA_ID, _NOAH_ID, _ROBOT_ID = range(300000000000000001, 300000000000000004)


@dataclass
class Stage:
    """What a test plays on: one server with #pets, Mia, Noah, and a bot of somebody else's."""

    server: Discord
    bot: PlainPawprint
    app: App
    pets: discord.TextChannel
    mia: discord.Member
    noah: discord.Member
    robot: discord.Member
    redraw: Pause

    async def say(
        self, text: str, who: discord.Member | discord.User | None = None, channel: Any = None
    ) -> tuple[discord.Message, list[Sent]]:
        """Type a line, by default as Mia in #pets; returns it and what the bot sent upon it."""
        before = len(self.server.sent)
        message = await dpytest.message(text, channel or self.pets, who or self.mia)
        return message, self.server.sent[before:]

    async def mention(self, text: str, who: discord.Member | None = None) -> list[Sent]:
        """Type a line that begins with the bot's name; returns what the bot sent upon it."""
        return (await self.say(f"<@{BOT_ID}> {text}", who))[1]

    async def card(self, text: str = "cat") -> Sent:
        """Ask for one picture in #pets."""
        sent = await self.mention(text)
        assert len(sent) == 1, sent
        assert await self.app.posts.of_message(sent[0].id) is not None, sent[0].text
        return sent[0]

    async def key(self, card: Sent) -> PictureKey:
        """Return which picture a message shows."""
        return (await self.kept(card)).picture

    async def kept(self, card: Sent) -> Card:
        """Return the card of a message as the store has it."""
        posted = await self.app.posts.of_message(card.id)
        assert posted is not None
        assert len(posted.cards) == 1
        return posted.cards[0]

    async def standing(self, card: Sent, who: discord.abc.User | None = None) -> Standing:
        """Return how the picture of a message stands in the server, with the vote of Mia or another."""
        return await self.app.votes.standing(GUILD_ID, await self.key(card), (who or self.mia).id)

    async def saved(self, card: Sent, who: discord.abc.User | None = None) -> bool:
        """Tell whether the picture of a message is among the favourites of Mia or another."""
        return await self.app.favourites.contains(self.person(who), await self.key(card))

    def person(self, who: discord.abc.User | None = None) -> Person:
        """Return who Mia, or another, is to the store in the server."""
        return Person(GUILD_ID, (who or self.mia).id)

    async def react(self, message: Sent | discord.Message, emoji: str, who: discord.abc.User | None = None) -> None:
        """Add a reaction, by default as Mia."""
        await dpytest.add_reaction(who or self.mia, self._known(message), emoji)

    async def super_react(self, message: Sent, emoji: str) -> None:
        """Add a super reaction as Mia; dpytest knows none."""
        data: Any = {
            "message_id": message.id,
            "channel_id": message.channel_id,
            "guild_id": GUILD_ID,
            "user_id": self.mia.id,
            "member": dpytest_factories.dict_from_member(self.mia),
            "emoji": {"id": None, "name": emoji},
            "type": 1,
            "burst": True,
            "burst_colors": ["#f5c542"],
        }
        dpytest_backend.get_state().parse_message_reaction_add(data)
        await dpytest.run_all_events()

    async def unreact(self, message: Sent | discord.Message, emoji: str, who: discord.abc.User | None = None) -> None:
        """Take a reaction away again."""
        await dpytest.remove_reaction(who or self.mia, self._known(message), emoji)

    async def super_unreact(self, message: Sent, emoji: str) -> None:
        """Take a super reaction away again."""
        data: Any = self._reaction(message, emoji, self.mia) | {"type": 1, "burst": True}
        dpytest_backend.get_state().parse_message_reaction_remove(data)
        await dpytest.run_all_events()

    async def clear(self, message: Sent, emoji: str | None = None) -> None:
        """Take all reactions away, or those with one emoji, as a moderator would; dpytest knows the first only."""
        if emoji is None:
            dpytest_backend.clear_reactions(self._known(message))
        else:
            data: Any = self._reaction(message, emoji, self.mia)
            dpytest_backend.get_state().parse_message_reaction_remove_emoji(data)
        await dpytest.run_all_events()

    async def crowd(self, message: Sent, emoji: str, users: Iterable[int]) -> None:
        """Let many people react at once, of whom the bot knows nothing but the number."""
        for user in users:
            data: Any = self._reaction(message, emoji, self.mia) | {"user_id": user, "type": 0}
            dpytest_backend.get_state().parse_message_reaction_add(data)
        await dpytest.run_all_events()

    def _reaction(self, message: Sent, emoji: str, who: discord.abc.User) -> dict[str, Any]:
        where = {"message_id": message.id, "channel_id": message.channel_id, "guild_id": GUILD_ID}
        return where | {"user_id": who.id, "emoji": {"id": None, "name": emoji}}

    async def delete(self, message: Sent) -> None:
        """Delete a message of the bot, as a moderator would."""
        dpytest_backend.delete_message(self._known(message))
        await dpytest.run_all_events()

    async def answer_deleted(self, shown: Pause) -> None:
        """Let the time pass that an answer is to be seen."""
        (gone,) = (task for task in asyncio.all_tasks() if "Message.delete" in repr(task.get_coro()))
        shown.end()
        await asyncio.wait_for(gone, 10)
        await dpytest.run_all_events()

    async def counts_drawn(self) -> None:
        """Let the time pass after which the counts on the messages are true."""
        work = self.bot.refresher._work
        assert work is not None
        self.redraw.end()
        await asyncio.wait_for(work, 10)

    @contextmanager
    def queries(self) -> Iterator[list[str]]:
        """Collect what is asked of the store by whoever listens to Discord's events."""
        engine, asked = self.app.store._engine.sync_engine, list[str]()

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            task = asyncio.current_task()
            if task is not None and task.get_name().startswith("discord.py: on_"):
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def _known(self, message: Sent | discord.Message) -> Any:
        if isinstance(message, discord.Message):
            return message
        cached = self.bot._connection._get_message(message.id)
        # A bot that was started anew knows the message by its number only, as do Discord's events.
        return cached or self.pets.get_partial_message(message.id)


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[EmbeddedBackend]:
    """Run an embedded back end that draws quickly."""
    backend = EmbeddedBackend(folder / "backend", clock=SystemClock(), draw=quick_picture, seed=1)
    await backend.start()
    try:
        yield backend
    finally:
        await backend.close()


@asynccontextmanager
async def staged(folder: Path, backend: EmbeddedBackend, server: Discord) -> AsyncIterator[Stage]:
    """Start the bot on a folder, in a Discord that may know it already, and stop it again."""
    settings = settings_for(backend, folder)
    ready_database(settings.data_dir)
    app = await App.open(settings)
    try:
        await app.learned()
        wanted = intents()
        wanted.members = True  # dpytest finds the author of a message among the members
        bot = PlainPawprint(app, intents=wanted)
        redraw = Pause()
        bot.refresher._sleep = redraw
        try:
            yield await _enter(bot, app, server, redraw)
            # What fails in a listener or a worker is seen by nobody else.
            assert app.counts.of("failure") == app.counts.of("failure", "mention")
            assert app.counts.of("unanswered") == 0
        finally:
            await dpytest.empty_queue()
            # discord.py asks it for its socket, and it has none.
            bot.ws = None  # type: ignore[assignment]
            await bot.close()
    finally:
        await app.close()


async def _enter(bot: PlainPawprint, app: App, server: Discord, redraw: Pause) -> Stage:
    await bot._async_setup_hook()
    dpytest.configure(bot, guilds=[])
    # dpytest would raise here what the bot has answered there.
    del bot.__dict__["on_command_error"]
    config = dpytest_backend._cur_config
    assert config is not None
    config.messages.update(server.messages)
    server.messages = config.messages
    state = config.state
    state.stop_dispatch()
    guild = dpytest_backend.make_guild("Pets", id_num=GUILD_ID)
    pets = dpytest_backend.make_text_channel("pets", guild, id_num=PETS_ID)
    assert state.user is not None
    dpytest_backend.make_member(state.user, guild)
    mia, noah, robot = (
        dpytest_backend.make_user(name, 1, id_num=number)
        for name, number in (("Mia", _MIA_ID), ("Noah", _NOAH_ID), ("Robot", _ROBOT_ID))
    )
    robot.bot = True
    stage = Stage(
        server,
        bot,
        app,
        pets,
        mia=dpytest_backend.make_member(mia, guild),
        noah=dpytest_backend.make_member(noah, guild),
        robot=dpytest_backend.make_member(robot, guild),
        redraw=redraw,
    )
    state.start_dispatch()
    await bot.login("token")
    return stage
