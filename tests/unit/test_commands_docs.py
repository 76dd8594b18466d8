"""`docs/commands.md` is what `make docs` writes today, and says all of every command."""

from __future__ import annotations

from discord import AppCommandType, Permissions

from bot.command_sync import payload
from bot.ui.manual import BY_A_PERSON, BY_A_SERVER, IN_DIRECT_MESSAGES, IN_PRIVATE_CHANNELS, IN_SERVERS, Entry, Option
from tests.docs_commands import DOCUMENT, commands_known, document, page

EVERYWHERE = frozenset({IN_SERVERS, IN_DIRECT_MESSAGES, IN_PRIVATE_CHANNELS})
BOTH = frozenset({BY_A_SERVER, BY_A_PERSON})


async def test_the_page_is_as_the_commands_are() -> None:
    assert DOCUMENT.read_text("utf-8") == await document(), "run `make docs`"


async def test_every_command_of_the_tree_stands_in_it() -> None:
    text = DOCUMENT.read_text("utf-8")
    async with commands_known() as bot:
        slash = [command.qualified_name for command in bot.tree.walk_commands() if not hasattr(command, "commands")]
        menus = [
            menu.name
            for kind in (AppCommandType.message, AppCommandType.user)
            for menu in bot.tree.walk_commands(type=kind)
        ]
        said = {command.qualified_name for command in bot.walk_commands() if not hasattr(command, "commands")}
    assert "cat" in slash
    assert [name for name in slash if f"| `/{name}` |" not in text] == []
    assert [name for name in menus if f"| Apps › {name} |" not in text] == []
    assert [name for name in said if f"| `@Pawprint {name}" not in text] == []


async def test_no_command_trusts_guild_only() -> None:
    """discord.py adds the places that the tree allows to it; `allowed_contexts` names those that are not meant."""
    async with commands_known() as bot:
        sent = {command["name"]: command["contexts"] for command in await payload(bot)}
        marked = [command.name for command in bot.tree.get_commands() if getattr(command, "guild_only", False)]
    assert [name for name in marked if sent[name] != [IN_SERVERS]] == []


def made(name: str, **changes: object) -> Entry:
    said: dict[str, object] = {
        "about": "Does a thing",
        "kind": AppCommandType.chat_input,
        "options": (),
        "permissions": Permissions.none(),
        "places": EVERYWHERE,
        "installs": BOTH,
        "said": None,
    }
    return Entry(name=name, **(said | changes))  # type: ignore[arg-type]  # the fields are those of the class


def test_who_may_use_it_where_and_how() -> None:
    told = page(
        [
            made("cat", said="cat [breed]"),
            made("settings panel", permissions=Permissions(manage_guild=True), places=frozenset({IN_SERVERS})),
            made("hush", places=frozenset({IN_SERVERS, IN_DIRECT_MESSAGES}), installs=frozenset({BY_A_SERVER})),
            made("mine", places=frozenset({IN_PRIVATE_CHANNELS}), installs=frozenset({BY_A_PERSON})),
        ]
    )
    assert "| `/cat` | Does a thing | everybody | everywhere | `@Pawprint cat [breed]` |" in told
    assert "| `/settings panel` | Does a thing | members with Manage Server | servers |  |" in told
    assert "| servers, direct messages with the bot, where a server installed it |" in told
    assert "| other direct messages, as an app of one’s own |" in told


def test_options_stand_below_their_command_with_all_that_may_be_given() -> None:
    option = Option("breed", "Cat | dog", 3, required=True, suggests=True, choices=(), least=None, most=40)
    told = page([made("cat", options=(option,)), made("top pictures")])
    assert "### `/cat`\n\n| option | what it is | what may be given |\n" in told
    assert "| `breed` | Cat \\| dog | needed · text · at most 40 characters · suggested while you type |" in told
    assert "### `/top pictures`" not in told
