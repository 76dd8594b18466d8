"""The doors between the rooms are shut: import-linter agrees, covers every module, and would see a breach of each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "cogs", "sandbox")
# A breach of each contract: the file, and the line that goes to its end.
BREACHES = {
    "Every room knows only the rooms below it": ("bot/services/votes.py", "import bot.ui.cards"),
    "Cogs do not know each other": ("cogs/votes.py", "import cogs.images"),
    "Only the rooms that face Discord import discord": ("bot/services/breeds.py", "from discord.ext import commands"),
    "SimCord stays behind a thin helper": ("sandbox/session.py", "import simcord"),
    "One module talks HTTP to the services": ("bot/backends/thatapi.py", "import aiohttp"),
    "SQL stays in the store": ("bot/sync.py", "from sqlalchemy import select"),
    "The embedded back end stands by itself": ("sandbox/backend/a2.py", "from bot.backends.limits import limit_told"),
    "The drawing room knows nothing but drawing": ("sandbox/art/fur.py", "from bot.models import Species"),
}


def configuration() -> dict[str, Any]:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    linter: dict[str, Any] = read["tool"]["importlinter"]
    return linter


def lint(folder: Path) -> tuple[int, str]:
    """Run the linter over the rooms in a folder; return its exit code and what it said."""
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports; sys.path.insert(0, '.'); "
            "sys.exit(lint_imports(no_cache=True))",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return run.returncode, run.stdout + run.stderr


def test_every_door_is_shut() -> None:
    code, said = lint(ROOT)
    assert code == 0, said
    for contract in configuration()["contracts"]:
        assert f"{contract['name']} KEPT" in said


def test_a_breach_of_each_door_would_be_seen(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=lambda at, names: [n for n in names if n in ("data", "__pycache__")]
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in BREACHES.values():
        with (tmp_path / file).open("a") as module:
            module.write(f"\n{line}\n")
    code, said = lint(tmp_path)
    assert code == 1, said
    for contract in configuration()["contracts"]:
        assert f"{contract['name']} BROKEN" in said


def test_every_module_of_the_bot_has_its_layer() -> None:
    (layers,) = [contract["layers"] for contract in configuration()["contracts"] if contract["type"] == "layers"]
    named = {part.strip() for layer in layers for part in layer.replace("|", ":").split(":")}
    there = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    assert named == there | {"cogs", "sandbox"}


def test_the_rooms_that_are_linted_are_those_that_are_shipped() -> None:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert configuration()["root_packages"] == list(ROOMS)
    assert read["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(ROOMS)
    assert configuration()["exclude_type_checking_imports"] is True
