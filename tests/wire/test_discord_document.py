"""Everything the bot sends, held against Discord's own document; PAWPRINT_DISCORD_OPENAPI names the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.models import Species
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.wire import test_on_discord as on_discord
from tests.wire.discord_double import Asked, DiscordDouble
from tests.wire.discord_schema import DiscordDocument
from tests.wire.discord_shapes import CHANNEL, EPHEMERAL, PEOPLE, Json
from tests.wire.test_on_discord import Run, buttons_on, press, texts_on

run = on_discord.run

SLASH, MENU = 1, 3
GROUPS = (1, 2)
TEXT, NUMBER, FLAG, MEMBER, PLACE, FRACTION = 3, 4, 5, 6, 7, 10
BUTTON, LINK = 2, 5
TROUBLE = "Reference for the bot's operator:"
TYPED: dict[tuple[str, str], str] = {("dog", "category"): "hats"}
"""What people write into options that suggest nothing, by command and option."""
MENTIONS = ("cat", "dog", "cat Siamese", "dog german shephard dog", "cat burmatic", "no such command")


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


class Person:
    """Somebody who tries everything: each command with each of its options, and whatever stands on the answers."""

    def __init__(self, discord: DiscordDouble) -> None:
        self._discord = discord

    async def try_command(self, leaf: Leaf) -> None:
        """Use a slash command in each of its ways; none of them ends in trouble. What is on an answer is pressed."""
        values = {name: await self._values(leaf, option) for name, option in leaf.options.items()}
        least = {name: values[name][0] for name, option in leaf.options.items() if option.get("required")}
        ways = [least, *(least | {name: value} for name, tried in values.items() for value in tried)]
        answers = []
        for way in ways:
            answers.append(await self._discord.slash(leaf.name, **way))
            assert TROUBLE not in texts_on(answers[-1]), f"/{leaf.name} {way}"
        await self.press_all(answers[0])

    async def press_all(self, message: Json, *, every: int = 1) -> None:
        """Press whatever is on a message in turn (or every n-th), as its asker and as somebody else who sees it."""
        users = ("Mia",) if message["flags"] & EPHEMERAL else tuple(PEOPLE)
        for place in range(0, len(list(controls(message["components"]))), every):
            for user in users:
                # It may have changed or gone with the last press.
                there = self._discord.messages.get(message["id"])
                now = list(controls(there.raw["components"])) if there else []
                if place < len(now):
                    assert now[place]["type"] == BUTTON, f"teach the double to use {now[place]}"
                    seen = await self._discord.click(message, now[place]["custom_id"], user=user)
                    assert TROUBLE not in texts_on(seen), now[place]["custom_id"]

    async def _values(self, leaf: Leaf, option: Json) -> list[Any]:
        if option.get("choices"):
            return [choice["value"] for choice in option["choices"]]
        if option.get("autocomplete"):
            for typed in ("zzzz", "a"):
                await self._discord.autocomplete(leaf.name, option["name"], typed)
            offered = await self._discord.autocomplete(leaf.name, option["name"], "")
            return [choice["value"] for choice in offered[:1]] or [TYPED[leaf.name, option["name"]]]
        match option["type"]:
            case kind if kind in (NUMBER, FRACTION):
                return [option[end] for end in ("min_value", "max_value") if end in option] or [1]
            case kind if kind == FLAG:
                return [True, False]
            case kind if kind == MEMBER:
                return list(PEOPLE)
            case kind if kind == PLACE:
                return [str(CHANNEL)]
            case kind if kind == TEXT and (leaf.name, option["name"]) in TYPED:
                return [TYPED[leaf.name, option["name"]]]
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


CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
FOLLOW_UP = "/webhooks/{webhook_id}/{webhook_token}"
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"


async def test_every_command_in_each_of_its_ways(document: DiscordDocument, discord: DiscordDouble, run: Run) -> None:
    async with run():
        tree = list(leaves(discord.commands))
        person = Person(discord)
        # Something to list and to count.
        for species in Species:
            seen = await discord.slash(species)
            for emoji in ("👍", "❤️"):
                await press(discord, seen, emoji)
        for leaf in tree:
            if leaf.kind == SLASH:
                await person.try_command(leaf)
            else:
                assert leaf.kind == MENU, f"teach the double to use the menu {leaf.name!r}"
                for count in (1, 4):
                    seen = await discord.menu(leaf.name, await discord.slash("cat", count=count))
                    await person.press_all(seen)
    assert undriven(discord.commands, discord.interactions) == set()
    assert found(document, discord) == []
    assert {("PUT", "/applications/{application_id}/commands"), ("POST", CALLBACK)} <= sent(document, discord)
    assert {4, 5, 7, 8} <= answered(discord)


async def test_another_picture_in_place_and_as_a_post(
    document: DiscordDocument, discord: DiscordDouble, run: Run
) -> None:
    async with run():
        seen = await discord.slash("cat", breed="siam")
        another = await press(discord, seen, "🔁")
        assert another["id"] == seen["id"]
        assert (await press(discord, another, "🔁", user="Noah"))["id"] != seen["id"]
    assert found(document, discord) == []


async def test_the_buttons_of_four_cards(document: DiscordDocument, discord: DiscordDouble, run: Run) -> None:
    async with run():
        seen = await discord.slash("dog", count=4)
        assert len(list(controls(seen["components"]))) == 20
        await Person(discord).press_all(seen, every=4)
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
    assert found(document, discord) == []
    assert discord.asked_for("POST", "/callback")


async def test_mentions_and_reactions(document: DiscordDocument, discord: DiscordDouble, run: Run) -> None:
    async with run():
        answers = {text: await discord.mention(text) for text in MENTIONS[:-1]}
        assert "burmatic" in answers["cat burmatic"]["content"]
        card, edits = answers["cat"], 0

        def edited(times: int) -> bool:
            return len(discord.asked_for("PATCH", card["id"])) >= times

        for emoji in ("👍", "👎", "❤️"):
            for taken_away in (False, True):
                await discord.react(card, emoji, user="Noah", taken_away=taken_away)
                # A heart that goes leaves the favourite where it is.
                edits += (emoji, taken_away) != ("❤️", True)
                await discord.until(partial(edited, edits))
        assert buttons_on(discord.messages[card["id"]].shown())["❤️"]["label"] == "1"
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
    count = {"type": NUMBER, "name": "count", "min_value": 1, "max_value": 4}
    breed = {"type": TEXT, "name": "breed", "autocomplete": True}
    mood = {"type": TEXT, "name": "mood", "choices": [{"name": "Calm", "value": "calm"}]}
    cat = {"type": 1, "name": "cat", "options": [count, breed, mood]}
    tree = [{"name": "show", "type": SLASH, "options": [cat]}, {"name": "Picture…", "type": MENU}]
    chosen = [{"name": "count", "type": NUMBER, "value": 4}, {"name": "mood", "type": TEXT, "value": "calm"}]
    used = {"name": "show", "options": [{"type": 1, "name": "cat", "options": chosen}]}
    missing = {"Picture…", "show cat breed", "show cat breed…", "show cat count=1"}
    assert undriven(tree, [{"type": 2, "data": used}]) == missing
