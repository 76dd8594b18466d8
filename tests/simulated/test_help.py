"""/help as people see it: a greeting, sections, a page for each command, with what they may use where they are."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from simcord.results import InteractionResult

from bot.client import Pawprint
from tests.simulated.stage import Stage, privately, walk

_SOON = 61.0


class Shown:
    """A page of the manual."""

    def __init__(self, result: InteractionResult) -> None:
        self.result = result
        assert result.response is not None
        self.answer = result.response
        self.text = privately(result)

    def select(self, what: str) -> dict[str, Any]:
        """Return the list of sections, or of commands."""
        (select,) = [c for c in walk(self.answer.components) if c.get("custom_id") == f"help:{what}"]
        return select

    def offered(self, what: str) -> list[str]:
        """Return what a list offers, as its labels say it."""
        return [option["label"] for option in self.select(what)["options"]]

    async def choose(self, actor: Any, what: str, label: str) -> Shown:
        """Choose from a list by what stands there."""
        (value,) = [option["value"] for option in self.select(what)["options"] if option["label"] == label]
        return Shown(await actor.select(self.answer.message, [value], custom_id=f"help:{what}"))


async def asked(stage: Stage, actor: Any = None, **options: str) -> Shown:
    return Shown(await (actor or stage.mia).slash(stage.pets, "help", **options))


async def hush(interaction: discord.Interaction[Any]) -> None: ...


def with_a_command_for_admins(stage: Stage) -> None:
    """Put a command into the tree that works in servers, and that Discord asks a permission for."""
    command: Any = app_commands.Command(name="hush", description="Be quiet here", callback=hush)
    command.default_permissions = discord.Permissions(manage_guild=True)
    command.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
    stage.bot.tree.add_command(command)


async def test_a_newcomer_is_greeted_in_three_lines_and_led_on_by_two_lists(stage: Stage) -> None:
    cat = stage.bot.command_ids["cat"]
    page = await asked(stage)
    lines = page.text.splitlines()
    assert [line[:6] for line in lines[1:4]] == ["**1.**", "**2.**", "**3.**"]
    assert f"</cat:{cat}>" in lines[1]
    assert "👍" in lines[2]
    assert "❤️" in lines[3]
    assert "🐱 **Pictures** · cats and dogs" in page.text
    assert f"`@{stage.bot.user.display_name} cat Maine Coon`" in page.text  # type: ignore[union-attr]
    assert "I lack" not in page.text
    assert page.offered("section")[0] == "Pictures"

    section = await page.choose(stage.mia, "section", "Favourites")
    favourites = stage.bot.command_ids["favourites"]
    assert f"</favourites list:{favourites}> · Look through your favourites" in section.text
    assert section.offered("section")[:2] == ["How to begin", "Pictures"]
    assert "/favourites server" in section.offered("command")
    assert next(o["label"] for o in section.select("section")["options"] if o.get("default")) == "Favourites"

    # The bot is started anew, and the page that was there before leads on.
    await stage.env.restart_bot(Pawprint(stage.app))
    command = await section.choose(stage.mia, "command", "/favourites list")
    assert f"### </favourites list:{favourites}>" in command.text
    assert "**`species`** · Cats only, or dogs only\n-# one of: cats; dogs" in command.text
    assert "**`page`** · The page to begin with\n-# a whole number · from 1 to 999,999" in command.text
    assert "Works in" not in command.text
    home = await command.choose(stage.mia, "section", "How to begin")
    assert home.text == page.text


async def test_members_are_offered_what_they_may_use_and_admins_the_rest(stage: Stage) -> None:
    with_a_command_for_admins(stage)
    ada = stage.world.members["Ada"]
    assert "And more" in (await asked(stage, ada)).offered("section")
    assert "And more" not in (await asked(stage)).offered("section")
    assert [c["value"] for c in await ada.autocomplete(stage.pets, "help", "command", "hus")] == ["hush"]
    assert await stage.mia.autocomplete(stage.pets, "help", "command", "hus") == []

    # Whoever knows its name may read who it is for; nothing of it is offered.
    told = await asked(stage, command="hush")
    assert "Be quiet here" in told.text
    assert "For members with the permission Manage Server" in told.text
    assert not [c for c in walk(told.answer.components) if c.get("custom_id") == "help:command"]
    assert "`/hush` · Be quiet here" in (await (await asked(stage, ada)).choose(ada, "section", "And more")).text


async def test_a_page_that_is_no_more_leads_back_to_the_greeting(stage: Stage) -> None:
    with_a_command_for_admins(stage)
    ada = stage.world.members["Ada"]
    first, section = await asked(stage, ada), await (await asked(stage, ada)).choose(ada, "section", "And more")
    removed = stage.bot.tree.remove_command("hush")
    assert removed is not None
    await stage.env.restart_bot(Pawprint(stage.app))
    for greeting in (await section.choose(ada, "command", "/hush"), await first.choose(ada, "section", "And more")):
        assert "**1.** Type" in greeting.text
        assert "And more" not in greeting.offered("section")


async def test_a_command_is_asked_for_by_name_and_a_slip_names_the_nearest(stage: Stage) -> None:
    assert "### `Picture…`" in (await asked(stage, command="Picture…")).text
    cat = await asked(stage, command="/cat")
    assert "In a message: `@" in cat.text
    assert "cat [breed]`" in cat.text
    group = await asked(stage, command="top")
    assert "### /top …" in group.text
    assert "The breeds whose pictures have the most 👍" in group.text
    slip = privately(await stage.mia.slash(stage.pets, "help", command="favorites list"))
    assert "There is no command “favorites list”. Did you mean: /favourites list" in slip
    far = privately(await stage.mia.slash(stage.pets, "help", command="qqqqq"))
    assert far == "There is no command “qqqqq”. Leave it out to see what there is."


async def test_direct_messages_have_their_own_answer_and_no_word_of_permissions(stage: Stage) -> None:
    with_a_command_for_admins(stage)
    page = Shown(await stage.mia.user.slash("help"))
    assert "**1.** Type" in page.text
    assert "I lack" not in page.text
    assert "Favourites" in page.offered("section")
    assert "And more" not in page.offered("section")
    assert "-# Works in: servers" in Shown(await stage.mia.user.slash("help", command="hush")).text


async def test_what_the_bot_lacks_in_a_channel_is_said(stage: Stage) -> None:
    channel = stage.bot.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, attach_files=False, add_reactions=False)
    assert "In this channel I lack the permission Add Reactions and Attach Files" in (await asked(stage)).text


async def test_a_mention_gets_a_short_reply_that_deletes_itself(stage: Stage) -> None:
    replies = []
    for said in ("help", "help cat", "help top", "help katt"):
        message = await stage.mia.send(stage.pets, f"{stage.mention} {said}")
        newest = stage.newest()
        assert newest.message.reference is not None
        assert newest.message.reference.message_id == message.id
        replies.append(newest.raw["content"])
    whole, cat, top, slip = replies
    assert f"All that I can do: </help:{stage.bot.command_ids['help']}>" in whole
    assert cat.startswith(f"</cat:{stage.bot.command_ids['cat']}> · Show cats\n")
    assert "cat [breed]`" in cat
    assert "top breeds" in top
    assert slip.startswith("There is no command “katt”. Did you mean: /cat")
    await stage.env.advance_time(_SOON)
    assert [message for message in stage.pets.history() if message.author.bot] == []


async def test_what_is_suggested_leads_to_its_page(stage: Stage) -> None:
    found = await stage.mia.autocomplete(stage.pets, "help", "command", "/fav")
    assert [choice["name"] for choice in found][:2] == ["/favourites list", "/favourites add"]
    assert "### </favourites add:" in (await asked(stage, command=found[1]["value"])).text
