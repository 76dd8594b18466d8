"""Each failure has a plain sentence; what a person can mend has no reference, what they cannot has one."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot import errors
from bot import refused as leaves_of_settings
from bot.errors import BackendError, BackendLimited, HiddenPicture, PersonError, UnknownFact
from bot.failures import Answer, explain, unwrap
from bot.i18n import texts
from bot.refused import BadSetting, BadSettingsFile, BotLacks, CoolingDown, NotHere, RoleNeeded, TooQuick

SAY = texts()
NOW = datetime(2026, 5, 4, tzinfo=UTC)
# Those that say more than a word.
MADE: dict[type[Exception], Exception] = {
    BadSetting: BadSetting("voting"),
    BadSettingsFile: BadSettingsFile(["voting"], ["colour"]),
    BotLacks: BotLacks(7, ["attach_files"]),
    CoolingDown: CoolingDown(NOW),
    HiddenPicture: HiddenPicture(everywhere=False),
    NotHere: NotHere([7, 8]),
    RoleNeeded: RoleNeeded([]),
    TooQuick: TooQuick(NOW, said=False),
    UnknownFact: UnknownFact("cat-999", "cat-001"),
}
REFERENCE = re.compile(r"\n-# Reference for the bot's operator: [2-9A-HJ-NP-Z]{6}$")


def leaves(root: type[Exception]) -> list[type[Exception]]:
    """Return an error and all below it."""
    known = {kind for module in (errors, leaves_of_settings) for _, kind in inspect.getmembers(module, inspect.isclass)}
    found = sorted((kind for kind in known if issubclass(kind, root)), key=lambda kind: kind.__name__)
    assert root in found
    return found


def refused(status: int, kind: type[discord.HTTPException] = discord.HTTPException) -> discord.HTTPException:
    """Return what discord.py raises for an answer with a status."""
    answer = SimpleNamespace(status=status, reason="no")
    return kind(cast("Any", answer), {"code": 0, "message": "no"})


@pytest.mark.parametrize("kind", leaves(PersonError))
def test_what_a_person_can_mend_has_a_sentence_and_no_reference(kind: type[Exception]) -> None:
    answer = explain(MADE.get(kind) or kind("siem"), SAY)
    assert answer.reference is None
    assert answer.kind == kind.__name__
    assert answer.text.endswith((".", "?"))


@pytest.mark.parametrize("kind", leaves(BackendError))
@pytest.mark.parametrize("service", ["catapi", "dogapi", "a service without a name of its own"])
def test_what_a_service_failed_in_has_a_sentence_and_a_reference(kind: type[Exception], service: str) -> None:
    answer = explain(kind(service) if kind is BackendLimited else kind(service, "why"), SAY)
    assert answer.reference is not None
    assert REFERENCE.search(answer.text)
    assert "why" not in answer.text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 9.6), 9.6), "Try again in 10 seconds"),
        (commands.CommandOnCooldown(commands.Cooldown(1, 0.1), 0.1, commands.BucketType.user), "in 1 second."),
        (app_commands.MissingPermissions(["manage_messages"]), "you need the permission Manage Messages."),
        (commands.BotMissingPermissions(["attach_files", "view_channel"]), "permission Attach Files and View Channel"),
        (app_commands.NoPrivateMessage(), "in servers only"),
        (commands.CheckFailure(), "You may not do that here"),
        (commands.CommandNotFound(), "I do not know that command"),
        (app_commands.CommandNotFound("cat", []), "This command has changed"),
        (commands.BadArgument("no number"), "I could not read that"),
    ],
)
def test_discords_own_refusals_are_plain_too(error: Exception, said: str) -> None:
    answer = explain(error, SAY)
    assert said in answer.text
    assert answer.reference is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused(403, discord.Forbidden), "Discord does not let me do that here"),
        (refused(404, discord.NotFound), "is gone"),
        (refused(413), "too large for Discord"),
        (refused(500, discord.DiscordServerError), "Discord did not take my answer"),
        (RuntimeError("secret detail"), "Something went wrong on my side"),
    ],
)
def test_trouble_has_a_reference_and_tells_no_detail(error: Exception, said: str) -> None:
    answer = explain(error, SAY)
    assert said in answer.text
    assert REFERENCE.search(answer.text)
    assert "secret" not in answer.text


def test_a_refusal_names_the_permissions_that_lack_where_they_are_known() -> None:
    everything = discord.Permissions.all()
    lacking = discord.Permissions.all()
    lacking.update(attach_files=False, embed_links=False)
    forbidden = refused(403, discord.Forbidden)
    assert "the permission Embed Links and Attach Files here" in explain(forbidden, SAY, lacking).text
    assert "check my permissions" in explain(forbidden, SAY, everything).text


def test_what_somebody_typed_cannot_speak_for_the_bot() -> None:
    answer = explain(errors.UnknownBreed("@everyone **" + "x" * 5000, ["Siamese"]), SAY)
    assert "@everyone" not in answer.text
    assert r"\*\*" in answer.text
    assert len(answer.text) < 300


def test_what_was_really_raised_is_found_below_every_wrapper() -> None:
    inner = ValueError("inner")
    wrapped = commands.HybridCommandError(
        app_commands.CommandInvokeError(cast("Any", SimpleNamespace(name="cat")), inner)
    )
    assert unwrap(commands.CommandInvokeError(wrapped)) is inner
    assert unwrap(inner) is inner


def test_a_cause_is_not_taken_for_the_error_itself() -> None:
    error = RuntimeError("told")
    error.__cause__ = KeyError("cause")
    assert unwrap(error) is error


def test_references_differ() -> None:
    assert len({explain(RuntimeError(), SAY).reference for _ in range(50)}) == 50


def test_an_answer_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Answer("text", "kind").text = "other"  # type: ignore[misc]
