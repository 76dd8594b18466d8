"""What people read in their own language, and what everybody reads in the server's."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.simulated.stage import Stage, privately


@pytest.fixture
def german(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noah's Discord is German; the simulated one knows American English only."""
    as_sent = discord.Interaction._from_data

    def read(interaction: discord.Interaction[Any], data: Any) -> None:
        by = data.get("user") or data["member"]["user"]
        as_sent(interaction, data | ({"locale": "de"} if int(by["id"]) == stage.noah.id else {}))

    monkeypatch.setattr(discord.Interaction, "_from_data", read)


async def test_a_person_is_answered_in_their_own_language(stage: Stage, german: None) -> None:
    asked = {"breed": "Sphinxx of Egypt"}
    said = privately(await stage.noah.slash(stage.pets, "breed info", **asked))
    assert said.startswith("Ich kenne keine Rasse „Sphinxx of Egypt“. Meintest du: ")
    assert " oder " in said
    assert privately(await stage.mia.slash(stage.pets, "breed info", **asked)).startswith("I know no breed “Sphinxx")
    card = await stage.card("cat")
    assert "From TheCatAPI" in card.text
    about = privately(await card.press(stage.noah, "\N{INFORMATION SOURCE}\ufe0f"))
    assert "Du hast über dieses Bild noch nicht abgestimmt." in about


async def test_the_manual_names_commands_as_each_person_finds_them(stage: Stage, german: None) -> None:
    told = privately(await stage.noah.slash(stage.pets, "help", command="rasse vergleichen"))
    assert "Zwei Rassen nebeneinander" in told
    assert "**`erste`**" in told
    assert "Meintest du: /katze" in privately(await stage.noah.slash(stage.pets, "help", command="katzze"))
    assert "Two breeds side by side" in privately(await stage.mia.slash(stage.pets, "help", command="breed compare"))
    offered = await stage.noah.autocomplete(stage.pets, "help", "command", "/favoriten ent")
    assert offered == [{"name": "/favoriten entfernen", "value": "favourites remove"}]


async def test_what_everybody_reads_is_in_the_servers_language(stage: Stage) -> None:
    admin = stage.world.members["Ada"]
    assert "→ Deutsch" in privately(await admin.slash(stage.pets, "settings language", language="de"))
    assert "Quelle: TheCatAPI" in (await stage.card("cat")).text
    await stage.mia.send(stage.pets, f"{stage.mention} cat Sphinxx of Egypt")
    assert stage.newest().raw["content"].startswith("Ich kenne keine Rasse „Sphinxx of Egypt“.")
