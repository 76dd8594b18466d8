"""What people read stands in the catalogues: the rooms that speak hold no sentence of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEAKING = [
    *sorted((ROOT / "bot" / "ui").glob("*.py")),
    *sorted((ROOT / "cogs").glob("*.py")),
    ROOT / "bot" / "failures.py",
    ROOT / "bot" / "messenger.py",
]
# Two words with a space between them; keys, custom_ids and patterns have none.
SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]+")


def sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the texts in a module, but for docstrings, log lines and the names of tasks."""
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(node.value)
        if isinstance(node, ast.Call):
            called = node.func
            owner = getattr(called, "value", None)
            if isinstance(owner, ast.Name) and owner.id == "_log":
                silent.update(ast.walk(node))
            if isinstance(called, ast.Attribute) and called.attr == "quietly":
                silent.update(ast.walk(node))
            silent.update(keyword.value for keyword in node.keywords if keyword.arg == "name")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # Annotations may be texts.
            for argument in (*node.args.args, *node.args.kwonlyargs):
                silent.update(ast.walk(argument))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_room_that_speaks_holds_a_sentence(path: Path) -> None:
    found = [(line, text) for line, text in sentences(ast.parse(path.read_text("utf-8"))) if SENTENCE.search(text)]
    assert found == []


def test_a_sentence_would_be_found() -> None:
    tree = ast.parse('"""Doc string."""\n_log.info("not this one")\nsend("You may not do that.")')
    assert [text for _, text in sentences(tree) if SENTENCE.search(text)] == ["You may not do that."]
