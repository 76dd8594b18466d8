"""`/moderate`: pictures that a server does not want to see, votes that are taken back, and votes that do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import HiddenPicture, NotHidden, UnknownPicture
from bot.failures import guarded_suggestions
from bot.i18n import texts
from bot.identity import Person
from bot.models import PictureKey
from bot.services.resolve import keys_of
from bot.ui.confirm import SentenceView
from bot.ui.gallery import open_gallery
from bot.ui.in_time import in_time, tell
from bot.ui.kept import LONGEST_VALUE
from bot.ui.labels import label
from bot.ui.meant import meant
from bot.ui.moderation import WhichView, hide, moderates, named, question, see_moderator
from bot.ui.moderation_lists import HiddenHere, KeptHere
from bot.ui.people import actor

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

Named = app_commands.Range[str, 1, 200]
Number = app_commands.Range[int, 1, 999_999]

_CHOICES: Final = 25


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_messages=True)
class Moderate(commands.GroupCog, group_name="moderate", group_description=label("command.moderate")):
    """What moderators do. All of it is answered privately, and told to the server's log channel."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Put the lists where their buttons find them."""
        for listing in (HiddenHere(self.bot.app), KeptHere(self.bot.app)):
            self.bot.listings[listing.name] = listing

    @app_commands.command(name="hide", description=label("command.moderate.hide"))
    @app_commands.describe(picture=label("option.moderate.picture"), reason=label("option.moderate.reason"))
    async def hide(
        self,
        interaction: Interaction,
        picture: Named | None = None,
        reason: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Hide the newest picture here, or the one that an id or a link names."""
        see_moderator(interaction)
        say, cards = texts(interaction.locale.value), await meant(interaction, picture)
        if len(cards) > 1:
            await tell(interaction, WhichView("hide", cards, say))
            return
        hiding = hide(self.bot.app, actor(interaction), cards[0].picture, reason, say)
        await tell(interaction, SentenceView(await in_time(interaction, hiding, private=True)))

    @app_commands.command(name="unhide", description=label("command.moderate.unhide"))
    @app_commands.describe(picture=label("option.moderate.hidden"))
    async def unhide(self, interaction: Interaction, picture: Named) -> None:
        """Show what an id or a link names again. Raises `NotHidden`, or `HiddenPicture` when the operator hid it."""
        see_moderator(interaction)
        say, who, moderation = texts(interaction.locale.value), actor(interaction), self.bot.app.moderation
        keys = await self._named(interaction, picture)
        hidden = moderation.hidden_in(who.space)
        if not any(key in hidden for key in keys):
            if any(map(moderation.blocks, keys)):
                raise HiddenPicture(everywhere=True)
            raise NotHidden
        shown = await in_time(interaction, moderation.unhide(who.space, who.user, keys), private=True)
        await tell(interaction, SentenceView(say.plural("moderate.unhidden", shown)))

    @app_commands.command(name="hidden", description=label("command.moderate.hidden"))
    @app_commands.describe(page=label("option.page"))
    async def hidden(self, interaction: Interaction, page: Number = 1) -> None:
        """List what is hidden in this server."""
        see_moderator(interaction)
        await open_gallery(interaction, HiddenHere.name, "", page)

    @app_commands.command(name="reset", description=label("command.moderate.reset"))
    @app_commands.describe(picture=label("option.moderate.picture"))
    async def reset(self, interaction: Interaction, picture: Named | None = None) -> None:
        """Take back all votes on a picture in this server, once the moderator is sure."""
        see_moderator(interaction)
        say, cards = texts(interaction.locale.value), await meant(interaction, picture)
        if len(cards) > 1:
            await tell(interaction, WhichView("ask", cards, say))
        else:
            await tell(interaction, await question(self.bot.app, actor(interaction), cards[0].picture, say))

    @app_commands.command(name="keep-from-voting", description=label("command.moderate.keep"))
    @app_commands.describe(member=label("option.moderate.member"), undo=label("option.moderate.undo"))
    async def keep_from_voting(self, interaction: Interaction, member: discord.User, undo: bool = False) -> None:
        """Take no more votes of somebody, or take them again."""
        see_moderator(interaction)
        moderation, who, say = self.bot.app.moderation, actor(interaction), texts(interaction.locale.value)
        person, mention = Person(who.space, member.id), member.mention
        if undo:
            let = await in_time(interaction, moderation.let_vote([person], who.user), private=True)
            said = say("moderate.let.done" if let else "moderate.let.none", member=mention)
        else:
            new = await in_time(interaction, moderation.keep_from_voting(person, who.user), private=True)
            said = say("moderate.kept.done" if new else "moderate.kept.before", member=mention)
        await tell(interaction, SentenceView(said))

    @app_commands.command(name="kept", description=label("command.moderate.kept"))
    @app_commands.describe(page=label("option.page"))
    async def kept(self, interaction: Interaction, page: Number = 1) -> None:
        """List whose votes this server does not take."""
        see_moderator(interaction)
        await open_gallery(interaction, KeptHere.name, "", page)

    @unhide.autocomplete("picture")
    @guarded_suggestions
    async def suggest(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest what is hidden, the newest first."""
        if not moderates(interaction):
            return []
        typed = current.strip().casefold()
        found = await self.bot.app.moderation.hidden(actor(interaction).space, limit=_CHOICES)
        names = [named(one.key) for one in found.items]
        return [
            app_commands.Choice(name=name, value=name)
            for name in names
            if typed in name.casefold() and len(name) <= LONGEST_VALUE
        ]

    async def _named(self, interaction: Interaction, picture: str) -> list[PictureKey]:
        """Return what an id may name, or what the message shows that a link leads to. Raises `UnknownPicture`."""
        assert interaction.channel_id is not None
        try:
            return keys_of(picture.strip())
        except UnknownPicture:
            found = await self.bot.app.resolve.at_hand(picture, actor(interaction), interaction.channel_id)
            return [card.picture for card in found.cards] if found else []


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Moderate(bot))
