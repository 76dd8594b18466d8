"""No sentence that people on Discord see stands in the code: all of them are in the catalogues."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.test_i18n import modules

# Where people are spoken to, and the rules that hand over what is said.
ROOMS = ("cogs/", "bot/ui/", "bot/failures.py", "bot/refusals.py", "bot/messenger.py", "bot/services/", "bot/i18n.py")
# Two words side by side in Latin letters, or any other script.
SENTENCE = re.compile(r"[A-Za-z’']{2,}[,;:.!?]? [A-Za-z’']{2,}|[^\W\d_A-Za-zª-ɏ]{2,}")
# What shows a text of its own to people: one word in it would be in English for everybody.
SHOWN = {"send", "send_message", "reply", "edit", "edit_message", "edit_original_response", "respond", "tell"}
COMPONENTS = {
    "TextDisplay",
    "Button",
    "Select",
    "SelectOption",
    "TextInput",
    "Label",
    "Modal",
    "SentenceView",
    "Choice",
}
WORDS = {"label", "title", "text", "placeholder", "description", "content", "name"}
# They speak to operators and developers: log lines, errors, names of tasks and doors, docs/settings.md.
INWARD = re.compile(r"_log\.\w+|(\w+\.)*(\w+Error|_?spawn|quietly|Meta)")
# A name that only the store sees.
ALLOWED = {"checked pictures"}


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the sentences in a module: not its docstrings, nor what errors, log lines and assertions say."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str())) | ast.Raise() | ast.Assert():
                continue
            case ast.Call() if INWARD.fullmatch(called(node)):
                continue
            case ast.Constant(value=str(text)) if SENTENCE.search(text):
                yield node.lineno, text
        yield from spoken(node)


def shown(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the words that a call shows to people as they stand: in a message, or on a component."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node).rpartition(".")[2]
        said = [*node.args, *(word.value for word in node.keywords if word.arg in WORDS)]
        if name in SHOWN | COMPONENTS:
            yield from ((node.lineno, text) for value in said for text in literals(value))


def literals(value: ast.expr) -> Iterator[str]:
    """Yield the words of a text that is put together on the spot."""
    match value:
        case ast.Constant(value=str(text)) if re.search(r"[^\W\d_]{2,}", text):
            yield text
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from literals(part)
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            yield from literals(left)
            yield from literals(right)


def found(search: str) -> list[tuple[str, int, str]]:
    read = {"spoken": spoken, "shown": shown}[search]
    return [
        (where, line, text)
        for where, module in modules()
        if Path(where).as_posix().startswith(ROOMS)
        for line, text in read(module)
        if text not in ALLOWED
    ]


@pytest.mark.parametrize("search", ["spoken", "shown"])
def test_no_sentence_stands_in_the_code(search: str) -> None:
    assert found(search) == [], "put it into bot/locale/en/LC_MESSAGES/pawprint.po and say its key"


@pytest.mark.parametrize(
    "code",
    [
        'x = "Try again."',
        'await ctx.send(f"Try again, {name}")',
        'ERRORS = {404: "It is gone"}',
        'def f(text="Choose one"): pass',
        'x = "猫です"',
    ],
)
def test_a_sentence_is_found(code: str) -> None:
    assert len(list(spoken(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        '"""A docstring of a module."""',
        'def f():\n    """Do a thing."""',
        '_log.warning("Could not send it")',
        'raise ValueError("no such thing")',
        'x = say("failure.gone", name=name)',
        'x = {"custom_id": "help:section"}',
    ],
)
def test_what_people_do_not_see_is_not_taken_for_a_sentence(code: str) -> None:
    assert list(spoken(ast.parse(code))) == []


@pytest.mark.parametrize(
    "code",
    [
        'Button(label="Go")',
        'await ctx.send("Done")',
        'TextDisplay(f"**{n}** votes")',
        'Choice(name="cats", value="cat")',
    ],
)
def test_a_word_on_a_component_is_found(code: str) -> None:
    assert len(list(shown(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    ['Button(label=say("x.y"), custom_id="one two")', "await ctx.send(text)", 'SelectOption(label="🏠", value="home")'],
)
def test_what_comes_from_the_catalogue_is_not_taken_for_a_word(code: str) -> None:
    assert list(shown(ast.parse(code))) == []
