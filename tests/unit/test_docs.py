"""The documents say what is there: settings, commands, make targets, rooms, links."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_type_hints

import msgspec
import pytest
from msgspec import Meta

import bot
from bot.services.guild_settings import FIELDS, GuildSettings
from bot.settings import Settings, load

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "cogs", "sandbox")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
ABSENT = "not set"

by_name = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def settings() -> list[tuple[str, str, str]]:
    """Return each setting's name, default and description, in the order of the class."""
    hints = get_type_hints(Settings, include_extras=True)
    found = []
    for field in msgspec.structs.fields(Settings):
        (about,) = [meta for meta in hints[field.name].__metadata__ if isinstance(meta, Meta)]
        assert about.description, field.name
        default = "" if field.default is None else str(field.default)
        default = default.lower() if isinstance(field.default, bool) else default
        found.append((field.name.upper(), default, about.description))
    return found


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))


def verbs() -> set[str]:
    files = {path.stem for path in (ROOT / "bot" / "commands").glob("*.py")} - {"__init__", "line", "signals"}
    return {name.replace("_", "-") for name in files}


def prose(text: str) -> str:
    """Return a document without what stands in code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_example_explains_each_setting_in_order_with_its_default() -> None:
    found = re.findall(r"^# (.*)\n#([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE)
    assert [(name, default, about) for about, name, default in found] == settings()


def test_the_example_changes_nothing_as_it_is_nor_with_every_line_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert load({}, ROOT / ".env.example") == Settings()
    in_use = tmp_path / ".env"
    in_use.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", read(".env.example"), flags=re.MULTILINE), "utf-8")
    assert "\nLOG_LEVEL=INFO" in in_use.read_text("utf-8")
    assert load({}, in_use) == Settings()
    assert caplog.text == ""


def test_the_readme_has_the_table_of_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", read("README.md"), re.MULTILINE)
    assert rows == [(name, f"`{default}`" if default else ABSENT, about) for name, default, about in settings()]


def test_the_readme_names_every_make_target_and_none_that_is_not_there() -> None:
    there = make_targets()
    assert {"run", "test", "check"} <= there
    table = read("README.md").partition("| `make …` |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)}
    assert named == there


@by_name
def test_a_make_target_in_a_document_is_there(document: Path) -> None:
    in_code = re.findall(r"`(?:\w+= )?make ([a-z-]+)`", document.read_text("utf-8"))
    in_blocks = re.findall(r"^make ([a-z]+)\b", document.read_text("utf-8"), re.MULTILINE)
    assert {*in_code, *in_blocks} <= make_targets()


def test_the_readme_names_every_verb_and_none_that_is_not_there() -> None:
    table = read("README.md").partition("| `python -m bot …` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == verbs()


@by_name
def test_a_verb_in_a_document_is_there(document: Path) -> None:
    assert set(re.findall(r"python -m bot ([a-z]+(?:-[a-z]+)*)", document.read_text("utf-8"))) <= verbs()


@by_name
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"https://|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        assert path.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(path), target


@by_name
def test_a_file_that_a_document_names_is_there(document: Path) -> None:
    named = re.findall(r"`((?:bot|cogs|sandbox|tests|docs|\.ci)/[\w./]*)`", document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@by_name
def test_a_document_has_one_title_and_spells_in_british(document: Path) -> None:
    text = document.read_text("utf-8")
    assert text.startswith("# ")
    titles = re.findall(r"^# .*$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    assert len(titles) == 1
    assert re.findall(r"(?i)\b\w*(?:favorit|behavior|color)\w*", prose(text)) == []


def test_the_architecture_names_every_room() -> None:
    text = read("docs/architecture.md")
    rooms = [path for path in (ROOT / "bot").iterdir() if path.is_dir() and not path.name.startswith(("__", "locale"))]
    rooms += [ROOT / "cogs", ROOT / "sandbox", ROOT / "sandbox" / "backend", ROOT / "sandbox" / "art"]
    wanted = {f"`{room.relative_to(ROOT).as_posix()}/`" for room in rooms}
    wanted |= {f"`bot/{path.name}`" for path in (ROOT / "bot").glob("*.py") if path.name != "__init__.py"}
    assert sorted(name for name in wanted if name not in text) == []


def test_contributing_names_every_kind_of_test() -> None:
    kinds = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert {kind for kind in kinds if f"`tests/{kind}`" not in read("CONTRIBUTING.md")} == set()


def test_the_changelog_has_this_version() -> None:
    assert re.search(
        rf"^## \[{re.escape(bot.__version__)}\] - (\d{{4}}-\d\d-\d\d|unreleased)$", read("CHANGELOG.md"), re.M
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_in_its_first_line_which_room_it_is(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8")))
    assert docstring
    first = docstring.splitlines()[0]
    assert first.endswith((".", "?", "!", ":", ")"))
    assert len(first) > 15


def test_the_licence_is_that_of_the_metadata() -> None:
    assert read("LICENSE").startswith("MIT License\n\nCopyright (c) 2026 The Pawprint authors\n")
    assert 'license = "MIT"' in read("pyproject.toml")


def test_the_settings_of_a_server_are_all_explained_with_commands_that_are_there() -> None:
    hints = get_type_hints(GuildSettings, include_extras=True)
    abouts = {
        name: next(meta.description for meta in hints[name].__metadata__ if isinstance(meta, Meta) and meta.description)
        for name in FIELDS
    }
    rows = re.findall(r"^\| `(\w+)` \| `/settings ([\w-]+)` \| (.*) \|$", read("docs/settings.md"), re.MULTILINE)
    assert [(name, about) for name, _, about in rows] == list(abouts.items())
    typed = set(re.findall(r'app_commands\.command\(name="([\w-]+)"', read("cogs/settings.py")))
    assert {command for _, command, _ in rows} == typed - {"panel", "check", "export", "import", "reset"}
