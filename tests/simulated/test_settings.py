"""Server settings as admins meet them: typed, pressed in the panel, taken along in a file, told, and mended."""

from __future__ import annotations

import json
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.client import Pawprint
from bot.models import Species
from bot.reactions import Emojis
from bot.services.daily import Plan
from bot.services.guild_settings import DEFAULTS, Again, Delivery, GuildSettings, Voting
from bot.services.settings_file import LARGEST, write
from tests.simulated.stage import Card, Stage, privately, texts_of, walk

NOT_YOURS = "For that you need the permission Manage Server. Ask an admin of this server."


class Admin:
    """Ada, who runs the server, with the panel before her."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ada: MemberActor = stage.world.members["Ada"]
        self.panel: InteractionResult | None = None

    @property
    def now(self) -> GuildSettings:
        return self.stage.app.guilds.of(self.stage.world.guild.id)

    async def types(self, command: str, /, **options: Any) -> str:
        """Type a subcommand and return the private answer."""
        return privately(await self.ada.slash(self.stage.pets, f"settings {command}", **options))

    async def opens(self, page: str = "places") -> str:
        """Open the panel at a page."""
        self.panel = await self.ada.slash(self.stage.pets, "settings panel")
        assert privately(self.panel)
        return await self.turns(page) if page != "places" else privately(self.panel)

    async def turns(self, page: str) -> str:
        """Turn the panel to a page and return what it says."""
        return texts_of(await self.presses(f"panel:page:{page}"))

    async def chooses(self, custom_id: str, *values: Any) -> str:
        """Choose from a list of the panel and return what it says then."""
        assert self.panel is not None
        assert self.panel.response is not None
        return texts_of(await self.ada.select(self.panel.response.message, list(values), custom_id=custom_id))

    async def presses(self, custom_id: str) -> InteractionResult:
        """Press a button of the panel."""
        assert self.panel is not None
        assert self.panel.response is not None
        result: InteractionResult = await self.ada.click(self.panel.response.message, custom_id=custom_id)
        return result

    def drawn(self) -> list[dict[str, Any]]:
        """Return the components of the panel as it is."""
        assert self.panel is not None
        assert self.panel.response is not None
        return list(walk(self.panel.response.components))


@pytest.fixture
def admin(stage: Stage) -> Admin:
    return Admin(stage)


def emojis_of(card: Card) -> list[str]:
    """Return the emojis of a card's buttons."""
    return [button["emoji"]["name"] for button in card.buttons]


async def log_of(stage: Stage, channel: ChannelHandle) -> list[str]:
    """Return what the bot told a channel by itself, oldest first."""
    await stage.env.settle()
    messages = sorted(message.id for message in channel.history())
    return [Card(stage, channel, message_id).text for message_id in messages]


async def test_each_setting_can_be_typed(admin: Admin) -> None:
    stage, daily = admin.stage, admin.stage.world.channels["daily"]
    team = stage.world.guild.roles["Moderators"]
    assert (
        await admin.types("channels", add=stage.pets) == f"**Channels for commands:** Everywhere → <#{stage.pets.id}>"
    )
    await admin.types("channels", add=daily)
    await admin.types("channels", remove=stage.pets)
    assert await admin.types("channels") == f"**Channels for commands:** <#{daily.id}>"
    assert await admin.types("log", channel=daily) == f"**Log channel:** Nobody is told → <#{daily.id}>"
    assert (
        await admin.types("voting", how="reactions") == "**How members vote:** Buttons and reactions → Reactions only"
    )
    assert await admin.types("seeds", on="no") == "**Reactions to press:** As the bot’s operator chose → No"
    assert await admin.types("own-votes", allowed=False) == "**Votes on one’s own request:** Yes → No"
    assert "👍 👎 ❤️ → 🐾 👎 ❤️" in await admin.types("emojis", up="🐾")
    assert await admin.types("cooldown", person=90) == (
        "**Wait for each person:** No wait → 90 seconds\n**Wait in each channel:** No wait"
    )
    assert await admin.types("cooldown", channel=7200) == (
        "**Wait for each person:** 90 seconds\n**Wait in each channel:** No wait → 2 hours"
    )
    assert await admin.types("exempt", add=team) == f"**Roles that need not wait:** None → <@&{team.id}>"
    said = await admin.types("roles", command="cat", add=team)
    assert said == f"**Who may do what:** Everybody may do everything → /cat: <@&{team.id}>"
    assert await admin.types("language", language="en") == "**Language:** The server’s own → English"
    assert "→ Always as uploads" in await admin.types("delivery", how="upload")
    assert "→ Always a new post" in await admin.types("again", how="new_post")
    assert await admin.types("breeds", add="maine coon") == "**Breeds that are left out:** None → Maine Coon"
    assert await admin.types("categories", add="hats") == "**Categories that are left out:** None → hats"
    breed, category = admin.now.excluded_breeds, admin.now.excluded_categories
    assert admin.now == GuildSettings(
        channels=(daily.id,),
        log_channel=daily.id,
        voting=Voting.REACTIONS,
        seed_reactions=False,
        own_votes=False,
        emojis=Emojis(up="🐾"),
        person_cooldown=90,
        channel_cooldown=7200,
        exempt_roles=(team.id,),
        roles={"cat": (team.id,)},
        language="en",
        delivery=Delivery.UPLOAD,
        again=Again.NEW_POST,
        excluded_breeds=("cat:mcoo",),
        excluded_categories=category,
    )
    assert len(breed) == len(category) == 1


async def test_without_a_value_it_is_told_how_it_is_and_all_can_be_taken_back(admin: Admin) -> None:
    team = admin.stage.world.guild.roles["Moderators"]
    for command in (
        "voting",
        "seeds",
        "own-votes",
        "language",
        "delivery",
        "again",
        "log",
        "exempt",
        "roles",
        "cooldown",
    ):
        assert await admin.types(command)
    for command, options in (
        ("breeds", {"add": "Abyssinian"}),
        ("exempt", {"add": team}),
        ("log", {"channel": admin.stage.pets}),
    ):
        await admin.types(command, **options)
    await admin.types("roles", command="vote", add=team)
    assert admin.now != DEFAULTS
    assert [choice["value"] for choice in await _suggested(admin, "breeds", "remove", "aby")] == ["cat:abys"]
    await admin.types("breeds", remove="cat:abys")
    await admin.types("exempt", clear=True)
    await admin.types("log", clear=True)
    await admin.types("roles", command="vote", everybody=True)
    assert admin.now == DEFAULTS


async def _suggested(admin: Admin, command: str, option: str, typed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await admin.ada.autocomplete(admin.stage.pets, f"settings {command}", option, typed)
    return found


async def test_what_is_typed_is_suggested(admin: Admin) -> None:
    assert {"name": "Abyssinian", "value": "cat:abys"} in await _suggested(admin, "breeds", "add", "abys")
    assert "/cat" in [choice["name"] for choice in await _suggested(admin, "roles", "command", "ca")]
    hats = await _suggested(admin, "categories", "add", "hats")
    assert [choice["name"].partition(" ")[0] for choice in hats] == ["hats"] * len(hats) != []
    await admin.types("categories", add=hats[0]["value"])
    assert [choice["value"] for choice in await _suggested(admin, "categories", "remove", "")] == [hats[0]["value"]]


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("breeds", {"add": "Sphinxx of Egypt"}, "Did you mean"),
        ("categories", {"add": "moon"}, "There is no category “moon”"),
        ("emojis", {"up": "cat"}, "These cannot be the emojis of votes."),
        ("emojis", {"up": "👎"}, "These cannot be the emojis of votes."),
        ("roles", {"command": "No Such Command!"}, "That cannot be. Name commands"),
    ],
)
async def test_a_value_that_cannot_be_says_what_can(
    admin: Admin, command: str, options: dict[str, Any], said: str
) -> None:
    if command == "roles":
        options = options | {"add": admin.stage.world.guild.roles["Quiet"]}
    assert said in await admin.types(command, **options)
    assert admin.now == DEFAULTS


async def test_every_page_of_the_panel_sets_what_is_on_it_and_shows_it(admin: Admin) -> None:
    stage = admin.stage
    daily, team = stage.world.channels["daily"], stage.world.guild.roles["Moderators"]
    assert "Settings · Places" in await admin.opens()
    await admin.chooses("set:channels:", stage.pets, daily)
    await admin.chooses("set:log_channel:", daily)
    assert {str(one["id"]) for c in admin.drawn() for one in c.get("default_values", ())} == {
        str(stage.pets.id),
        str(daily.id),
    }
    assert "Voting" in await admin.turns("voting")
    await admin.chooses("set:voting:", "both")
    await admin.chooses("set:seed_reactions:", "yes")
    await admin.chooses("set:own_votes:", "no")
    await admin.turns("pace")
    await admin.chooses("set:person_cooldown:", "30")
    await admin.chooses("set:channel_cooldown:", "5")
    await admin.chooses("set:exempt_roles:", team)
    await admin.turns("pictures")
    await admin.chooses("set:again:", "new_post")
    await admin.chooses("set:delivery:", "upload")
    await admin.chooses("set:language:", "en")
    chosen = [option["value"] for c in admin.drawn() for option in c.get("options", ()) if option.get("default")]
    assert chosen == ["new_post", "upload", "en"]
    await admin.turns("excluded")
    hats = next(c["options"][0]["value"] for c in admin.drawn() if c.get("custom_id") == "set:excluded_categories:cat")
    await admin.chooses("set:excluded_categories:cat", hats)
    await admin.turns("roles")
    await admin.chooses("panel:act:", "cat")
    assert f"/cat: <@&{team.id}>" in await admin.chooses("set:roles:cat", team)
    assert admin.now == GuildSettings(
        channels=(stage.pets.id, daily.id),
        log_channel=daily.id,
        seed_reactions=True,
        own_votes=False,
        person_cooldown=30,
        channel_cooldown=5,
        exempt_roles=(team.id,),
        again=Again.NEW_POST,
        delivery=Delivery.UPLOAD,
        language="en",
        excluded_categories=(hats,),
        roles={"cat": (team.id,)},
    )
    await admin.presses("panel:everybody:cat")
    await admin.turns("excluded")
    await admin.chooses("set:excluded_categories:cat")
    await admin.turns("places")
    await admin.chooses("set:channels:")
    await admin.chooses("set:log_channel:")
    await admin.turns("pictures")
    await admin.chooses("set:language:", "usual")
    left = (
        admin.now.channels,
        admin.now.log_channel,
        admin.now.roles,
        admin.now.excluded_categories,
        admin.now.language,
    )
    assert left == ((), None, {}, (), None)


async def test_the_forms_of_the_panel_take_emojis_and_breeds(admin: Admin) -> None:
    await admin.opens("voting")
    form = await admin.presses("panel:emojis:")
    said = texts_of(await admin.ada.submit_modal(form, {"up": "🐾", "down": "💤", "save": ""}))
    assert "👍 👎 ❤️ → 🐾 💤 ❤️" in said
    assert admin.now.emojis == Emojis("🐾", "💤", "❤️")
    form = await admin.presses("panel:emojis:0")
    assert "cannot be the emojis" in privately(
        await admin.ada.submit_modal(form, {"up": "x", "down": "y", "save": "z"})
    )
    await admin.turns("excluded")
    form = await admin.presses("panel:breeds:")
    assert "None → Abyssinian, Beagle" in texts_of(await admin.ada.submit_modal(form, {"breeds": "abyssinian; Beagle"}))
    form = await admin.presses("panel:breeds:")
    assert "I know no breed" in privately(await admin.ada.submit_modal(form, {"breeds": "Sphinxx of Egypt"}))
    left = next(breed for breed in admin.now.excluded_breeds if breed.startswith("dog:"))
    await admin.chooses("set:excluded_breeds:", left)
    assert admin.now.excluded_breeds == (left,)


async def test_emojis_that_discord_does_not_take_stay_as_they_were(admin: Admin) -> None:
    admin.stage.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50035, message="Invalid emoji")
    assert "cannot be the emojis" in await admin.types("emojis", up="<:gone:123456789012345678>")
    assert admin.now == DEFAULTS


async def test_who_does_not_manage_the_server_gets_nowhere_by_whichever_door(admin: Admin) -> None:
    stage = admin.stage
    # As an admin may have set it under Server Settings › Integrations.
    command_id = stage.bot.command_ids["settings"]
    stage.world.guild.set_command_permissions(command_id, {stage.world.guild.default_role: True})
    await admin.opens()
    for command, options in (
        ("panel", {}), ("check", {}), ("export", {}), ("reset", {}), ("voting", {}), ("again", {"how": "off"}),
        ("channels", {"add": stage.pets}), ("emojis", {"up": "🐾"}), ("cooldown", {"person": 5}), ("roles", {}),
    ):  # fmt: skip
        assert privately(await stage.mia.slash(stage.pets, f"settings {command}", **options)) == NOT_YOURS
    assert admin.now == DEFAULTS
    # Ada's own panel, once she may no more.
    await _take_admin_from(stage)
    assert NOT_YOURS in await admin.chooses("set:channels:", stage.pets)
    for item in ("panel:check:", "panel:export:", "panel:reset:"):
        assert NOT_YOURS in texts_of(await admin.presses(item))
    assert admin.now == DEFAULTS


async def _take_admin_from(stage: Stage) -> None:
    guild = stage.bot.get_guild(stage.world.guild.id)
    assert guild is not None
    ada = await guild.fetch_member(stage.world.members["Ada"].id)
    await ada.remove_roles(discord.Object(stage.world.guild.roles["Admins"].id))
    await stage.env.settle()


async def test_the_panel_works_after_a_restart_with_what_was_set(admin: Admin) -> None:
    await admin.opens("voting")
    await admin.chooses("set:voting:", "off")
    await admin.stage.env.restart_bot()
    assert isinstance(admin.stage.bot, Pawprint)
    await admin.turns("pictures")
    await admin.chooses("set:again:", "off")
    assert admin.now == GuildSettings(voting=Voting.OFF, again=Again.OFF)


async def test_a_reset_asks_first(admin: Admin) -> None:
    await admin.types("voting", how="off")
    await admin.opens()
    await admin.presses("panel:reset:")
    await admin.presses("panel:page:places")
    assert admin.now != DEFAULTS
    await admin.presses("panel:reset:")
    assert "All settings are as they come." in texts_of(await admin.presses("panel:reset:yes"))
    assert admin.now == DEFAULTS
    assert "Do you want all settings" in await admin.types("reset")


async def test_settings_go_out_as_a_file_and_come_back(admin: Admin) -> None:
    stage = admin.stage
    await admin.types("channels", add=stage.pets)
    await admin.types("again", how="off")
    answer = await admin.ada.slash(stage.pets, "settings export")
    assert "settings import takes them over" in privately(answer)
    file = await _file_of(stage, answer)
    assert json.loads(file)["settings"] == {"channels": [str(stage.pets.id)], "again": "off"}
    before = admin.now
    await stage.app.guilds.reset(stage.world.guild.id, admin.ada.id)
    answer = await _import(admin, file)
    assert "The settings of your file hold now." in privately(answer)
    assert "**What 🔁 does:** Another picture in place → Nothing: there is no 🔁" in texts_of(answer)
    assert admin.now == before
    assert "Your file holds what is set already." in privately(await _import(admin, file))


async def test_a_file_of_another_server_leaves_out_what_is_not_here(admin: Admin) -> None:
    answer = await _import(admin, write(GuildSettings(channels=(123, admin.stage.pets.id), exempt_roles=(456,))))
    assert "this server does not have was left out" in privately(answer)
    assert admin.now == GuildSettings(channels=(admin.stage.pets.id,))


async def test_a_file_that_cannot_be_taken_over_changes_nothing_and_names_each_fault(admin: Admin) -> None:
    said = privately(await _import(admin, b'{"pawprint_settings": 1, "settings": {"voting": "x", "wings": 2}}'))
    assert "“voting”: That cannot be. “voting” is both, buttons, reactions or off." in said
    assert "There is no setting “wings”. Take it out." in said
    for content in (b"GIF89a", b" " * (LARGEST + 1)):
        assert "That is no file of settings." in privately(await _import(admin, content))
    assert admin.now == DEFAULTS


async def _import(admin: Admin, content: bytes) -> InteractionResult:
    return await admin.ada.slash(admin.stage.pets, "settings import", file=("settings.json", content))


async def _file_of(stage: Stage, answer: InteractionResult) -> bytes:
    assert answer.response is not None
    (attachment,) = answer.response.message.attachments
    return await attachment.read()


async def test_the_log_channel_is_told_who_changed_what_from_what_to_what(admin: Admin) -> None:
    stage, log = admin.stage, admin.stage.world.channels["daily"]
    await admin.types("log", channel=log)
    await admin.types("voting", how="off")
    await admin.types("log", clear=True)
    first, second, third = await log_of(stage, log)
    assert first == f"🔧 <@{admin.ada.id}> changed the settings.\n**Log channel:** Nobody is told → <#{log.id}>"
    assert "**How members vote:** Buttons and reactions → Nobody votes" in second
    assert "→ Nobody is told" in third
    for message in log.history():
        pings = stage.env.backend.get_message(log.id, message.id).allowed_mentions
        assert not pings.everyone
        assert not pings.allows_user(admin.ada.id)
    await admin.types("voting", how="both")
    assert len(await log_of(stage, log)) == 3


async def test_a_log_channel_that_takes_nothing_keeps_nobody_from_a_change(admin: Admin) -> None:
    stage, daily = admin.stage, admin.stage.world.channels["daily"]
    await admin.types("log", channel=daily)
    await log_of(stage, daily)
    stage.env.inject_error("POST", f"/channels/{daily.id}/messages", status=403, code=50013, times=None)
    await admin.types("voting", how="off")
    await admin.types("again", how="off")
    assert len(await log_of(stage, daily)) == 1
    assert admin.now.voting is Voting.OFF
    assert stage.app.counts.of("rest", "refused") == 1


async def test_a_channel_or_role_that_is_deleted_mends_itself_and_is_told(admin: Admin) -> None:
    stage, log, daily = admin.stage, admin.stage.pets, admin.stage.world.channels["daily"]
    team = stage.world.guild.roles["Quiet"]
    await admin.types("log", channel=log)
    await admin.types("channels", add=daily)
    await admin.types("roles", command="cat", add=team)
    guild = stage.bot.get_guild(stage.world.guild.id)
    assert guild is not None
    await guild.get_channel(daily.id).delete()  # type: ignore[union-attr]  # it is there
    await guild.get_role(team.id).delete()  # type: ignore[union-attr]
    told = (await log_of(stage, log))[-2:]
    assert all(text.startswith("🔧 Something that the settings named is gone, so I took it out.\n") for text in told)
    assert f"**Channels for commands:** <#{daily.id}> → Everywhere" in told[0]
    assert "→ /cat: only who manages the server" in told[1]
    # What was for a role does not open to everybody by itself.
    assert privately(await stage.mia.slash(stage.pets, "cat")) == "Only who manages this server may do that."


async def test_what_went_while_the_bot_was_away_is_mended_before_anybody_is_sent_there(admin: Admin) -> None:
    stage = admin.stage
    space = stage.world.guild.id
    await stage.app.guilds.put(space, admin.ada.id, "channels", lambda _: [123456])
    assert texts_of(await stage.mia.slash(stage.pets, "cat"))
    assert admin.now == DEFAULTS
    await stage.app.guilds.put(space, admin.ada.id, "exempt_roles", lambda _: [123456])
    await admin.opens()
    assert admin.now == DEFAULTS


async def test_the_check_goes_through_all_places_and_names_what_lacks(admin: Admin) -> None:
    stage, daily = admin.stage, admin.stage.world.channels["daily"]
    said = await admin.types("check")
    assert f"✅ <#{stage.pets.id}>: I have all that I need." in said
    assert "Commands may be used everywhere." in said
    await admin.types("channels", add=stage.pets)
    await admin.types("channels", add=daily)
    channel = stage.bot.get_channel(daily.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, attach_files=False, send_messages=False)
    await stage.env.settle()
    await admin.opens()
    said = texts_of(await admin.presses("panel:check:"))
    assert f"✅ <#{stage.pets.id}>" in said
    assert f"⚠️ I need Send Messages, Embed Links and Attach Files in <#{daily.id}>." in said
    # Where a picture a day is posted counts as well.
    await admin.types("channels", remove=daily)
    assert f"<#{daily.id}>" not in await admin.types("check")
    plan = Plan(channel_id=daily.id, at=time(8, 30), zone=ZoneInfo("UTC"), species=Species.CAT, with_fact=False)
    await stage.app.dailies.put(stage.world.guild.id, admin.ada.id, plan)
    assert f"⚠️ I need Send Messages, Embed Links and Attach Files in <#{daily.id}>." in await admin.types("check")
    # Who sets it there is told at once.
    assert f"⚠️ I need Send Messages in <#{daily.id}>." in await admin.types("log", channel=daily)
    await stage.app.guilds.put(
        stage.world.guild.id, 1, "emojis", lambda _: {"up": "<:gone:123456789012345678>", "down": "👎", "save": "❤️"}
    )
    assert "The emoji `123456789012345678` is no longer in this server." in await admin.types("check")


async def test_an_emoji_that_the_server_deleted_makes_way_for_the_usual_ones(admin: Admin) -> None:
    stage, log = admin.stage, admin.stage.world.channels["daily"]
    own = {"up": "<:gone:123456789012345678>", "down": "👎", "save": "❤️"}
    await admin.types("log", channel=log)
    await stage.app.guilds.put(stage.world.guild.id, 1, "emojis", lambda _: own)
    refused = "Invalid Form Body\nIn data.components.0.components.2.components.0.emoji.id: Invalid emoji"
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50035, message=refused)
    said = privately(await stage.mia.slash(stage.pets, "cat"))
    assert said == "An emoji that this server votes with is gone, so 👍 👎 ❤️ are back. Please try once more."
    assert "I took it out." in (await log_of(stage, log))[-1]
    assert emojis_of(await stage.card("cat")) == ["👍", "👎", "❤️", "🔁", "ℹ️"]
    # The same refusal of something else is what it is.
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50035, message=refused)
    assert "Discord did not take my answer" in privately(await stage.mia.slash(stage.pets, "cat"))
