"""Every language says all that English says, with the same blanks and marks, within Discord's limits."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import discord
import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.numbers import format_decimal

from bot import i18n
from bot.i18n import NUMERALS, SOURCE_LANGUAGE, Texts, texts
from bot.ui.labels import name_key
from tests import locale_gaps
from tests.unit.test_i18n import FAMILIES, LANGUAGES, asker, catalogue, messages, modules, parts, patterns_of, tree

TRANSLATIONS = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
# Discord's own: https://discord.com/developers/docs/interactions/application-commands#application-command-object
NAME = re.compile(r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
LONGEST_DESCRIPTION = LONGEST_CHOICE = 100
LONGEST_MENU = 32
LONGEST_COMMAND = 8_000
# What a keyword of a component may hold; a field's label and a form's title are the shortest that have the name.
LONGEST = {"label": 80, "title": 45, "text": 45, "placeholder": 100, "description": 100}
SHORT = re.compile(r"settings\.form\.|gallery\.jump")
MARKS = re.compile(r"\*\*|`|\]\(|<t:|</|<@|<#|^-# |^#+ ", re.MULTILINE)
EMOJI = re.compile(r"[\u2139\u231a-\u23ff\u2600-\u27bf\U0001f300-\U0001faff]")
# A command in a sentence, with the part of a group or not.
SAID = re.compile(r"(?<![\w<›/])/([a-z-]+(?: [a-z-]+)?)")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def locales_of(language: str) -> list[str]:
    """Return which of Discord's locales are answered in a language."""
    own = texts(language)("language.name")
    return [one.value for one in discord.Locale if texts(one.value)("language.name") == own]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_language_says_all_that_english_does_and_nothing_else(language: str) -> None:
    english, translated = messages(SOURCE_LANGUAGE), messages(language)
    assert locale_gaps.gaps(english, translated) == [], f"run `make translation LANGUAGE={language}`"
    assert sorted(set(translated) - set(english)) == []
    assert catalogue(language).obsolete == {}
    assert [message.id for message in catalogue(language) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_file_stands_in_the_english_order(language: str) -> None:
    english = locale_gaps.catalogue_file(SOURCE_LANGUAGE).read_text("utf-8")
    wanted = locale_gaps.written(english, language, messages(language))
    there = locale_gaps.catalogue_file(language).read_text("utf-8")
    assert there == wanted, f"run `make translation LANGUAGE={language}`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_number_has_its_form(language: str) -> None:
    english, number = messages(SOURCE_LANGUAGE), get_plural(language)
    assert catalogue(language).num_plurals == number.num_plurals
    assert catalogue(language).plural_expr == number.plural_expr
    for key, forms in messages(language).items():
        assert len(forms) == (number.num_plurals if len(english[key]) > 1 else 1), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_blanks_and_marks_are_those_of_the_english_text(language: str) -> None:
    english, wrong = messages(SOURCE_LANGUAGE), []
    for key, forms in messages(language).items():
        there = english[key]
        for place, form in enumerate(forms):
            # “Your score” may do without its 1, where the form is for 1 alone.
            only_one = place == 0 < len(forms) - 1 and catalogue(language).plural_expr == "(n != 1)"
            same = (
                placeholders(form) in (placeholders(there[-1]), placeholders(there[0 if only_one else -1]))
                and Counter(MARKS.findall(form)) == Counter(MARKS.findall(there[-1]))
                and Counter(EMOJI.findall(form)) == Counter(EMOJI.findall(there[-1]))
                and (form != form.strip()) == (there[-1] != there[-1].strip())
            )
            wrong += [] if same else [(key, form, there[-1])]
    assert wrong == []


def said_commands(text: str, known: set[str]) -> list[str]:
    """Return the commands that an English text names: the part of a group where there is one of that name."""
    named = (match[1] for match in SAID.finditer(text))
    found = [name if name in known else name.partition(" ")[0] for name in named]
    return [name for name in found if name in known]


def paths(command: dict[str, Any], above: str = "") -> Iterator[str]:
    name = f"{above} {command['name']}".strip()
    yield name
    for part in command.get("options", ()):
        if part["type"] in (1, 2):
            yield from paths(part, name)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_sentence_names_commands_as_they_are_called_in_its_language(language: str) -> None:
    known = {path for command in tree() if command["type"] == 1 for path in paths(command)}
    english, translated, wrong = messages(SOURCE_LANGUAGE), messages(language), []
    for key, forms in translated.items():
        for name in said_commands(english[key][-1], known):
            # What the sandbox is told stays English: its simulated Discord shows no translated names.
            words = name if key.startswith("sandbox.") else " ".join(translated[name_key(w)][0] for w in name.split())
            wrong += [(key, form, f"/{words}") for form in forms if f"/{words}" not in form]
    assert wrong == []


def test_commands_in_sentences_are_found() -> None:
    known = {"cat", "top", "top pictures"}
    assert said_commands("Try /cat, /top pictures all or `/top most`; not </cat:1> or a/cat", known) == [
        "cat",
        "top pictures",
        "top",
    ]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_discord_takes_the_names_and_descriptions(language: str) -> None:
    locales = locales_of(language)
    assert locales
    for locale in locales:
        for command in tree():
            if command["type"] != 1:
                assert 0 < len(local(command, "name", locale)) <= LONGEST_MENU
                continue
            for part in parts(command):
                name = local(part, "name", locale)
                assert NAME.fullmatch(name), name
                assert name == name.lower(), name
                assert 0 < len(local(part, "description", locale)) <= LONGEST_DESCRIPTION, name
                below = [local(option, "name", locale) for option in part.get("options", ())]
                assert len(set(below)) == len(below), (name, below)
                choices = [local(choice, "name", locale) for choice in part.get("choices", ())]
                assert len(set(choices)) == len(choices), (name, choices)
                assert all(0 < len(choice) <= LONGEST_CHOICE for choice in choices), choices
        for kind in {command["type"] for command in tree()}:
            roots = [local(command, "name", locale) for command in tree() if command["type"] == kind]
            assert len(set(roots)) == len(roots), roots


def test_no_command_is_longer_than_discord_takes_with_the_longest_of_its_translations() -> None:
    for command in tree():
        assert longest(command) <= LONGEST_COMMAND, command["name"]


def local(thing: Mapping[str, Any], field: str, locale: str) -> str:
    return str((thing.get(f"{field}_localizations") or {}).get(locale) or thing[field])


def longest(thing: Mapping[str, Any]) -> int:
    """Return how Discord counts: the longest translation of each name and description, and what choices stand for."""
    names, descriptions = (
        [str(thing.get(field, "")), *(thing.get(f"{field}_localizations") or {}).values()]
        for field in ("name", "description")
    )
    own = max(map(len, names)) + max(map(len, descriptions)) + len(str(thing.get("value", "")))
    return own + sum(map(longest, (*thing.get("options", ()), *thing.get("choices", ()))))


def keys_of(node: ast.expr) -> Iterator[str]:
    """Yield each key that is said somewhere in an expression."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and call.args and asker(call) in ("say", "plural"):
            for pattern in patterns_of(call.args[0]):
                yield from (pattern.replace("{}", str(name)) for name in FAMILIES.get(pattern, (pattern,)))


@cache
def shown_as() -> frozenset[tuple[str, str]]:
    """Return the keys whose text is what a component is called, and the keyword that it is handed over by."""
    return frozenset(
        (node.arg, key)
        for where, module in modules()
        if not where.startswith("sandbox")
        for node in ast.walk(module)
        if isinstance(node, ast.keyword) and node.arg in LONGEST
        for key in keys_of(node.value)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_components_hold_their_texts(language: str) -> None:
    known, found = messages(language), shown_as()
    assert {("label", "settings.button.check"), ("placeholder", "settings.placeholder.act")} <= found
    wrong = []
    for keyword, key in found:
        limit = 45 if SHORT.match(key) else LONGEST[keyword]
        # A title may be a heading of a message too, of which there is none that long.
        wrong += [(key, form) for form in known.get(key, ()) if keyword != "title" and len(form) > limit]
    assert wrong == []


@pytest.fixture
def numerals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty catalogue for each language that numbers are known of."""
    for name in {*NUMERALS, *LANGUAGES, "ja"} - {"es_419"}:
        folder = tmp_path / name / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "pawprint.mo").open("wb") as file:
            write_mo(file, Catalog(locale=name))
    monkeypatch.setattr(i18n, "_folder", lambda: tmp_path)
    texts.cache_clear()
    yield
    texts.cache_clear()


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "de", "es-ES", "es-419", "fr", "pt-BR", "ja"])
def test_numbers_are_written_as_the_unicode_consortium_says(numerals: None, locale: str) -> None:
    say, name = texts(locale), locale.replace("-", "_")
    for value in (0, 3, 3.0, 0.5, 999, 12_345, 1_234_567, 98_765.4):
        assert say.number(value) == format_decimal(value, locale=name), value
    assert say.number(3.04) == "3"


def test_spanish_leaves_four_digits_as_they_are(numerals: None) -> None:
    assert [texts(locale).number(1234) for locale in ("es-ES", "es-419", "de", "en-US")] == [
        "1234",
        "1234",
        "1.234",
        "1,234",
    ]


def test_where_english_is_spoken_so_are_its_numbers(numerals: None) -> None:
    assert texts("it").number(1234.5) == "1,234.5"


def test_a_number_in_a_sentence_is_written_so_and_a_word_or_a_truth_stays() -> None:
    say = texts()
    assert say("top.picture", place=1, name="1234", up=12_345, down=0).endswith("1234**\n👍 12,345 · 👎 0")
    assert say.plural("sandbox.waiting", 1_000).startswith("1,000 votes")
    assert say("settings.now", name=True, value="x") == "**True:** x"


@pytest.mark.parametrize(
    ("items", "join", "said"),
    [
        ([], "and", ""),
        (["A"], "or", "A"),
        (["A", "B"], "and", "A and B"),
        (["A", "B", "C"], "and", "A, B and C"),
        (["A", "B", "C", "D"], "or", "A, B, C or D"),
        (["A", "B", "C"], "comma", "A, B, C"),
        (["{x}", "B"], "and", "{x} and B"),
    ],
)
def test_lists_are_sentences(items: list[str], join: i18n.Join, said: str) -> None:
    assert texts().listing(items, join) == said
    assert texts().listing(iter(items), join) == said


def test_a_language_that_is_not_finished_shows_what_it_lacks() -> None:
    english = (
        '# English\nmsgid ""\nmsgstr ""\n"Language: en\\n"\n\n\n# First\nmsgid "a.b"\nmsgstr "One"\n\n'
        '# Second\n\n# Why\nmsgid "a.c"\nmsgid_plural "a.c.plural"\nmsgstr[0] "{n} cat"\nmsgstr[1] "{n} cats"\n'
    )
    told = locale_gaps.written(english, "ja", {"a.b": ("„Eins“\n2",)})
    assert "# Japanese texts of Pawprint." in told
    assert "nplurals=1; plural=0;" in told
    assert told.endswith(
        '\n\n\n# First\nmsgid "a.b"\nmsgstr "„Eins“\\n2"\n\n# Second\n\n# Why\n'
        '#. msgstr[0] "{n} cat"\n#. msgstr[1] "{n} cats"\n'
        'msgid "a.c"\nmsgid_plural "a.c.plural"\nmsgstr[0] ""\n'
    )
    done = locale_gaps.written(english, "de", {"a.b": ("x",), "a.c": ("y", "z")})
    assert "#." not in done
    assert done.endswith('msgstr[0] "y"\nmsgstr[1] "z"\n')
    assert locale_gaps.gaps({"a": ("x",), "b": ("y", "z")}, {"b": ("y", "")}) == ["a", "b"]


def test_the_command_says_how_much_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "en" / "LC_MESSAGES"
    source.mkdir(parents=True)
    (source / "pawprint.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "a.b"\nmsgstr "One"\n', "utf-8")
    monkeypatch.setattr(locale_gaps, "LOCALES", tmp_path)
    assert locale_gaps.main(["fr"]) == 1
    assert "a.b\n1 to translate in " in capsys.readouterr().out
    there = locale_gaps.catalogue_file("fr")
    there.write_text(there.read_text("utf-8").replace('msgstr ""\n', 'msgstr "Un"\n').replace("Un", "", 1), "utf-8")
    assert locale_gaps.main(["fr"]) == 0
    assert there.read_text("utf-8").endswith('\n\nmsgid "a.b"\nmsgstr "Un"\n')


def test_texts_of_a_language_know_which_it_is() -> None:
    assert isinstance(texts("de"), Texts)
    assert texts("de").language == "de"


def test_names_come_in_every_locale_of_a_language_and_in_none_of_english() -> None:
    (cat,) = [command for command in tree() if command["name"] == "cat"]
    assert cat["name_localizations"]["de"] == "katze"
    assert not {"en-US", "en-GB"} & cat["name_localizations"].keys()
    breed, *_ = cat["options"]
    assert (breed["name"], breed["name_localizations"]["de"]) == ("breed", "rasse")
    assert locales_of("de") == ["de"]
