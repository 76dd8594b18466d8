"""Which commands a person may use where they are, and which one somebody means by a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process

from bot.errors import UnknownCommand
from bot.ui.gate import visit_of
from bot.ui.guarded import Interaction
from bot.ui.manual import (
    BY_A_PERSON,
    BY_A_SERVER,
    IN_DIRECT_MESSAGES,
    IN_PRIVATE_CHANNELS,
    IN_SERVERS,
    Entry,
)

_NEAREST: Final = 3
_NEAR: Final = 55.0


async def usable(interaction: Interaction) -> tuple[Entry, ...]:
    """Return the commands that a person may use where they are, in their language and the manual's order."""
    every = await interaction.client.manual.entries(interaction.locale.value)
    return tuple([entry for entry in every if await may_use(entry, interaction)])


async def may_use(entry: Entry, interaction: Interaction) -> bool:
    """Tell whether a person may use a command where they are.

    It goes by the place, by how the bot got there, and by the permissions that Discord asks for by default. What
    admins changed under Server Settings › Integrations is told to no bot; what they set by `/settings` counts too.
    """
    if not interaction.client.app.gate.may_use(visit_of(interaction), entry.root):
        return False
    if interaction.context.dm_channel:
        return IN_DIRECT_MESSAGES in entry.places
    if not interaction.context.guild:
        return IN_PRIVATE_CHANNELS in entry.places and BY_A_PERSON in entry.installs
    install = BY_A_SERVER if is_at_home(interaction) else BY_A_PERSON
    have = interaction.permissions
    return (
        IN_SERVERS in entry.places
        and install in entry.installs
        and (have.administrator or have.is_superset(entry.permissions))
    )


def is_at_home(interaction: Interaction) -> bool:
    """Tell whether this is a server that the bot is in, and not one where somebody uses it as an app of theirs."""
    return interaction.guild_id is not None and interaction.client.get_guild(interaction.guild_id) is not None


def find(asked: str, every: Sequence[Entry], usable: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the command of a name, or those of a group. Raises `UnknownCommand` with the nearest that may be used."""
    wanted = _plain(asked)
    exact = tuple(entry for entry in every if wanted in _names(entry))
    if found := exact or tuple(
        entry for entry in every if any(name.startswith(f"{wanted} ") for name in _names(entry))
    ):
        return found
    names = {entry.typed: _plain(entry.typed) for entry in usable}
    near = process.extract(wanted, names, scorer=fuzz.WRatio, limit=_NEAREST, score_cutoff=_NEAR)
    raise UnknownCommand(asked, [typed for _, _, typed in near])


def suggest(typed: str, usable: Sequence[Entry], limit: int) -> list[Entry]:
    """Return the commands that fit what is typed so far: names that begin so or hold it, then what it is for."""
    wanted = _plain(typed)
    fits = [
        (
            not any(name.startswith(wanted) for name in _names(entry)),
            not any(wanted in name for name in _names(entry)),
            place,
            entry,
        )
        for place, entry in enumerate(usable)
        if any(wanted in text for text in (*_names(entry), entry.about.casefold()))
    ]
    return [entry for *_, entry in sorted(fits, key=lambda fit: fit[:3])][:limit]


def _names(entry: Entry) -> set[str]:
    """Return what a command is called: in English, and in the language of who asks."""
    return {entry.name.casefold(), _plain(entry.typed)}


def _plain(asked: str) -> str:
    return " ".join(asked.casefold().strip().removeprefix("/").split())
