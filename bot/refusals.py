"""What somebody is told whom the gate or the settings of a server do not let through, or whose plan cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.errors import (
    HiddenPicture,
    KeptFromVoting,
    NotHidden,
    TooManyHidden,
)
from bot.i18n import Texts
from bot.refused import (
    AgainOff,
    BadSetting,
    BadSettingsFile,
    BadTime,
    ChannelGone,
    CoolingDown,
    EmojiGone,
    Excluded,
    NoDaily,
    NotHere,
    NotPosted,
    OwnPicture,
    RoleNeeded,
    TooManyDailies,
    TooQuick,
    UnknownZone,
    VotingOff,
)


def refusal(error: BaseException, say: Texts) -> str | None:
    """Return the sentence for an error of the gate, the settings or the pictures a day, None for any other."""
    match error:
        case NotHere(channels=channels):
            return say("failure.not_here", channels=say.listing([f"<#{one}>" for one in channels]))
        case RoleNeeded(roles=roles) if roles:
            return say("failure.role_needed", roles=say.listing([f"<@&{one}>" for one in roles], "comma"))
        case RoleNeeded():
            return say("failure.role_needed.managers")
        case CoolingDown(until=until):
            return say("failure.cooling_down", when=_when(until))
        case TooQuick(until=until):
            return say("failure.too_quick", when=_when(until))
        case VotingOff():
            return say("failure.voting_off")
        case OwnPicture():
            return say("failure.own_picture")
        case AgainOff():
            return say("failure.again_off")
        case EmojiGone():
            return say("failure.emoji_gone")
        case Excluded(name=name):
            return say("failure.excluded", name=name)
        case BadSetting(name=name):
            return say(f"failure.setting.{name}")
        case BadSettingsFile(wrong=wrong, unknown=unknown) if wrong or unknown:
            return say("failure.settings_file.wrong", faults="\n".join(_faults(wrong, unknown, say)))
        case BadSettingsFile():
            return say("failure.settings_file")
    return _daily(error, say) or _moderation(error, say)


def _moderation(error: BaseException, say: Texts) -> str | None:
    """Return the sentence for an error of moderation."""
    match error:
        case HiddenPicture(everywhere=True):
            return say("failure.hidden.everywhere")
        case HiddenPicture():
            return say("failure.hidden")
        case NotHidden():
            return say("failure.not_hidden")
        case KeptFromVoting():
            return say("failure.kept_from_voting")
        case TooManyHidden(most=most):
            return say("failure.too_many_hidden", most=most)
    return None


def _daily(error: BaseException, say: Texts) -> str | None:
    """Return the sentence for an error of the pictures a day."""
    match error:
        case BadTime(asked=asked):
            return say("failure.time", asked=asked)
        case UnknownZone(asked=asked, nearest=nearest) if nearest:
            return say("failure.zone.near", asked=asked, nearest=say.listing(nearest, "or"))
        case UnknownZone(asked=asked):
            return say("failure.zone", asked=asked)
        case NoDaily(asked=asked, known=known) if known:
            return say("failure.daily.known", asked=asked, known=say.listing(map(str, known)))
        case NoDaily(asked=asked):
            return say("failure.daily", asked=asked)
        case TooManyDailies(most=most):
            return say("failure.too_many_dailies", most=most)
        case ChannelGone():
            return say("failure.channel_gone")
        case NotPosted():
            return say("failure.not_posted")
    return None


def _faults(wrong: Iterable[str], unknown: Iterable[str], say: Texts) -> list[str]:
    faults = [say("failure.settings_file.value", name=name, expected=say(f"failure.setting.{name}")) for name in wrong]
    return faults + [say("failure.settings_file.unknown", name=name[:32]) for name in list(unknown)[:20]]


def _when(until: datetime) -> str:
    """Return a time as Discord shows it: so many seconds from now, counting down."""
    # Told in whole seconds: never earlier than it is.
    return f"<t:{int(until.timestamp()) + 1}:R>"
