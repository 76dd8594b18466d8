"""Moderation at the press of a button: who may, hiding a picture, the question before a reset, the log channel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import discord
from discord import app_commands

from bot.card import Card
from bot.i18n import Texts, texts
from bot.identity import Person
from bot.models import PictureKey, Source
from bot.services.moderation import Act, Deed
from bot.ui.colours import HOUSE
from bot.ui.confirm import SentenceView
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.in_time import in_time, redraw
from bot.ui.links import address_of
from bot.ui.people import EVERYBODY, PERSONAL, actor
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Body

_LABELS: Final = {"hide": "moderate.button.hide", "ask": "moderate.button.reset", "reset": "moderate.button.reset.yes"}
_EMOJI: Final = {"hide": "🙈"}
_DANGEROUS: Final = "reset"
_LEAVE: Final = "leave"


def moderates(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether somebody has the permission Manage Messages, in a server where the bot is."""
    return actor(interaction).space != PERSONAL and interaction.permissions.manage_messages


def see_moderator(interaction: discord.Interaction[Any]) -> None:
    """Raise NoPrivateMessage outside a server of the bot's, MissingPermissions for who does not moderate it."""
    if actor(interaction).space == PERSONAL:
        raise app_commands.NoPrivateMessage
    if not moderates(interaction):
        raise app_commands.MissingPermissions(["manage_messages"])


class ModeratorButton(
    GuardedButton,
    # At most 84 characters of the 100 that a custom_id holds.
    template=re.compile(
        rf"mod:(?P<act>hide|ask|reset|leave):(?P<source>{'|'.join(Source)}):(?P<picture>[A-Za-z0-9_.-]{{1,64}})"
    ),
):
    """Hides a picture; asks whether its votes shall be taken back, takes them back, or leaves all as it is."""

    def __init__(self, act: str, key: PictureKey, say: Texts | None = None) -> None:
        text = None
        if say is not None:
            text = say("confirm.no") if act == _LEAVE else say(_LABELS[act])
        super().__init__(
            discord.ui.Button(
                emoji=_EMOJI.get(act),
                label=text,
                style=discord.ButtonStyle.danger if act == _DANGEROUS else discord.ButtonStyle.secondary,
                custom_id=f"mod:{act}:{key.source}:{key.id}",
            )
        )
        self.act = act
        self.key = key

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read act and picture off the `custom_id`."""
        return cls(match["act"], PictureKey(Source(match["source"]), match["picture"]))

    async def press(self, interaction: Interaction) -> None:
        """Ask for the permission once more: it may have been taken away since. Then do it."""
        see_moderator(interaction)
        app, who, say = interaction.client.app, actor(interaction), texts(interaction.locale.value)
        view: discord.ui.LayoutView
        match self.act:
            case "hide":
                view = SentenceView(await in_time(interaction, hide(app, who, self.key, None, say)))
            case "ask":
                view = await in_time(interaction, question(app, who, self.key, say))
            case "reset":
                view = SentenceView(await in_time(interaction, _reset(app, who, self.key, say)))
            case _:
                view = SentenceView(say("confirm.nothing_done"))
        await redraw(interaction, view)


class WhichView(discord.ui.LayoutView):
    """A button for each picture of a message, to say which of them is meant."""

    def __init__(self, act: str, cards: Sequence[Card], say: Texts) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=HOUSE)
        container.add_item(discord.ui.TextDisplay(say("moderate.which")))
        for number, card in enumerate(cards, start=1):
            container.add_item(discord.ui.TextDisplay(say("menu.which", number=number)))
            row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
            row.add_item(ModeratorButton(act, card.picture, say))
            container.add_item(row)
        self.add_item(container)


class _ResetView(discord.ui.LayoutView):
    """The question before votes are taken back."""

    def __init__(self, key: PictureKey, votes: int, say: Texts) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.red())
        container.add_item(discord.ui.TextDisplay(say.plural("moderate.reset", votes, picture=named(key))))
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        for act in (_DANGEROUS, _LEAVE):
            row.add_item(ModeratorButton(act, key, say))
        container.add_item(row)
        self.add_item(container)


async def hide(app: App, who: Person, key: PictureKey, reason: str | None, say: Texts) -> str:
    """Hide a picture in a server and return what to say of it. Raises `TooManyHidden`."""
    new = await app.moderation.hide(who.space, who.user, key, reason)
    return say("moderate.hidden.done" if new else "moderate.hidden.before", picture=named(key))


async def question(app: App, who: Person, key: PictureKey, say: Texts) -> discord.ui.LayoutView:
    """Return the question before a reset, with the votes of now; a sentence when there is none."""
    standing = await app.votes.standing(who.space, key)
    votes = standing.up + standing.down
    return _ResetView(key, votes, say) if votes else SentenceView(say("moderate.reset.none", picture=named(key)))


async def _reset(app: App, who: Person, key: PictureKey, say: Texts) -> str:
    votes = await app.votes.reset(who.space, key)
    if not votes:
        return say("moderate.reset.none", picture=named(key))
    app.moderation.tell(Deed(act=Act.RESET, space=who.space, by=who.user, key=key, votes=votes))
    return say.plural("moderate.reset.done", votes, picture=named(key))


def named(key: PictureKey) -> str:
    """Return a picture's name as one may type it again, for one of all sources."""
    return f"{key.source}:{key.id}"


class ModerationLog:
    """Tells a server's log channel of each deed; that it cannot be told never undoes one."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot

    def done(self, deed: Deed) -> None:
        """Tell of a deed, in the background."""
        channel = self._bot.app.guilds.of(deed.space).log_channel
        if channel is not None:
            self._bot.app.spawn(self._tell(deed, channel), name="tell of moderation")

    async def _tell(self, deed: Deed, channel: int) -> None:
        say = post_texts(self._bot.get_guild(deed.space), client=self._bot)
        lines = [_told(deed, say)]
        if deed.reason:
            lines.append(say("moderate.reason", reason=discord.utils.escape_markdown(deed.reason)))
        if deed.key is not None:
            places = await self._bot.app.rankings.places(Person(deed.space, EVERYBODY), [deed.key])
            lines += [
                say("moderate.log.link", link=address_of(deed.space, one)) for one in places.get(deed.key, ())[:1]
            ]
        await self._bot.messenger.post(deed.space, channel, SentenceView("\n".join(lines)))


def _told(deed: Deed, say: Texts) -> str:
    who, member = f"<@{deed.by}>", f"<@{deed.member}>"
    picture = named(deed.key) if deed.key is not None else ""
    match deed.act:
        case Act.HID:
            return say("moderate.log.hid", who=who, picture=picture)
        case Act.SHOWED:
            return say("moderate.log.showed", who=who, picture=picture)
        case Act.RESET:
            return say.plural("moderate.log.reset", deed.votes, who=who, picture=picture)
        case Act.KEPT:
            return say("moderate.log.kept", who=who, member=member)
        case Act.LET:
            return say("moderate.log.let", who=who, member=member)
