"""A fact as it is seen: its words, its source with a link, and a button for another one."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import discord
from discord.ext import commands

from bot.card import base36
from bot.i18n import Texts
from bot.models import Fact, Reference, Source, Species
from bot.services.facts import WantedFact
from bot.ui.colours import colour_of
from bot.ui.gate import visit_of
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.in_time import redraw
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Pawprint

    Context = commands.Context[Pawprint]

_COMMAND: Final = "fact"
# fact:SPECIES:BREED:LANGUAGE:REQUESTER; at most 79 characters of the 100 that a custom_id holds.
_TEMPLATE: Final = re.compile(
    rf"fact:(?P<species>{'|'.join(Species)}|):(?P<breed>[A-Za-z0-9_.-]{{0,40}})"
    r":(?P<language>[a-z-]{0,8}):(?P<requester>[0-9a-z]{1,13})"
)


class AnotherFact(GuardedButton, template=_TEMPLATE):
    """Tells another fact of what was asked for: in place for who asked, to anybody else in a message of its own."""

    def __init__(self, wanted: WantedFact, requester: int, label: str | None = None) -> None:
        custom_id = _custom_id(wanted, requester)
        if _TEMPLATE.fullmatch(custom_id) is None:
            # A breed's id that is too odd for a button: any breed will do.
            wanted = WantedFact(species=wanted.species, language=wanted.language)
            custom_id = _custom_id(wanted, requester)
        super().__init__(discord.ui.Button(emoji="💡", label=label, custom_id=custom_id))
        self.wanted = wanted
        self.requester = requester

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read what is wanted, and who asked, off the `custom_id`."""
        wanted = WantedFact(
            species=Species(match["species"]) if match["species"] else None,
            breed_id=match["breed"] or None,
            language=match["language"] or None,
        )
        return cls(wanted, int(match["requester"], 36))

    async def press(self, interaction: Interaction) -> None:
        """Tell another fact, as the command would."""
        app, channel = interaction.client.app, interaction.channel_id
        assert channel is not None
        app.gate.command(visit_of(interaction), _COMMAND)
        facts = await _to_choose_from(app, self.wanted, interaction.response.defer)
        fact = await app.facts.tell(facts, channel)
        say = post_texts(interaction.guild, interaction)
        view = FactView(fact, self.wanted, interaction.user.id, say)
        if interaction.user.id == self.requester:
            await redraw(interaction, view)
        elif interaction.response.is_done():
            await interaction.followup.send(view=view)
        else:
            await interaction.response.send_message(view=view)


class FactView(discord.ui.LayoutView):
    """A fact with where it is from. It never times out."""

    def __init__(self, fact: Fact, wanted: WantedFact, requester: int, say: Texts) -> None:
        super().__init__(timeout=None)
        breed = wanted.breed_id or next(iter(fact.breed_ids), None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=colour_of(fact.species, breed))
        container.add_item(discord.ui.TextDisplay(f"### {say(f'fact.title.{fact.species}')}\n{fact.text}"))
        if wanted.language not in (None, fact.language):
            container.add_item(discord.ui.TextDisplay(f"-# {say('fact.note.language', language=wanted.language)}"))
        container.add_item(discord.ui.TextDisplay(f"-# {source_line(fact, say)}"))
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
        row.add_item(AnotherFact(wanted, requester, say("fact.another")))
        container.add_item(row)
        self.add_item(container)


async def post_fact(ctx: Context, wanted: WantedFact) -> None:
    """Answer a command with a fact; at once, or deferred where only a service may know. Raises `NoFacts`."""
    app = ctx.bot.app
    facts = await _to_choose_from(app, wanted, ctx.defer)
    await show_fact(ctx, await app.facts.tell(facts, ctx.channel.id), wanted)


async def show_fact(ctx: Context, fact: Fact, wanted: WantedFact) -> None:
    """Answer a command with that fact."""
    view = FactView(fact, wanted, ctx.author.id, post_texts(ctx.guild, ctx.interaction, client=ctx.bot))
    await ctx.send(view=view)


async def _to_choose_from(app: App, wanted: WantedFact, defer: Callable[[], Awaitable[object]]) -> list[Fact]:
    """Return the facts that fit; Discord is told to wait where a service has to be asked."""
    if not app.facts.must_ask(wanted):
        return app.facts.at_hand(wanted)
    await defer()
    return await app.away(app.facts.ask(wanted))


def _custom_id(wanted: WantedFact, requester: int) -> str:
    return f"fact:{wanted.species or ''}:{wanted.breed_id or ''}:{wanted.language or ''}:{base36(requester)}"


def source_line(fact: Fact, say: Texts) -> str:
    """Say where a fact is from, with links, and how it is called."""
    links = _links(fact.sources)
    if fact.origin is Source.SHIPPED:
        return say("fact.source", source=links, id=fact.id)
    service = say(f"service.{fact.origin}")
    if not links:
        return say("fact.source.service", service=service, id=fact.id)
    return say("fact.source.service.links", service=service, source=links, id=fact.id)


def _links(sources: Sequence[Reference]) -> str:
    """Return links in Discord's Markdown; brackets in a title or an address would end them early."""
    links = []
    for source in sources:
        title = source.title if source.publisher is None else f"{source.title} · {source.publisher}"
        title = discord.utils.escape_markdown(title.replace("[", "(").replace("]", ")"))
        links.append(f"[{title}](<{source.url.replace('(', '%28').replace(')', '%29').replace('>', '%3E')}>)")
    return ", ".join(links)
