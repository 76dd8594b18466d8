"""Everything the bot sends, held against Discord's own document; PAWPRINT_DISCORD_OPENAPI names the file."""

from __future__ import annotations

import math
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.card import Card
from bot.identity import Person
from bot.models import PictureKey, Source, Species
from bot.services.pace import Pace
from bot.services.votes import Door, Vote
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.wire import test_on_discord as on_discord
from tests.wire.discord_double import Asked, DiscordDouble
from tests.wire.discord_schema import DiscordDocument
from tests.wire.discord_shapes import CHANNEL, EPHEMERAL, GUILD, PEOPLE, Json
from tests.wire.test_on_discord import Run, buttons_on, press, texts_on

run = on_discord.run

SLASH, MENU = 1, 3
GROUPS = (1, 2)
BUTTON, CHOICE, FIELD = 2, 3, 4
# What may be chosen from a list of roles, and of channels.
ENTITIES = {6: GUILD, 8: CHANNEL}
BEYOND = ("settings import",)
"""Commands that take a file, which comes from a host of Discord's own."""
TROUBLE = "Reference for the bot's operator:"
TYPED = {
    ("breed search", "text"): "calm",
    ("dog", "category"): "hats",
    ("fact", "id"): "cat-001",
    ("favourites add", "picture"): "{link}",
    ("daily set", "time"): "08:30",
    ("image", "id"): "{id}",
    ("moderate hide", "picture"): "{id}",
    ("moderate hide", "reason"): "blurred",
    ("moderate reset", "picture"): "{id}",
    ("settings emojis", "up"): "🐾",
    ("settings emojis", "down"): "💤",
    ("settings emojis", "save"): "⭐",
    ("settings breeds", "remove"): "Siamese",
    ("settings categories", "remove"): "hats",
}
"""What people write into options that suggest nothing, by command and option; {link}: to a message, {id}: a picture."""
MENTIONS = ("cat Siamese", "dog german shephard dog", "cat burmatic", "no such command")
"""What people write after the bot's name besides the bare name of each command."""


@pytest.fixture(scope="module")
def document() -> DiscordDocument:
    """Discord's document, where it lies on this machine."""
    path = os.environ.get("PAWPRINT_DISCORD_OPENAPI")
    if not path:
        pytest.skip("PAWPRINT_DISCORD_OPENAPI names no document")
    return DiscordDocument.read(Path(path))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bot does a while later it does at once: counts drawn anew, answers that delete themselves."""
    monkeypatch.setattr("bot.ui.refresher._GATHERED_FOR", 0.0)
    monkeypatch.setattr("bot.failures._DELETE_AFTER", 0.0)
    monkeypatch.setattr("cogs.help._DELETE_AFTER", 0.0)


class OptionType(IntEnum):
    """What an option takes, by Discord's numbers."""

    TEXT = 3
    NUMBER = 4
    FLAG = 5
    MEMBER = 6
    CHANNEL = 7
    ROLE = 8
    FRACTION = 10


@dataclass(frozen=True)
class Leaf:
    """A command as it is called: its kind, its whole name, and its options by name."""

    kind: int
    name: str
    options: dict[str, Json]


def leaves(commands: list[Json]) -> Iterator[Leaf]:
    """Yield every command of a tree that can be called."""
    for command in commands:
        yield from _leaves(command, command.get("type", SLASH), command["name"])


def _leaves(command: Json, kind: int, name: str) -> Iterator[Leaf]:
    options = command.get("options", [])
    inner = [option for option in options if option["type"] in GROUPS]
    for option in inner:
        yield from _leaves(option, kind, f"{name} {option['name']}")
    if not inner:
        yield Leaf(kind, name, {option["name"]: option for option in options})


def undriven(commands: list[Json], interactions: list[Json]) -> set[str]:
    """Return what of a tree nobody used: commands, options, choices, ends of a range and suggestions."""
    missing = {f"{leaf.name} {part}".strip() for leaf in leaves(commands) for part in ("", *_parts(leaf))}
    for interaction in interactions:
        data, suggests = interaction["data"], interaction["type"] == 4
        if interaction["type"] not in (2, 4):
            continue
        name, chosen = data["name"], data.get("options", [])
        while chosen and chosen[0]["type"] in GROUPS:
            name, chosen = f"{name} {chosen[0]['name']}", chosen[0].get("options", [])
        if suggests:
            missing -= {f"{name} {option['name']}…" for option in chosen if option.get("focused")}
        else:
            used = [(option["name"], option["value"]) for option in chosen]
            missing -= {name, *(f"{name} {option}" for option, _ in used), *(f"{name} {o}={v}" for o, v in used)}
    return missing


def _parts(leaf: Leaf) -> Iterator[str]:
    for name, option in leaf.options.items():
        yield name
        if option.get("autocomplete"):
            yield f"{name}…"
        ends = (option[end] for end in ("min_value", "max_value") if end in option)
        for value in (*(choice["value"] for choice in option.get("choices", ())), *ends):
            yield f"{name}={value}"


def controls(value: Any) -> Iterator[Json]:
    """Yield every component of a message that a person can use, wherever it stands."""
    if isinstance(value, dict):
        if "custom_id" in value and not value.get("disabled"):
            yield value
        for part in value.values():
            yield from controls(part)
    elif isinstance(value, list):
        for part in value:
            yield from controls(part)


class Trier:
    """Somebody who tries everything: each command with each of its options, and whatever stands on the answers.

    `restock` gives back what a command may have taken; `words` fill in what is TYPED.
    """

    def __init__(
        self, discord: DiscordDouble, restock: Callable[[], Awaitable[None]], words: Mapping[str, str]
    ) -> None:
        self._discord = discord
        self._restock = restock
        self._words = words

    async def try_command(self, leaf: Leaf) -> None:
        """Use a slash command in each of its ways; none of them ends in trouble. What is on an answer is pressed."""
        await self._restock()
        values = {name: await self._values(leaf, option) for name, option in leaf.options.items()}
        least = {name: values[name][0] for name, option in leaf.options.items() if option.get("required")}
        ways = [least, *(least | {name: value} for name, tried in values.items() for value in tried)]
        pressed: set[tuple[str, int]] = set()
        for way in ways:
            ask = partial(self._ask, leaf, way)
            seen = await ask()
            private = seen["flags"] & EPHEMERAL
            # "paw:up:…", "page:list:…": where it belongs and what it is.
            kinds = {(":".join(c["custom_id"].split(":")[:2]), private) for c in controls(seen["components"])}
            if kinds - pressed:
                await self.press_all(seen, ask)
                await self._restock()
                pressed |= kinds

    async def press_all(self, message: Json, ask: Callable[[], Awaitable[Json]]) -> None:
        """Press whatever is on a message, as its asker and as somebody else who sees it.

        The last comes first: "no" before "yes". When it goes with a press, it is asked for again.
        """
        users = ("Mia",) if message["flags"] & EPHEMERAL else ("Mia", "Noah")
        for place in reversed(range(len(list(controls(message["components"]))))):
            for user in users:
                there = self._discord.messages.get(message["id"])
                now = list(controls(there.raw["components"])) if there else []
                if place >= len(now):
                    await self._restock()
                    message = await ask()
                    now = list(controls(message["components"]))
                if place < len(now):
                    seen = await self._use(message, now[place], user)
                    assert TROUBLE not in texts_on(seen), now[place]["custom_id"]

    async def _ask(self, leaf: Leaf, way: dict[str, Any]) -> Json:
        seen = await self._discord.slash(leaf.name, **way)
        assert TROUBLE not in texts_on(seen), f"/{leaf.name} {way}"
        return seen

    async def _use(self, message: Json, control: Json, user: str) -> Json:
        if control["type"] == CHOICE:
            return await self._discord.pick(
                message, control["custom_id"], *(option["value"] for option in control["options"][:1]), user=user
            )
        if control["type"] in ENTITIES:
            chosen = str(ENTITIES[control["type"]])
            return await self._discord.pick(message, control["custom_id"], chosen, user=user, kind=control["type"])
        assert control["type"] == BUTTON, f"teach the double to use {control}"
        seen = await self._discord.click(message, control["custom_id"], user=user)
        if "title" not in seen:
            return seen
        fields = [label["component"] for label in seen["components"]]
        assert {field["type"] for field in fields} == {FIELD}, f"teach the double to fill in {fields}"
        typed = {field["custom_id"]: field.get("value") or "1" for field in fields}
        return await self._discord.submit(seen, message, typed, user=user)

    async def _values(self, leaf: Leaf, option: Json) -> list[Any]:
        if option.get("choices"):
            return [choice["value"] for choice in option["choices"]]
        if option.get("autocomplete"):
            for typed in ("zzzz", "a"):
                await self._discord.autocomplete(leaf.name, option["name"], typed)
            offered = await self._discord.autocomplete(leaf.name, option["name"], "")
            if offered:
                return [offered[0]["value"]]
        if (leaf.name, option["name"]) in TYPED:
            return [TYPED[leaf.name, option["name"]].format_map(self._words)]
        match option["type"]:
            case OptionType.NUMBER | OptionType.FRACTION:
                return [option[end] for end in ("min_value", "max_value") if end in option] or [1]
            case OptionType.FLAG:
                return [True, False]
            case OptionType.MEMBER:
                return ["Mia", "Noah"]
            case OptionType.CHANNEL:
                return [str(CHANNEL)]
            case OptionType.ROLE:
                return [str(GUILD)]
        pytest.fail(f"TYPED lacks what people write into {option['name']!r} of /{leaf.name}")


def found(document: DiscordDocument, discord: DiscordDouble) -> list[str]:
    """Return what violates the document in all that the bot sent; each thing once."""
    return list(dict.fromkeys(text for asked in discord.asked for text in document.violations(asked)))


def sent(document: DiscordDocument, discord: DiscordDouble) -> set[tuple[str, str | None]]:
    """Return the operations that the bot used."""
    return {(asked.method, document.template(asked.path)) for asked in discord.asked}


def answered(discord: DiscordDouble) -> set[int]:
    """Return the kinds of first answers that the bot gave."""
    return {asked.body["type"] for asked in discord.asked_for("POST", "/callback")}


COMMANDS = "/applications/{application_id}/commands"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"


async def test_every_command_in_each_of_its_ways(document: DiscordDocument, discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        # Nobody tries as much as this by hand.
        app.gate.pace = Pace(app.clock, burst=math.inf)
        # Something to list, more than a page of it.
        posts = [await discord.slash(species, count=4) for species in Species]
        parsed = [Card.parse(control["custom_id"]) for seen in posts for control in controls(seen["components"])]
        mia, pictures = Person(GUILD, PEOPLE["Mia"]), {found[1].picture for found in parsed if found is not None}
        assert len(pictures) == 8

        async def restock() -> None:
            for picture in pictures:
                await app.favourites.add(mia, picture)
                await app.votes.cast(mia, picture, Vote.UP, Door.BUTTON)
            await app.guilds.reset(GUILD, mia.user)
            # Somebody else and another picture, so that nothing that is tried here is kept from anybody.
            await app.moderation.unhide(GUILD, mia.user, app.moderation.hidden_in(GUILD))
            await app.moderation.hide(GUILD, mia.user, PictureKey(Source.CATAPI, "elsewhere"))
            await app.moderation.let_vote([mia, Person(GUILD, PEOPLE["Noah"])], mia.user)
            await app.moderation.keep_from_voting(Person(GUILD, 1), mia.user)

        link = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{posts[0]['id']}"
        trier = Trier(discord, restock, {"link": link, "id": min(pictures).id})
        for leaf in leaves(discord.commands):
            if leaf.name in BEYOND:
                continue
            if leaf.kind == SLASH:
                await trier.try_command(leaf)
            else:
                assert leaf.kind == MENU, f"teach the double to use the menu {leaf.name!r}"
                for count in (1, 4):
                    ask = partial(discord.menu, leaf.name, await discord.slash("cat", count=count))
                    await trier.press_all(await ask(), ask)
    missing = undriven(discord.commands, discord.interactions)
    assert {name for name in missing if not name.startswith(BEYOND)} == set()
    assert found(document, discord) == []
    assert {("PUT", COMMANDS), ("POST", CALLBACK), ("POST", FOLLOW_UP)} <= sent(document, discord)
    assert {4, 5, 7, 8, 9} <= answered(discord)


async def test_another_picture_in_place_and_as_a_post_and_among_four(
    document: DiscordDocument, discord: DiscordDouble, run: Run
) -> None:
    async with run():
        seen = await discord.slash("cat", breed="siam")
        another = await press(discord, seen, "🔁")
        assert another["id"] == seen["id"]
        assert (await press(discord, another, "🔁", user="Noah"))["id"] != seen["id"]
        four = await discord.slash("dog", count=4)
        buttons = list(controls(four["components"]))
        assert len(buttons) == 20
        for button in (buttons[-5], buttons[-2]):
            await discord.click(four, button["custom_id"], user="Noah")
    assert found(document, discord) == []


async def test_refusals(document: DiscordDocument, discord: DiscordDouble, run: Run) -> None:
    async with run():
        seen = await discord.slash("cat")
        voted = await press(discord, seen, "👍")
        assert "burmatic" in (await discord.slash("cat", breed="burmatic"))["content"]
        assert (await discord.slash("dog", category="no such category"))["flags"] & EPHEMERAL
        info = await press(discord, voted, "ℹ️")
        assert (await discord.menu("Picture…", info))["flags"] & EPHEMERAL
        [up] = [c for c in controls(discord.messages[seen["id"]].raw["components"]) if ":up:" in c["custom_id"]]
        up["custom_id"] = up["custom_id"].replace(":catapi:", ":catapi:never-seen-")
        assert (await discord.click(seen, up["custom_id"]))["flags"] & EPHEMERAL
    assert found(document, discord) == []


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.WRONG_TYPE, Kind.KEY_REVOKED, Kind.EMPTY])
async def test_a_service_in_trouble(
    document: DiscordDocument, discord: DiscordDouble, backend: EmbeddedBackend, run: Run, kind: Kind
) -> None:
    backend.faults.add(Fault(kind=kind))
    async with run():
        for species in Species:
            for way in ({}, {"count": 4}, {"breed": "beng" if species is Species.CAT else "1"}):
                await discord.slash(species, **way)
        # Pictures that stand in cannot help here.
        await discord.slash("image", id="nobodyknows")
    assert found(document, discord) == []
    assert {("PATCH", ORIGINAL), ("POST", FOLLOW_UP), ("DELETE", ORIGINAL)} <= sent(document, discord)


async def test_mentions_and_reactions(document: DiscordDocument, discord: DiscordDouble, run: Run) -> None:
    async with run():
        commands = [leaf.name for leaf in leaves(discord.commands) if leaf.kind == SLASH]
        answers = {text: await discord.mention(text) for text in (*commands, *MENTIONS)}
        assert "burmatic" in answers["cat burmatic"]["content"]
        card = answers["cat"]

        def labelled(emoji: str, label: str | None) -> bool:
            return bool(buttons_on(discord.messages[card["id"]].raw)[emoji].get("label") == label)

        for emoji, left in (("👍", None), ("👎", None), ("❤️", "1")):
            await discord.react(card, emoji, user="Noah")
            await discord.until(partial(labelled, emoji, "1"))
            await discord.react(card, emoji, user="Noah", taken_away=True)
            await discord.until(partial(labelled, emoji, left))
    assert found(document, discord) == []
    assert {("POST", MESSAGES), ("PATCH", MESSAGE), ("DELETE", MESSAGE)} <= sent(document, discord)


# The judge itself


def a_button(**given: Any) -> Json:
    """Return a button."""
    return {"type": BUTTON, "style": 2, "label": "up", "custom_id": "paw"} | given


def a_message(*buttons: Json, **given: Any) -> Json:
    """Return the first answer of an interaction: a card with a row of buttons."""
    card = {"type": 17, "components": [{"type": 10, "content": "cat"}, {"type": 1, "components": list(buttons)}]}
    return {"type": 4, "data": {"components": [card], "flags": 1 << 15} | given}


WHERE = "/interactions/1/token/callback"
IN_ROW = "data.components[0].components[1].components"


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (a_message(a_button(label="x" * 81)), f"{IN_ROW}[0].label: "),
        (a_message(a_button(custom_id="x" * 101)), f"{IN_ROW}[0].custom_id: "),
        (a_message(a_button(style="2")), f"{IN_ROW}[0].style: "),
        (a_message(a_button(style=7)), f"{IN_ROW}[0].style: "),
        (a_message(*[a_button()] * 6), f"{IN_ROW}: "),
        (a_message(), f"{IN_ROW}: "),
        (a_message(a_button(type=99)), f"{IN_ROW}[0]: "),
        (a_message({"type": BUTTON, "label": "up"}), f"{IN_ROW}[0]: "),
        (a_message(a_button(url="no address")), f"{IN_ROW}[0].url: "),
        (a_message(a_button(), flags="32768"), "data.flags: "),
        (a_message(a_button(), content="x" * 2001), "data.content: "),
        (a_message(a_button(), attachments=[{"id": "zero"}]), "data.attachments[0].id: "),
        (a_message(a_button(), attachments=[{"id": "9" * 30}]), "data.attachments[0].id: "),
        (a_message(a_button(), attachments=[{"id": True}]), "data.attachments[0].id: "),
        (a_message(a_button(), attachments=[{"filename": "cat.jpg"}]), "data.attachments[0]: "),
        ({"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "x"}]}}, "data.choices[0].name: "),
        ({"type": 8, "data": {"choices": [{"name": "x", "value": "x"}] * 26}}, "data.choices: "),
        ({"type": 99}, "the whole: "),
        (None, "no body"),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
def test_what_discord_forbids_is_found(
    document: DiscordDocument, asked: Json | None, place: str, content_type: str
) -> None:
    complaints = document.violations(Asked("POST", WHERE, {}, asked, (), content_type))
    assert complaints
    assert [text for text in complaints if not text.startswith(f"POST {CALLBACK}: {place}")] == []


@pytest.mark.parametrize(
    "asked",
    [
        a_message(*[a_button(label="x" * 80)] * 5),
        a_message(a_button(emoji={"id": None, "name": "👍"}, label=None)),
        a_message(a_button(), attachments=[{"id": 0, "filename": "cat.jpg", "description": "A cat."}]),
        {"type": 5, "data": None},
        {"type": 5, "data": {"flags": 64}},
        {"type": 8, "data": {"choices": []}},
    ],
)
def test_what_discord_takes_is_let_through(document: DiscordDocument, asked: Json) -> None:
    assert document.violations(Asked("POST", WHERE, {}, asked, (), "application/json")) == []


@pytest.mark.parametrize(
    ("method", "path", "complaint"),
    [
        ("GET", "/users/@me/cats", "no such path"),
        ("PUT", "/channels/1/messages", "no such method"),
        ("GET", "/channels/pets/messages/1", "channel_id: "),
        ("GET", "/applications/1/commands?with_cats=1", "?with_cats: no such parameter"),
    ],
)
def test_an_address_that_discord_does_not_know_is_found(
    document: DiscordDocument, method: str, path: str, complaint: str
) -> None:
    path, _, query = path.partition("?")
    asked = Asked(method, path, dict([query.split("=")]) if query else {}, None, ())
    [told] = document.violations(asked)
    assert complaint in told


def test_a_body_where_none_is_read_is_found(document: DiscordDocument) -> None:
    asked = Asked("PUT", "/channels/1/messages/2/reactions/👍/@me", {}, {"cats": 1}, (), "application/json")
    assert [text.rpartition(": ")[2] for text in document.violations(asked)] == ["a body where none is read"]


def test_a_part_of_a_command_that_nobody_used_is_named() -> None:
    count = {"type": OptionType.NUMBER, "name": "count", "min_value": 1, "max_value": 4}
    breed = {"type": OptionType.TEXT, "name": "breed", "autocomplete": True}
    mood = {"type": OptionType.TEXT, "name": "mood", "choices": [{"name": "Calm", "value": "calm"}]}
    cat = {"type": 1, "name": "cat", "options": [count, breed, mood]}
    tree = [{"name": "show", "type": SLASH, "options": [cat]}, {"name": "Picture…", "type": MENU}]
    chosen = [
        {"name": "count", "type": OptionType.NUMBER, "value": 4},
        {"name": "mood", "type": OptionType.TEXT, "value": "calm"},
    ]
    used = {"name": "show", "options": [{"type": 1, "name": "cat", "options": chosen}]}
    missing = {"Picture…", "show cat breed", "show cat breed…", "show cat count=1"}
    assert undriven(tree, [{"type": 2, "data": used}]) == missing
