"""What is hidden in a server and whose votes it does not take, as lists of text from which one lets go again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import discord
from discord import app_commands

from bot.i18n import Texts, texts
from bot.identity import Person
from bot.store.moderation import Hidden, Kept
from bot.ui.gallery import PER_PAGE, Page, Tile, clamp, turn_gallery
from bot.ui.guarded import GuardedButton, Interaction, picked
from bot.ui.in_time import in_time
from bot.ui.kept import LONGEST_VALUE, key_of
from bot.ui.moderation import named, see_moderator
from bot.ui.people import PERSONAL, actor

if TYPE_CHECKING:
    from bot.app import App

_HIDDEN: Final = "hidden"
_KEPT: Final = "kept"


class HiddenHere:
    """The list of `/moderate hidden`. It shows no picture: that is what they are hidden for."""

    name = _HIDDEN

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of what a server hid, newest first."""
        if person.space == PERSONAL:
            raise app_commands.NoPrivateMessage
        moderation = self._app.moderation
        total = (await moderation.hidden(person.space, limit=1)).total
        number, pages = clamp(number, total)
        first = (number - 1) * PER_PAGE
        found = await moderation.hidden(person.space, limit=PER_PAGE, offset=first)
        tiles = tuple(_tile(_hidden(one, place, say)) for place, one in enumerate(found.items, start=first + 1))
        values = [named(one.key) for one in found.items]
        choice = _choice(_HIDDEN, number, first, values, say("moderate.hidden.choose"))
        note = say.plural("moderate.hidden.count", total) if total else say("moderate.hidden.none")
        return Page(say("moderate.hidden.title"), tiles, number, pages, total, note, choice)


class KeptHere:
    """The list of `/moderate kept`."""

    name = _KEPT

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of those whose votes a server does not take, newest first."""
        if person.space == PERSONAL:
            raise app_commands.NoPrivateMessage
        moderation = self._app.moderation
        total = (await moderation.kept(person.space, limit=1)).total
        number, pages = clamp(number, total)
        first = (number - 1) * PER_PAGE
        found = await moderation.kept(person.space, limit=PER_PAGE, offset=first)
        tiles = tuple(_tile(_kept(one, place, say)) for place, one in enumerate(found.items, start=first + 1))
        choice = _choice(_KEPT, number, first, [str(one.user) for one in found.items], say("moderate.kept.choose"))
        note = say.plural("moderate.kept.count", total) if total else say("moderate.kept.none")
        return Page(say("moderate.kept.title"), tiles, number, pages, total, note, choice)


class ModerationSelect(
    GuardedButton, template=re.compile(rf"mod-list:(?P<what>{_HIDDEN}|{_KEPT}):(?P<number>[0-9]{{1,6}})")
):
    """Shows again what is chosen of a page, or takes the votes again of who is chosen."""

    def __init__(
        self, what: str, number: int, options: list[discord.SelectOption], placeholder: str | None = None
    ) -> None:
        # The guard is the same for every component: a list passes it as a button does.
        select: Any = discord.ui.Select(
            custom_id=f"mod-list:{what}:{number}",
            options=options,
            max_values=max(1, len(options)),
            placeholder=placeholder,
        )
        super().__init__(select)
        self.what = what
        self.number = number

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read list and page off the `custom_id`."""
        return cls(match["what"], int(match["number"]), [])

    async def press(self, interaction: Interaction) -> None:
        """Do it, and show the page as it is now."""
        see_moderator(interaction)
        who, say = actor(interaction), texts(interaction.locale.value)
        chosen = picked(interaction)
        moderation = interaction.client.app.moderation
        if self.what == _HIDDEN:
            shown = await in_time(interaction, moderation.unhide(who.space, who.user, map(key_of, chosen)))
            said = say.plural("moderate.unhidden", shown)
        else:
            people = [Person(who.space, int(user)) for user in chosen]
            said = say.plural("moderate.let", await in_time(interaction, moderation.let_vote(people, who.user)))
        await turn_gallery(interaction, self.what, "", self.number, who.user, said=said)


def _tile(text: str) -> Tile:
    return Tile(None, None, "", text)


def _hidden(one: Hidden, place: int, say: Texts) -> str:
    picture, when = named(one.key), discord.utils.format_dt(one.at, "f")
    if one.by is None:
        text = say("moderate.hidden.entry.forgotten", place=place, picture=picture, when=when)
    else:
        text = say("moderate.hidden.entry", place=place, picture=picture, who=f"<@{one.by}>", when=when)
    if one.reason is None:
        return text
    return f"{text}\n{say('moderate.reason', reason=discord.utils.escape_markdown(one.reason))}"


def _kept(one: Kept, place: int, say: Texts) -> str:
    member, when = f"<@{one.user}>", discord.utils.format_dt(one.at, "f")
    if one.by is None:
        return say("moderate.kept.entry.forgotten", place=place, member=member, when=when)
    return say("moderate.kept.entry", place=place, member=member, who=f"<@{one.by}>", when=when)


def _choice(
    what: str, number: int, first: int, values: Sequence[str], placeholder: str
) -> tuple[discord.ui.ActionRow[Any], ...]:
    options = [
        discord.SelectOption(label=f"{place}. {value}"[:LONGEST_VALUE], value=value)
        for place, value in enumerate(values, start=first + 1)
    ]
    if not options:
        return ()
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    row.add_item(ModerationSelect(what, number, options, placeholder))
    return (row,)
