"""What the manual says of commands and options: lines, details in a few words, permissions and places by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from discord import AppCommandOptionType

from bot.failures import permission_names
from bot.i18n import Texts
from bot.ui.manual import BY_A_PERSON, IN_DIRECT_MESSAGES, IN_PRIVATE_CHANNELS, IN_SERVERS, Entry, Manual, Option

# Well below Discord's 4,000 characters of a message with components, and its 2,000 of a plain one.
_LONGEST_PAGE: Final = 3_400
_LONGEST_REPLY: Final = 1_600
_KINDS: Final = {
    AppCommandOptionType.string.value: "help.kind.text",
    AppCommandOptionType.integer.value: "help.kind.integer",
    AppCommandOptionType.boolean.value: "help.kind.boolean",
    AppCommandOptionType.user.value: "help.kind.user",
    AppCommandOptionType.channel.value: "help.kind.channel",
    AppCommandOptionType.role.value: "help.kind.role",
    AppCommandOptionType.mentionable.value: "help.kind.mentionable",
    AppCommandOptionType.number.value: "help.kind.number",
    AppCommandOptionType.attachment.value: "help.kind.file",
}


def short_text(found: Sequence[Entry], manual: Manual, own_name: str, say: Texts) -> str:
    """Return what a reply says of a command: what it is for, and how to say it in a message; or of those of a group."""
    first = found[0]
    if len(found) > 1:
        return list_text(say("help.group.title", name=first.root), found, manual, say, longest=_LONGEST_REPLY)
    lines = [say("help.line", command=manual.link(first), about=about(first, say))]
    if first.said is not None:
        lines.append(say("help.said", said=f"@{own_name} {first.said}"))
    return "\n".join(lines)


def about(entry: Entry, say: Texts) -> str:
    """Return what a command does; Discord keeps no such text for a message menu."""
    return say("help.menu") if entry.is_menu else entry.about


def details(option: Option, say: Texts) -> list[str]:
    """Return what may be given for an option, in a few words each."""
    told = [say("help.option.required")] if option.required else []
    if option.choices:
        return [*told, say("help.option.choices", choices="; ".join(option.choices))]
    told += [say(_KINDS[option.kind]), *_limits(option, say)]
    return [*told, say("help.option.suggests")] if option.suggests else told


def permission_list(permissions: discord.Permissions, say: Texts) -> str:
    """Return permissions as Discord's own settings call them."""
    return permission_names([name for name, needed in permissions if needed], say)


def command_text(entry: Entry, link: str, own_name: str, say: Texts) -> str:
    """Return all that there is to know of a command: its options, how to say it in a message, for whom, and where."""
    lines = [say("help.command.title", command=link), about(entry, say), ""]
    lines += [
        say("help.option", name=option.name, about=option.about, details=" · ".join(details(option, say)))
        for option in entry.options
    ]
    if entry.said is not None:
        lines.append(say("help.said", said=f"@{own_name} {entry.said}"))
    if entry.permissions.value:
        lines.append(say("help.who", permissions=permission_list(entry.permissions, say)))
    if (places := places_of(entry, say)) is not None:
        lines.append(say("help.where", places=say.listing(places)))
    return "\n".join(lines)


def places_of(entry: Entry, say: Texts) -> list[str] | None:
    """Return where a command works; None when that is everywhere."""
    told = {
        IN_SERVERS: say("help.where.servers"),
        IN_DIRECT_MESSAGES: say("help.where.direct"),
        IN_PRIVATE_CHANNELS: say("help.where.private"),
    }
    if entry.places >= told.keys() and BY_A_PERSON in entry.installs:
        return None
    return [text for place, text in told.items() if place in entry.places]


def _limits(option: Option, say: Texts) -> list[str]:
    least, most = (None if limit is None else say.number(limit) for limit in (option.least, option.most))
    if option.kind == AppCommandOptionType.string.value:
        return [] if most is None else [say("help.option.longest", most=most)]
    match least, most:
        case None, None:
            return []
        case None, _:
            return [say("help.option.most", most=most)]
        case _, None:
            return [say("help.option.least", least=least)]
    return [say("help.option.range", least=least, most=most)]


def list_text(title: str, entries: Sequence[Entry], manual: Manual, say: Texts, *, longest: int = _LONGEST_PAGE) -> str:
    """Put a line for each command below a title, as many as a message holds."""
    text = title
    for number, entry in enumerate(entries):
        line = say("help.line", command=manual.link(entry), about=about(entry, say))
        if len(text) + len(line) > longest:
            return "\n".join((text, say.plural("help.further", len(entries) - number)))
        text = f"{text}\n{line}"
    return text
