"""How settings and their values are told, in the panel, in answers and to the log channel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from bot.i18n import Texts, texts
from bot.models import Species
from bot.reactions import Emojis
from bot.services.guild_settings import VOTE, Again, Delivery, GuildSettings, Voting
from bot.services.guilds import Change

if TYPE_CHECKING:
    from bot.app import App

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def told(app: App, name: str, settings: GuildSettings, say: Texts) -> str:
    """Return the value of a setting in words; channels and roles as mentions."""
    value: Any = getattr(settings, name)
    match name:
        case "channels":
            return _listed((f"<#{one}>" for one in value), say("settings.value.everywhere"), say)
        case "log_channel":
            return f"<#{value}>" if value else say("settings.value.nobody")
        case "exempt_roles":
            return _listed((f"<@&{one}>" for one in value), say("settings.value.none"), say)
        case "roles":
            return _listed((_able(act, ids, say) for act, ids in value.items()), say("settings.value.everybody"), say)
        case "excluded_breeds":
            return _listed((breed_name(app, one) for one in value), say("settings.value.none"), say)
        case "excluded_categories":
            return _listed((category_name(app, one) for one in value), say("settings.value.none"), say)
    return _plainly(name, value, say)


def changes(app: App, change: Change, say: Texts) -> list[str]:
    """Return a line for each setting that a change made another."""
    return [
        say(
            "settings.changed",
            name=say(f"settings.name.{name}"),
            before=told(app, name, change.before, say),
            after=told(app, name, change.after, say),
        )
        for name in change.names
    ]


def seconds(number: int, say: Texts) -> str:
    """Return a time in the largest unit that it is a whole number of; none for 0."""
    if not number:
        return say("settings.value.no_wait")
    if number % _DAY == 0:
        return say.plural("settings.days", number // _DAY)
    if number % _HOUR == 0:
        return say.plural("settings.hours", number // _HOUR)
    if number % _MINUTE == 0:
        return say.plural("settings.minutes", number // _MINUTE)
    return say.plural("settings.seconds", number)


def switch(value: bool | None, say: Texts) -> str:
    """Return yes, no, or that the bot's operator decides."""
    if value is None:
        return say("settings.value.operator")
    return say("settings.value.yes" if value else "settings.value.no")


def language_name(code: str | None, say: Texts) -> str:
    """Return what a language calls itself; the server's own for none."""
    return texts(code)("language.name") if code else say("settings.value.server_language")


def act_name(act: str, say: Texts) -> str:
    """Return what roles may be needed for: a command, or voting."""
    return say("settings.act.vote") if act == VOTE else f"/{act}"


def breed_name(app: App, named: str) -> str:
    """Return a breed's name, its id where nobody knows it any more."""
    species, _, breed_id = named.partition(":")
    breed = app.breeds.get(Species(species), breed_id)
    return breed.name if breed else named


def category_name(app: App, named: str) -> str:
    """Return a category's name, its number where the service does not tell."""
    species, _, category_id = named.partition(":")
    known = app.categories.known(Species(species))
    return next((category.name for category in known if category.id == category_id), named)


def _plainly(name: str, value: Any, say: Texts) -> str:
    match value:
        case Voting():
            return say(f"settings.voting.{value}")
        case Delivery():
            return say(f"settings.delivery.{value}")
        case Again():
            return say(f"settings.again.{value}")
        case Emojis():
            return " ".join(value.all)
    if name == "language":
        return language_name(value, say)
    return seconds(value, say) if name.endswith("_cooldown") else switch(value, say)


def _able(act: str, ids: tuple[int, ...], say: Texts) -> str:
    roles = _listed((f"<@&{one}>" for one in ids), say("settings.value.managers"), say)
    return say("settings.value.able", act=act_name(act, say), roles=roles)


def _listed(named: Iterable[str], otherwise: str, say: Texts) -> str:
    return say.listing(named, "comma") or otherwise
