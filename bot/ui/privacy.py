"""What `/privacy` shows: what is kept of somebody, how far forgetting is, and the question before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.i18n import Texts
from bot.identity import Person
from bot.models import Source
from bot.services.forgetting import Progress
from bot.store.privacy import TRACES
from bot.ui.confirm import ConfirmView, SentenceView
from bot.ui.people import PERSONAL

if TYPE_CHECKING:
    from bot.app import App

_COLOUR: Final = discord.Colour(0x7A9E9F)
# What tells of the bot's own work, and not of what somebody gave.
_OWN_WORK: Final = frozenset({"preferences", "deliveries", "pseudonyms", "forgetting"})

COUNTED: Final = tuple(trace.section for trace in TRACES if trace.section not in _OWN_WORK)
"""The sections of an export that people are told of, one line each."""

HERE: Final = "here"
EVERYWHERE: Final = "everywhere"


class AboutPrivacyView(discord.ui.LayoutView):
    """What is kept of somebody where they are, who gets it, and what they can do about it."""

    def __init__(self, parts: list[str]) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=_COLOUR)
        for number, text in enumerate(parts):
            if number:
                container.add_item(discord.ui.Separator())
            container.add_item(discord.ui.TextDisplay(text))
        self.add_item(container)


async def about(app: App, who: Person, say: Texts) -> AboutPrivacyView:
    """Look up what is kept of somebody and show it."""
    personal = who.space == PERSONAL
    held = await app.privacy.held(who)
    progress = await app.privacy.forgetting.progress(who.user)
    parts = [
        _held(held, say("privacy.about.personal" if personal else "privacy.about.server"), say),
        say("privacy.about.services"),
        say("privacy.about.what_you_can_do"),
    ]
    if not personal:
        unlisted = await app.privacy.is_unlisted(who)
        parts.append(say("privacy.about.unlisted" if unlisted else "privacy.about.listed"))
    if progress is not None:
        parts.append(progress_text(progress, say))
    return AboutPrivacyView(parts)


def progress_text(progress: Progress, say: Texts) -> str:
    """Say how far the forgetting is, and what stays at a service that deletes nothing."""
    if progress.done:
        return "\n".join((say("privacy.forgotten"), *_kept(progress.kept, say)))
    lines = [
        say("privacy.left", service=say(f"service.{source}"), left=left, asked=max(left, progress.asked.get(source, 0)))
        for source, left in progress.left.items()
    ]
    return "\n".join((say("privacy.forgetting"), *lines))


def _held(held: Mapping[str, int], title: str, say: Texts) -> str:
    lines = [say.plural(f"privacy.held.{section}", held[section]) for section in COUNTED if section in held]
    return "\n".join((title, *(lines or [say("privacy.held.nothing")])))


def _kept(kept: Mapping[Source, int], say: Texts) -> list[str]:
    return [say.plural("privacy.kept", number, service=say(f"service.{source}")) for source, number in kept.items()]


class Forget:
    """What is done once somebody is sure about `/privacy forget`; the argument is where."""

    name = "forget_me"

    def __init__(self, app: App) -> None:
        self._app = app

    async def carry_out(self, person: Person, argument: str, say: Texts) -> discord.ui.LayoutView:
        """Forget the person and say how far that came at once."""
        progress = await self._app.privacy.forgetting.ask(person, say.language, everywhere=argument == EVERYWHERE)
        self._app.sync.wake()
        self._app.privacy.wake()
        if progress.done:
            return SentenceView(progress_text(progress, say))
        return SentenceView(f"{progress_text(progress, say)}\n{say('privacy.will_be_told')}")

    async def ask(self, person: Person, where: str, say: Texts) -> discord.ui.LayoutView:
        """Return the question: what goes, what cannot be deleted, and what stays."""
        everywhere = where == EVERYWHERE
        undeletable = await self._app.privacy.undeletable(person, everywhere=everywhere)
        if everywhere:
            title = say("privacy.forget.everywhere")
        else:
            title = say("privacy.forget.personal" if person.space == PERSONAL else "privacy.forget.server")
        lines = [title, say("privacy.forget.what")]
        lines += [say.plural("privacy.forget.undeletable", undeletable)] if undeletable else []
        lines += [say("privacy.forget.stays")]
        return ConfirmView("\n".join(lines), say("privacy.forget.yes"), self.name, where, person.user, say)
