"""The catalogues hold every text that the code asks for, and no other; languages fall back on English."""

from __future__ import annotations

import ast
import asyncio
import gettext
import io
import re
import string
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from bot import i18n
from bot.backends.thatapi_wire import FLAGS, TRAITS
from bot.command_sync import payload
from bot.i18n import SOURCE_LANGUAGE, texts
from bot.models import Motion, Source, Species, Trouble
from bot.permissions import NEEDED
from bot.services.breed_lists import By
from bot.services.fact_pack import shipped_facts
from bot.services.guild_settings import FIELDS, Again, Delivery, Voting
from bot.services.rankings import Period
from bot.ui.labels import name_key
from bot.ui.manual import SECTIONS
from bot.ui.privacy import COUNTED, EVERYWHERE, HERE
from bot.ui.settings_panel import Page as PanelPage
from sandbox.index import _FAULTS, _SKIPS
from tests import locale_gaps
from tests.docs_commands import commands_known

ROOT = Path(__file__).parents[2]
LANGUAGES = sorted(path.parent.parent.name for path in locale_gaps.LOCALES.glob("*/LC_MESSAGES/pawprint.po"))
KEY = re.compile(r"[a-z]+(\.[a-z_]+)+")

_ANIMALS = [kind for species in Species for kind in (species.value, f"{species}.animated")]
# What the code puts into a key, {} in its place. A new one must be added here, with all that may stand there.
FAMILIES: dict[str, Iterable[str]] = {
    "breed.flag.{}": FLAGS,
    "breed.label.{}": ("temperament", "life_span", "weight"),
    "breed.list.by.{}": By,
    "breed.list.title.{}": By,
    "breed.trait.{}": TRAITS,
    "card.alt.{}": _ANIMALS,
    "card.alt.{}.breed": _ANIMALS,
    "card.title.{}": Species,
    "failure.setting.{}": FIELDS,
    "help.section.{}": [section.name for section in SECTIONS],
    "help.section.{}.about": [section.name for section in SECTIONS],
    "info.no_breed.{}": Species,
    "option.by.{}": By,
    "option.motion.{}": Motion,
    "option.species.{}": Species,
    "option.period.{}": Period,
    "option.privacy.{}": (HERE, EVERYWHERE),
    "permission.{}": [*(name for name, needed in NEEDED if needed), "view_channel", "manage_guild", "manage_messages"],
    "privacy.held.{}": COUNTED,
    "quiz.question.{}": Species,
    "sandbox.break.{}": (*_FAULTS, "none"),
    "sandbox.skip.{}": _SKIPS,
    # Asked for with `known`, since the word comes from the page's address.
    "sandbox.done.{}": ("reacted", "unreacted", "menu", "skipped", "broken", "mended", "nothing", "forbidden"),
    "fact.title.{}": Species,
    "list.{}": get_args(i18n.Join),
    "language.{}": sorted({fact.language for fact in shipped_facts()}),
    "service.{}": [source for source in Source if source.species is not None or source is Source.SHIPPED],
    "card.instead.{}": Trouble,
    "settings.about.{}": FIELDS,
    "settings.again.{}": Again,
    "settings.delivery.{}": Delivery,
    "settings.name.{}": FIELDS,
    "settings.page.{}": PanelPage,
    "settings.placeholder.{}": Species,
    "settings.voting.{}": Voting,
    "top.title.breeds.{}": Period,
    "top.title.pictures.{}": Period,
    # `hybrid` makes it of the command's name; its callers are found by that name.
    "command.{}": (),
    # `Translator` makes it of every name in the tree of commands.
    "name.{}": (),
}


class Asked(NamedTuple):
    """A key that the code asks for, and the values it hands over (None: not to be seen there)."""

    where: str
    key: str
    values: frozenset[str] | None


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    paths = [path for room in ("bot", "cogs", "sandbox") for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in paths)


def patterns_of(node: ast.expr) -> list[str]:
    """Return the text of a constant, of an f-string with {} for each value, or both of `a if … else b`."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)]
        case ast.IfExp(body=body, orelse=other):
            return [*patterns_of(body), *patterns_of(other)]
    return []


def asker(node: ast.Call) -> str | None:
    """Return by which name a call asks for a text, None when it is some other call."""
    match node.func:
        case ast.Name(id="hybrid" | "hybrid_group"):
            return "hybrid"
        case ast.Name(id="say" | "label" as name) | ast.Attribute(attr="plural" | "known" as name):
            return name
        case ast.Attribute(attr="say" | "_say") | ast.Call(func=ast.Name(id="texts")):
            return "say"
    return None


@cache
def calls() -> tuple[tuple[str, str, str, frozenset[str]], ...]:
    """Return each call that asks for a text: where, by which name, the key's pattern, the values it hands over."""
    found = []
    for where, module in modules():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = asker(node)
            if name is not None:
                values = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                found += [(f"{where}:{node.lineno}", name, pattern, values) for pattern in patterns_of(node.args[0])]
    return tuple(found)


def asked() -> list[Asked]:
    found: list[Asked] = []
    for where, name, pattern, handed in calls():
        values = handed | {"n"} if name == "plural" else handed
        if name == "hybrid":
            found.append(Asked(where, f"command.{pattern}", frozenset()))
        elif "{}" in pattern:
            assert pattern in FAMILIES, f"{where}: say in this test what may stand in {pattern}"
            found += [Asked(where, pattern.replace("{}", filled), values) for filled in FAMILIES[pattern]]
        elif name != "known":
            found.append(Asked(where, pattern, values))
    found += [Asked("the tree of commands", name_key(name), frozenset()) for name in names()]
    for pattern in families_elsewhere():
        assert pattern in FAMILIES, f"say in this test what may stand in {pattern}"
        found += [Asked("a table", pattern.replace("{}", filled), None) for filled in FAMILIES[pattern]]
    return found


@cache
def families_elsewhere() -> frozenset[str]:
    """Return the keys with a value in them that the code builds before it asks."""
    namespaces = {key.partition(".")[0] for key in messages(SOURCE_LANGUAGE)}
    built = [
        pattern
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr)
        for pattern in patterns_of(node)
        if re.fullmatch(r"[a-z]+(\.([a-z_]+|\{\}))+", pattern) and pattern.partition(".")[0] in namespaces
    ]
    return frozenset(built) - {pattern for _, _, pattern, _ in calls()}


@cache
def constants() -> frozenset[str]:
    """Return every text in the code that looks like a key, wherever it stands (a table of keys, say)."""
    namespaces = {key.partition(".")[0] for key in messages(SOURCE_LANGUAGE)}
    return frozenset(
        node.value
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value)
        if node.value.partition(".")[0] in namespaces - {"sandbox"}  # also the name of a package
    )


catalogue, messages = cache(locale_gaps.read), cache(locale_gaps.forms)


@cache
def tree() -> list[dict[str, Any]]:
    """Return the commands as Discord is told of them, translations included."""

    async def read() -> list[dict[str, Any]]:
        async with commands_known() as bot:
            return await payload(bot)

    return asyncio.run(read())


def parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a command, and whatever it is made of that has a name."""
    yield command
    for part in command.get("options", ()):
        yield from parts(part)


def names() -> set[str]:
    """Return what commands, groups and options are called; a message menu's name is a `label`."""
    return {part["name"] for command in tree() if command["type"] == 1 for part in parts(command)}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_search_finds_what_the_code_asks_for() -> None:
    keys = {one.key for one in asked()}
    assert {"failure.breed.near", "command.cat", "card.alt.dog.animated.breed", "sandbox.waiting"} <= keys
    assert {"sandbox.welcome", "service.catapi", "command.picture_menu", "info.saved"} <= keys
    assert "info.vote.none" in constants()


def test_every_key_that_is_asked_for_has_its_text() -> None:
    known = messages(SOURCE_LANGUAGE)
    assert [one for one in asked() if one.key not in known] == []
    assert sorted(constants() - set(known)) == []


def test_no_text_is_left_over() -> None:
    used = {one.key for one in asked()} | constants()
    assert sorted(set(messages(SOURCE_LANGUAGE)) - used) == []


def test_the_values_handed_over_are_those_that_the_texts_name() -> None:
    known = messages(SOURCE_LANGUAGE)
    wrong = [
        (one, text)
        for one in asked()
        for text in known[one.key]
        if one.values is not None
        and placeholders(text) != one.values
        # “Your score” may do without its 1.
        and (text == known[one.key][-1] or placeholders(text) != one.values - {"n"})
    ]
    # A key that a table holds is said without values.
    spoken = {one.key for one in asked()}
    wrong += [
        (Asked("a table", key, None), text) for key in constants() - spoken for text in known[key] if placeholders(text)
    ]
    assert wrong == []


def test_every_family_is_still_asked_for() -> None:
    used = {pattern for _, _, pattern, _ in calls() if "{}" in pattern} | families_elsewhere()
    assert used == set(FAMILIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, catalogue(language))
    fresh.seek(0)
    shipped = locale_gaps.LOCALES / language / "LC_MESSAGES" / "pawprint.mo"
    with shipped.open("rb") as file:
        there = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    wanted = dict(gettext.GNUTranslations(fresh)._catalog)  # type: ignore[attr-defined]
    there.pop("", None)
    wanted.pop("", None)
    assert there == wanted, "run `make locale`"


def test_an_unknown_key_raises_and_names_the_key() -> None:
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        texts()("no.such.key")
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        texts().plural("no.such.key", 2)
    assert not texts().known("no.such.key")
    assert texts().known("card.title.cat")


def test_a_value_that_is_missing_raises_and_braces_in_a_value_stay() -> None:
    with pytest.raises(KeyError):
        texts()("failure.breed", wrong="x")
    assert "{asked}{0}" in texts()("failure.breed", asked="{asked}{0}")


@pytest.mark.parametrize(("number", "said"), [(0, "0 votes"), (1, "1 vote or favourite waits"), (2, "2 votes")])
def test_a_number_chooses_the_form(number: int, said: str) -> None:
    assert said in texts().plural("sandbox.waiting", number)


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "ko", "sv-SE", "zh-TW", "vi", ""])
def test_a_locale_without_texts_is_answered_in_english(locale: str) -> None:
    assert texts(locale)("card.title.cat") == "A cat"


@pytest.fixture
def translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German, Portuguese and Brazilian catalogues beside the English one; the first two are not finished."""
    for language, said in {
        SOURCE_LANGUAGE: {key: forms[0] for key, forms in messages(SOURCE_LANGUAGE).items()},
        "de": {"card.title.cat": "Eine Katze", "failure.breed": "Rasse „{asked}“?"},
        "pt": {"card.title.cat": "Um gato", "card.title.dog": "Um cão"},
        "pt_BR": {"card.title.dog": "Um cachorro"},
    }.items():
        made = Catalog(locale=language)
        for key, text in said.items():
            made.add(key, text)
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "pawprint.mo").open("wb") as file:
            write_mo(file, made)
    monkeypatch.setattr(i18n, "_folder", lambda: tmp_path)
    texts.cache_clear()
    yield
    texts.cache_clear()


def test_a_language_answers_what_it_has_and_english_the_rest(translated: None) -> None:
    say = texts("de")
    assert say("card.title.cat") == "Eine Katze"
    assert say("failure.breed", asked="Maus") == "Rasse „Maus“?"
    assert say("card.title.dog") == "A dog"


def test_a_country_falls_back_on_its_language_first(translated: None) -> None:
    say = texts("pt-BR")
    assert say("card.title.dog") == "Um cachorro"
    assert say("card.title.cat") == "Um gato"
    assert say("card.source", service="x") == "From x"
    assert texts("de-AT")("card.title.cat") == "Eine Katze"
