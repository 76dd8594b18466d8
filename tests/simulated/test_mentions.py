"""What one gets who speaks to the bot by its name: pictures, and short replies that delete themselves."""

from __future__ import annotations

import pytest

from tests.simulated.stage import Stage

_SOON = 31.0


async def test_the_rest_of_the_line_is_the_breed(stage: Stage) -> None:
    await stage.mia.send(stage.pets, f"{stage.mention} cat Maine Coon")
    card = stage.newest()
    assert "### Maine Coon" in card.text
    assert len(card.buttons) == 5
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 1


async def test_no_breed_is_any_breed(stage: Stage) -> None:
    await stage.mia.send(stage.pets, f"{stage.mention} dog")
    assert stage.newest().pictures


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("cat Sphinxx of Egypt", "Did you mean"),
        ("dog 🦴", "I know no breed “🦴”. Begin to type"),
        ("walkies", "I do not know that command. Try “cat” or “dog”"),
    ],
)
async def test_a_slip_gets_a_short_reply_that_deletes_itself(stage: Stage, said: str, answer: str) -> None:
    asked = await stage.mia.send(stage.pets, f"{stage.mention} {said}")
    reply = stage.newest()
    assert answer in reply.raw["content"]
    assert "Reference" not in reply.raw["content"]
    assert reply.message.reference is not None
    assert reply.message.reference.message_id == asked.id
    assert not reply.message.mentions
    await stage.env.advance_time(_SOON)
    assert [message.id for message in stage.pets.history()] == [asked.id]
    assert stage.app.counts.of("failure") == 1


async def test_a_breed_cannot_be_made_to_call_everybody(stage: Stage) -> None:
    await stage.mia.send(stage.pets, f"{stage.mention} cat @everyone **now** " + "x" * 1500)
    reply = stage.newest().raw
    assert not reply["mention_everyone"]
    assert r"\*\*now" in reply["content"]
    assert len(reply["content"]) < 200


async def test_a_plain_message_is_none_of_its_business(stage: Stage) -> None:
    await stage.mia.send(stage.pets, "cat Maine Coon")
    assert len(stage.pets.history()) == 1


async def test_in_direct_messages_too(stage: Stage) -> None:
    await stage.mia.send_dm(f"{stage.mention} cat Siamese")
    assert "### Siamese" in stage.newest(stage.mia.user.dm_channel).text
