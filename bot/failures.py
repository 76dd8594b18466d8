"""The guard at every door: each failure becomes a plain sentence with what to do next, one log line, and a count.

Doors: the command tree, mention commands, buttons and selects, modals, autocomplete, listeners and timers. A failure
that is not of a person's making carries a reference that stands in the log as well as in the answer.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import discord
from discord import app_commands
from discord.ext import commands
from msgspec import Struct

from bot.errors import (
    BackendError,
    BackendLimited,
    BackendNotFound,
    BackendRefused,
    CardGone,
    DifferentSpecies,
    KeptPrivate,
    NoCard,
    NoCardHere,
    NoFacts,
    NoPictures,
    NotYours,
    OddId,
    PersonError,
    QuizNotHere,
    QuizRunning,
    SameBreed,
    UnknownBreed,
    UnknownBreedId,
    UnknownBreedValue,
    UnknownCategory,
    UnknownCommand,
    UnknownFact,
    UnknownGroup,
    UnknownId,
    UnknownLanguage,
    UnknownPicture,
)
from bot.i18n import SOURCE_LANGUAGE, Texts, texts
from bot.refusals import refusal
from bot.refused import BotLacks, EmojiGone, TooQuick
from bot.telemetry import Counts

P = ParamSpec("P")
T = TypeVar("T")
AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu | commands.Command[Any, ..., Any]

_log = logging.getLogger(__name__)
# Without 0, 1, I and O: people read a reference aloud.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_UNKNOWN_INTERACTION = 10062
_INVALID_FORM = 50035
_DELETE_AFTER = 30.0
# What a post cannot do without.
_TO_POST = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")


class Answer(Struct, frozen=True):
    """What is said about a failure. `reference` is None when the person can mend it by asking differently."""

    text: str
    kind: str
    reference: str | None = None


def unwrap(error: BaseException) -> BaseException:
    """Return what was really raised below discord.py's wrappers."""
    while True:
        inner = getattr(error, "original", None) or (
            error.__cause__ if isinstance(error, app_commands.TransformerError | commands.BadArgument) else None
        )
        if not isinstance(inner, BaseException):
            return error
        error = inner


def explain(error: BaseException, say: Texts, have: discord.Permissions | None = None) -> Answer:
    """Turn an error into what a person reads; `have` are the bot's permissions there, where they are known."""
    error = unwrap(error)
    kind = type(error).__name__
    own_fault = _explain_to_person(error, say)
    if own_fault is not None:
        return Answer(own_fault, kind)
    reference = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return Answer(
        f"{_explain_trouble(error, say, have)}\n{say('failure.reference', reference=reference)}", kind, reference
    )


def _explain_to_person(error: BaseException, say: Texts) -> str | None:
    match error:
        case UnknownBreed(asked=asked, nearest=nearest) if nearest:
            return say("failure.breed.near", asked=_quote(asked), nearest=say.listing(nearest, "or"))
        case UnknownBreed(asked=asked):
            return say("failure.breed", asked=_quote(asked))
        case UnknownBreedId(asked=asked):
            return say("failure.breed_id", asked=_quote(asked))
        case UnknownBreedValue(asked=asked):
            return say("failure.breed_value", asked=_quote(asked))
        case SameBreed(name=name):
            return say("failure.same_breed", name=_quote(name))
        case DifferentSpecies():
            return say("failure.different_species")
        case UnknownCategory(asked=asked, known=known) if known:
            return say("failure.category.known", asked=_quote(asked), known=say.listing(known, "comma"))
        case UnknownCategory(asked=asked):
            return say("failure.category", asked=_quote(asked))
        case UnknownGroup(asked=asked, known=known) if known:
            return say("failure.group.known", asked=_quote(asked), known=say.listing(known, "comma"))
        case UnknownGroup(asked=asked):
            return say("failure.group", asked=_quote(asked))
        case UnknownCommand(asked=asked, nearest=nearest) if nearest:
            return say("failure.command.near", asked=_quote(asked), nearest=say.listing(nearest, "or"))
        case UnknownCommand(asked=asked):
            return say("failure.command", asked=_quote(asked))
        case UnknownFact(asked=asked, example=example):
            return say("failure.fact", asked=_quote(asked), example=example)
        case UnknownLanguage(asked=asked):
            return say("failure.language", asked=_quote(asked))
        case NoFacts():
            return say("failure.no_facts")
        case NoPictures():
            return say("failure.no_pictures")
        case CardGone():
            return say("failure.card_gone")
        case NoCard():
            return say("failure.no_card")
        case NoCardHere():
            return say("failure.no_card_here")
        case UnknownId(asked=asked):
            return say("failure.unknown_id", asked=_quote(asked))
        case OddId(asked=asked):
            return say("failure.odd_id", asked=_quote(asked))
        case UnknownPicture(asked=asked):
            return say("failure.picture", asked=_quote(asked))
        case KeptPrivate():
            return say("failure.kept_private")
        case NotYours():
            return say("failure.not_yours")
        case QuizRunning(link=str(link)):
            return say("failure.quiz_running.link", link=link)
        case QuizRunning():
            return say("failure.quiz_running")
        case QuizNotHere():
            return say("failure.quiz_not_here")
        case BotLacks(channel=channel, permissions=names):
            return say("failure.bot_lacks", permissions=permission_names(names, say), channel=f"<#{channel}>")
        case PersonError():
            return refusal(error, say) or say("failure.ask_differently")
        case app_commands.CommandOnCooldown() | commands.CommandOnCooldown():
            return say.plural("failure.cooldown", max(1, round(error.retry_after)))
        case app_commands.MissingPermissions() | commands.MissingPermissions():
            return say("failure.your_permissions", permissions=permission_names(error.missing_permissions, say))
        case app_commands.BotMissingPermissions() | commands.BotMissingPermissions():
            return say("failure.my_permissions", permissions=permission_names(error.missing_permissions, say))
        case app_commands.NoPrivateMessage() | commands.NoPrivateMessage():
            return say("failure.server_only")
        case app_commands.CheckFailure() | commands.CheckFailure():
            return say("failure.not_allowed")
        case commands.CommandNotFound():
            return say("failure.unknown_command")
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return say("failure.outdated_command")
        case commands.UserInputError() | app_commands.TransformerError():
            return say("failure.input")
    return None


def _explain_trouble(error: BaseException, say: Texts, have: discord.Permissions | None) -> str:
    match error:
        case BackendLimited(service=service):
            return say("failure.limited", service=_service(service, say))
        case BackendRefused(service=service):
            return say("failure.refused", service=_service(service, say))
        case BackendNotFound():
            return say("failure.not_found")
        case BackendError(service=service):
            return say("failure.unavailable", service=_service(service, say))
        case discord.Forbidden() if missing := _missing(have):
            return say("failure.my_permissions", permissions=permission_names(missing, say))
        case discord.Forbidden():
            return say("failure.forbidden")
        case discord.NotFound():
            return say("failure.gone")
        case discord.HTTPException(status=413):
            return say("failure.too_large")
        case discord.HTTPException():
            return say("failure.discord")
    return say("failure.unexpected")


def _quote(text: str) -> str:
    shown = text if len(text) <= 60 else text[:59] + "…"
    return discord.utils.escape_markdown(discord.utils.escape_mentions(shown))


def _service(name: str, say: Texts) -> str:
    return say(f"service.{name}") if say.known(f"service.{name}") else name


def _missing(have: discord.Permissions | None) -> list[str]:
    return [] if have is None else [name for name in _TO_POST if not getattr(have, name)]


def permission_names(names: Iterable[str], say: Texts) -> str:
    """Return permissions as Discord's own settings call them, where the catalogue knows that."""
    named = [
        say(f"permission.{name}") if say.known(f"permission.{name}") else name.replace("_", " ").title()
        for name in names
    ]
    return say.listing(named)


class Guard:
    """Answers, logs and counts failures, at whichever door they come out."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    async def interaction(self, door: str, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Answer an interaction that failed, privately, however far it had come."""
        error = await _mended(error, interaction.client, interaction.guild_id)
        answer = explain(error, texts(interaction.locale.value), interaction.app_permissions)
        self._note(door, answer, error)
        if door == "command" and interaction.type is discord.InteractionType.application_command:
            self._count_command(interaction.command, answer)
        if _is_expired(unwrap(error)):
            return
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            elif not interaction.response.is_done():
                await interaction.response.send_message(answer.text, ephemeral=True)
            elif await _is_thinking(interaction):
                # What comes first takes the place of "thinking…", for all to see: say it there, then privately.
                await interaction.edit_original_response(content=answer.text)
                await interaction.followup.send(answer.text, ephemeral=True)
                await interaction.delete_original_response()
            else:
                await interaction.followup.send(answer.text, ephemeral=True)
        except Exception as failure:  # noqa: BLE001 - the last door: whatever keeps the answer from its way
            self._lost(door, answer, failure)

    async def context(self, ctx: commands.Context[Any], error: BaseException) -> None:
        """Answer a command that failed, slash or mention; a mention's answer deletes itself."""
        if ctx.interaction is not None:
            await self.interaction("command", ctx.interaction, error)
            return
        error = await _mended(error, ctx.bot, ctx.guild.id if ctx.guild else None)
        say = texts(_language(ctx))
        answer = explain(error, say, _permissions_in(ctx))
        self._note("mention", answer, error)
        self._count_command(ctx.command, answer)
        if _is_mute(error):
            self._lost("mention", answer, unwrap(error))
            return
        if _knows_already(error):
            return
        try:
            await ctx.reply(answer.text, delete_after=_DELETE_AFTER, mention_author=False)
        except Exception as failure:  # noqa: BLE001 - the last door: whatever keeps the answer from its way
            self._lost("mention", answer, failure)

    def quietly(self, door: str, error: BaseException) -> None:
        """Log and count a failure that nobody waits for: a listener, a timer, an autocomplete."""
        self._note(door, explain(error, texts()), error)

    def _note(self, door: str, answer: Answer, error: BaseException) -> None:
        self._counts.add("failure", door, answer.kind)
        if answer.reference is None:
            _log.debug("%s: %s (%s)", door, answer.kind, error)
        elif isinstance(unwrap(error), BackendError | discord.HTTPException):
            _log.warning("[%s] %s: %s", answer.reference, door, unwrap(error), extra={"reference": answer.reference})
        else:
            _log.error(
                "[%s] %s: %s",
                answer.reference,
                door,
                answer.kind,
                exc_info=error,
                extra={"reference": answer.reference},
            )

    def _count_command(self, command: AnyCommand | None, answer: Answer) -> None:
        # A name that is no command's is what somebody wrote.
        name = "unknown" if command is None else command.qualified_name
        self._counts.add("command", name, "refused" if answer.reference is None else "failed")

    def _lost(self, door: str, answer: Answer, failure: BaseException) -> None:
        self._counts.add("unanswered", door, type(failure).__name__)
        _log.warning(
            "[%s] %s: the answer could not be sent: %s",
            answer.reference or "-",
            door,
            failure,
            extra={"reference": answer.reference},
        )


async def _is_thinking(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether people still see "thinking…" where the answer is to come."""
    if interaction.response.type is not discord.InteractionResponseType.deferred_channel_message:
        return False
    return (await interaction.original_response()).flags.loading


def _language(ctx: commands.Context[Any]) -> str:
    if ctx.guild is None:
        return SOURCE_LANGUAGE
    return ctx.bot.app.guilds.of(ctx.guild.id).language or ctx.guild.preferred_locale.value


async def _mended(error: BaseException, client: Any, guild_id: int | None) -> BaseException:
    """Let a server vote with the usual emojis where Discord refuses its own: one of them was deleted."""
    cause = unwrap(error)
    refused = isinstance(cause, discord.HTTPException) and cause.code == _INVALID_FORM and "emoji" in cause.text.lower()
    if refused and guild_id is not None and await client.app.guilds.mend_emojis(guild_id):
        return EmojiGone()
    return error


def _is_mute(error: BaseException) -> bool:
    """Tell whether the bot may not even say that it may not speak: too many refused calls end in a ban."""
    cause = unwrap(error)
    return isinstance(cause, BotLacks) and cause.mute


def _knows_already(error: BaseException) -> bool:
    """Tell whether somebody who floods a channel was told so: replies to each would slow the bot for others there."""
    cause = unwrap(error)
    return isinstance(cause, TooQuick) and cause.said


def _permissions_in(ctx: commands.Context[Any]) -> discord.Permissions | None:
    # Without the members intent a server may not hold the bot itself.
    return ctx.bot_permissions if ctx.guild is None or ctx.guild.me is not None else None


def _is_expired(error: BaseException) -> bool:
    return isinstance(error, discord.NotFound) and error.code == _UNKNOWN_INTERACTION


def guarded_suggestions(
    suggest: Callable[P, Coroutine[Any, Any, list[T]]],
) -> Callable[P, Coroutine[Any, Any, list[T]]]:
    """Guard an autocomplete of a cog: whatever fails, the answer is an empty list."""

    @wraps(suggest)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> list[T]:
        try:
            return await suggest(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a door: every failure ends here, logged and counted
            interaction = next(arg for arg in args if isinstance(arg, discord.Interaction))
            interaction.client.guard.quietly("autocomplete", error)
            return []

    return guarded
