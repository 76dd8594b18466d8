"""Whatever fails at whichever door: one plain sentence, private where Discord allows, one log line, one count."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from unittest.mock import patch

import discord
import pytest

from bot.backends.service import Priority
from bot.errors import NoPictures
from bot.ui.buttons import CardButton
from bot.ui.menu import MenuButton
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Card, Stage, privately, texts_of

REFERENCE = re.compile(r"Reference for the bot's operator: ([2-9A-HJ-NP-Z]{6})$")
UNEXPECTED = "Something went wrong on my side. Try again; if it stays so, tell the bot's operator.\n"


class Boom(Exception):
    """What nobody thought of."""


@pytest.fixture(autouse=True)
def _all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO):
        yield


def told_once(stage: Stage, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """See that an answer's reference stands in the log once, and that the failure was counted once."""
    found = REFERENCE.search(said)
    assert found, said
    lines = [record.getMessage() for record in caplog.records]
    assert sum(found[1] in line for line in lines) == 1, lines
    assert len(re.findall(r"\[[2-9A-HJ-NP-Z]{6}\]", caplog.text)) == 1, caplog.text
    assert stage.app.counts.of("failure") == 1


async def slash(stage: Stage, card: Card) -> str:
    with patch.object(stage.app.pictures, "ready", side_effect=Boom):
        return privately(await stage.mia.slash(stage.pets, "cat"))


async def slash_deferred(stage: Stage, card: Card) -> str:
    with patch.object(stage.app.pictures, "serve", side_effect=Boom):
        return privately(await stage.mia.slash(stage.pets, "cat", breed="pers"))


async def mention(stage: Stage, card: Card) -> str:
    with patch.object(stage.app.pictures, "ready", side_effect=Boom):
        await stage.mia.send(stage.pets, f"{stage.mention} cat")
    said = str(stage.newest().raw["content"])
    await stage.env.advance_time(31)
    assert stage.pets.last_message is not None
    assert stage.pets.last_message.content != said
    return said


async def button(stage: Stage, card: Card) -> str:
    with patch.object(stage.app.votes, "press", side_effect=Boom):
        return privately(await card.press(stage.mia, "👍"))


async def button_deferred(stage: Stage, card: Card) -> str:
    with (
        patch.object(stage.app.pictures, "ready", return_value=None),
        patch.object(stage.app.pictures, "serve", side_effect=Boom),
    ):
        result = await card.press(stage.mia, "🔁")
    assert [followup.ephemeral for followup in result.followups] == [True]
    return result.followups[0].content


async def button_rebuild(stage: Stage, card: Card) -> str:
    with patch.object(CardButton, "rebuild", side_effect=Boom):
        return privately(await card.press(stage.mia, "👍"))


async def picture_menu(stage: Stage, card: Card) -> str:
    with patch("cogs.votes.cards_on", side_effect=Boom):
        return privately(await card.menu(stage.mia))


async def menu_button(stage: Stage, card: Card) -> str:
    menu = await card.menu(stage.mia)
    assert menu.response is not None
    with patch.object(MenuButton, "press", side_effect=Boom):
        answer = await stage.mia.click(menu.response.message, custom_id="menu-" + card.button("👍")["custom_id"])
    return texts_of(answer).rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "door", [slash, slash_deferred, mention, button, button_deferred, button_rebuild, picture_menu, menu_button]
)
async def test_the_unexpected_is_said_once_with_a_reference(
    stage: Stage, caplog: pytest.LogCaptureFixture, door: Callable[[Stage, Card], Awaitable[str]]
) -> None:
    card = await stage.card("cat", breed="siam")
    before = card.raw["components"]
    said = await door(stage, card)
    assert UNEXPECTED in said
    told_once(stage, said, caplog)
    assert card.raw["components"] == before
    # And the next time all is well.
    assert (await stage.card("cat")).pictures


async def test_autocomplete_offers_nothing_and_it_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with patch.object(stage.app.breeds, "suggest", side_effect=Boom):
        assert await stage.mia.autocomplete(stage.pets, "cat", "breed", "si") == []
    assert stage.app.counts.of("failure", "autocomplete", "Boom") == 1
    assert caplog.text.count("autocomplete: Boom") == 1


async def test_a_listener_that_fails_is_silent_and_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    card = await stage.card("cat")
    with patch.object(stage.app.posts, "of_message", side_effect=Boom):
        await stage.mia.react(card.message, "👍")
    assert len(stage.pets.history()) == 1
    assert stage.app.counts.of("failure", "on_raw_reaction_add", "Boom") == 1
    assert caplog.text.count("on_raw_reaction_add: Boom") == 1


async def test_background_work_that_fails_is_logged_and_the_next_works(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    first = await stage.card("cat")
    second = await stage.same_picture(first)
    with patch.object(stage.app.posts, "showing", side_effect=Boom):
        await first.press(stage.mia, "👍")
        await stage.counts_drawn()
    assert stage.app.counts.of("failure") == stage.app.counts.of("failure", "refresh counts", "Boom") == 1
    assert caplog.text.count("refresh counts: Boom") == 1
    await first.press(stage.noah, "👍")
    await stage.counts_drawn()
    assert second.count("👍") == 2


async def test_spawned_work_that_fails_is_logged_and_counted(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise Boom

    await asyncio.wait([stage.app.spawn(work(), name="a chore")])
    await asyncio.sleep(0)
    assert stage.app.counts.of("failure", "background", "Boom") == 1
    assert caplog.text.count("'a chore' failed") == 1


async def test_a_slip_of_the_persons_has_no_reference_and_no_warning(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(stage.app.pictures, "ready", side_effect=NoPictures):
        said = privately(await stage.mia.slash(stage.pets, "cat"))
    assert not REFERENCE.search(said)
    assert "NoPictures" not in caplog.text
    assert stage.app.counts.of("failure", "command", "NoPictures") == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(kind=Kind.UNAVAILABLE), "TheCatAPI does not answer right now. Try again in a moment."),
        (Fault(kind=Kind.ERROR), "TheCatAPI does not answer right now. Try again in a moment."),
        (Fault(kind=Kind.DELAY, seconds=5), "TheCatAPI does not answer right now. Try again in a moment."),
        (Fault(kind=Kind.DROPPED), "TheCatAPI does not answer right now. Try again in a moment."),
        (Fault(kind=Kind.WRONG_TYPE), "TheCatAPI does not answer right now. Try again in a moment."),
        (Fault(kind=Kind.LIMITED), "TheCatAPI asks for a short rest. Try again in a minute."),
    ],
    ids=lambda value: value.kind.value if isinstance(value, Fault) else "",
)
async def test_a_service_that_fails_is_named_with_what_to_do(
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    sentence: str,
) -> None:
    monkeypatch.setattr(Priority, "deadline", property(lambda _: 0.3))
    stage.app.pictures._pools.clear()
    stage.backend.faults.add(fault)
    # Of this breed no picture can stand in.
    said = privately(await stage.mia.slash(stage.pets, "cat", breed="mala"))
    assert sentence in said
    assert stage.pets.history(viewer=stage.noah) == []
    told_once(stage, said, caplog)


async def test_pictures_that_are_at_hand_need_no_service(stage: Stage) -> None:
    first = await stage.card("cat", breed="siam")
    stage.backend.faults.add(Fault(kind=Kind.UNAVAILABLE))
    for emoji in ("👍", "❤️", "ℹ️"):
        result = await first.press(stage.mia, emoji)
        assert "TheCatAPI" not in texts_of(result).replace("From TheCatAPI", "")
    assert (first.count("👍"), first.count("❤️")) == (1, 1)


async def test_an_expired_interaction_is_logged_and_not_answered(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062, message="Unknown interaction")
    asked = len(stage.env.http_requests)
    result = await stage.mia.slash(stage.pets, "cat", breed="siam")
    assert not texts_of(result)
    assert len(stage.env.http_requests) == asked + 1
    assert stage.app.counts.of("failure") == stage.app.counts.of("failure", "command", "NotFound") == 1
    assert caplog.text.count("Unknown interaction") == 1


async def test_an_answer_that_cannot_be_sent_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    card = await stage.card("cat")
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50035, times=2)
    with patch.object(stage.app.votes, "press", side_effect=Boom):
        await card.press(stage.mia, "👍")
    assert stage.app.counts.of("unanswered", "button") == 1
    assert "could not be sent" in caplog.text


async def test_the_permission_that_the_bot_lacks_is_named_with_the_channel(stage: Stage) -> None:
    channel = stage.bot.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, attach_files=False)
    await stage.env.settle()
    said = f"I need Attach Files in <#{stage.pets.id}>. Ask an admin of this server to allow it."
    await stage.mia.send(stage.pets, f"{stage.mention} cat")
    assert stage.newest().raw["content"] == said
    assert privately(await stage.mia.slash(stage.pets, "cat")) == said
    assert stage.app.counts.of("failure") == 2


async def test_a_permission_that_went_meanwhile_is_named(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions")
    await stage.mia.send(stage.pets, f"{stage.mention} cat")
    said = str(stage.newest().raw["content"])
    assert "Discord does not let me" in said
    told_once(stage, said, caplog)


async def test_where_the_bot_may_not_speak_it_is_logged_once(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    channel = stage.bot.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, send_messages=False)
    await stage.env.settle()
    asked = await stage.mia.send(stage.pets, f"{stage.mention} cat")
    assert [message.id for message in stage.pets.history()] == [asked.id]
    assert stage.app.counts.of("failure", "mention", "BotLacks") == 1
    assert stage.app.counts.of("unanswered", "mention") == 1
    assert f"send_messages in channel {stage.pets.id}" in caplog.text


async def test_a_command_that_discord_still_has_from_before_says_so(stage: Stage) -> None:
    stage.bot.tree.remove_command("dog")
    said = privately(await stage.mia.slash(stage.pets, "dog"))
    assert said == "This command has changed. Reload Discord (Ctrl+R) and try again."
    assert await stage.mia.autocomplete(stage.pets, "dog", "breed", "pug") == []
    assert stage.app.counts.of("failure", "command", "CommandNotFound") == 2
