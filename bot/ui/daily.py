"""How the pictures a day are told: in a line each, with what stopped them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.i18n import Texts
from bot.models import Species
from bot.services.daily import Reason, time_at
from bot.store.daily import Daily
from bot.ui.setting_words import breed_name

if TYPE_CHECKING:
    from bot.app import App


def daily_text(app: App, daily: Daily, say: Texts) -> str:
    """Return one in two lines: when, where and what; how it goes on."""
    plan = say(
        "daily.plan.fact" if daily.with_fact else "daily.plan",
        number=daily.number,
        what=_what(app, daily, say),
        channel=f"<#{daily.channel_id}>",
        time=f"{time_at(daily):%H:%M}",
        zone=daily.zone,
    )
    return f"{plan}\n-# {_how(daily, say)}"


def list_text(app: App, dailies: Sequence[Daily], say: Texts) -> str:
    """Return a server's, by number."""
    if not dailies:
        return say("daily.none")
    return "\n".join([say("daily.title"), *(daily_text(app, daily, say) for daily in dailies)])


def choice_name(app: App, daily: Daily, channel: str, say: Texts) -> str:
    """Return what one is called among choices; `channel` is the name of its channel."""
    return say(
        "daily.choice",
        number=daily.number,
        what=_what(app, daily, say),
        channel=channel,
        time=f"{time_at(daily):%H:%M}",
        zone=daily.zone,
    )[:100]


def stop_text(daily: Daily, reason: Reason, say: Texts) -> str:
    """Say to a server's log channel that one is stopped, why, and what to do."""
    return say("daily.stopped", number=daily.number, why=reason_text(daily, reason, say))


def reason_text(daily: Daily, reason: str, say: Texts) -> str:
    """Say what stopped one, and what to do about it."""
    match Reason(reason):
        case Reason.GONE:
            return say("daily.reason.gone")
        case Reason.FORBIDDEN:
            return say("daily.reason.forbidden", channel=f"<#{daily.channel_id}>")
        case Reason.EXCLUDED:
            return say("daily.reason.excluded")
        case Reason.ZONE:
            return say("daily.reason.zone", zone=daily.zone)


def _what(app: App, daily: Daily, say: Texts) -> str:
    if daily.species is None:
        return say("daily.either")
    if daily.breed_id is not None:
        return breed_name(app, f"{daily.species}:{daily.breed_id}")
    return say("daily.cat" if daily.species is Species.CAT else "daily.dog")


def _how(daily: Daily, say: Texts) -> str:
    if daily.reason is not None:
        return say("daily.is_stopped", why=reason_text(daily, daily.reason, say))
    if daily.paused:
        return say("daily.is_paused")
    return say("daily.next", when=moment(daily.next_at))


def moment(at: datetime) -> str:
    """Return a moment as Discord shows it to each person, in their own time zone."""
    return f"<t:{int(at.timestamp())}:F>"
