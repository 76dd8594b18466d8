"""What is shipped and installed: the wheel is whole, the locks are tight, the tree is small and names no machine."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "cogs", "sandbox")
MIB = 1024 * 1024
LARGE: frozenset[str] = frozenset()
"""Files that may be larger than a megabyte."""

MODULES = {
    "discord-py": "discord",
    "python-dotenv": "dotenv",
    "pillow": "PIL",
    "prometheus-client": "prometheus_client",
}
"""The module that a distribution brings, where the names differ."""

BY_NAME = {
    "asyncpg": "SQLAlchemy loads it for postgresql+asyncpg://",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
"""Dependencies that no line of ours imports, and why they are needed."""

# Put together here, so that this file does not hold what it forbids.
FORBIDDEN = [
    re.compile(pattern)
    for pattern in (
        r"(?<![\w.~-])/" + r"work/\w",
        r"(?<![\w.~-])/" + r"root/\w",
        r"(?<![\w.~-])/" + r"tmp/v/",
        r"py" + r"pi\.(org|python)",
        r"python" + r"hosted",
        r"npm" + r"js\.(org|com)",
        r"artif" + r"actory",
        r"(?i)https?://[\w.-]*(mirr" + r"or|nex" + r"us|dev" + r"pi)[\w.-]*[:/]",
        r"(--|PIP_|UV_)(extra-|EXTRA_)?(index-url|INDEX_URL)\s*=?\s*" + r"http",
    )
]


def project() -> dict[str, Any]:
    read: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return read


@cache
def tree() -> tuple[Path, ...]:
    """Return the files of the project: all but what .gitignore names, with or without git."""
    rules = [line.strip() for line in (ROOT / ".gitignore").read_text("utf-8").splitlines() if line.strip()]
    anchored = {rule.strip("/") for rule in rules if rule.startswith("/")}
    folders = {".git"} | {rule.rstrip("/") for rule in rules if rule.endswith("/") and not rule.startswith("/")}
    names = [rule for rule in rules if not rule.endswith("/")]

    def walk(folder: Path) -> Iterator[Path]:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                ignored = any(fnmatch.fnmatch(entry.name, rule) for rule in folders)
                if not ignored and str(Path(entry.path).relative_to(ROOT)) not in anchored:
                    yield from walk(Path(entry.path))
            elif not any(fnmatch.fnmatch(entry.name, rule) for rule in names):
                yield Path(entry.path)

    return tuple(walk(ROOT))


def texts() -> Iterator[tuple[str, str]]:
    for path in tree():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture, a compiled catalogue


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel that people install, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


def test_the_wheel_holds_every_file_of_the_rooms_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    there = {path.relative_to(ROOT).as_posix() for path in tree()}
    assert inside == {name for name in there if name.partition("/")[0] in ROOMS}
    assert {
        "bot/data/cats.json",
        "bot/data/coats.json",
        "bot/data/dogs.json",
        "bot/data/pictures.json",
        "bot/locale/en/LC_MESSAGES/pawprint.mo",
        "bot/store/migrations/env.py",
        "bot/store/migrations/script.py.mako",
        "sandbox/index.css",
    } <= inside
    assert sum(name.startswith("bot/data/pictures/") for name in inside) > 200
    assert any(name.startswith("bot/store/migrations/versions/r0001") for name in inside)


def test_the_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    metadata = HeaderParser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("pawprint", bot.__version__)
    assert metadata["License-Expression"] == "MIT"
    assert "pawprint = bot.__main__:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert b"MIT License" in wheel.read(f"{info}/licenses/LICENSE")
    assert set(metadata.get_all("Provides-Extra") or []) == {"sandbox", "speed"}


def test_the_console_script_is_there_and_tells_the_version() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import sys; from bot.__main__ import main; sys.exit(main(['--version']))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, f"Pawprint {bot.__version__}\n"), run.stderr


@cache
def lock(name: str) -> dict[str, tuple[str, str]]:
    """Return each pinned distribution of a lock file: its version and the rest of its entry."""
    text = (ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)(.*)$", entry)
        assert match, f"{name}: not pinned: {entry[:80]}"
        found[canonicalize_name(match[1])] = (match[2], match[3])
    return found


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "server.txt"])
def test_everything_in_a_lock_is_pinned_with_hashes(name: str) -> None:
    for distribution, (_, rest) in lock(name).items():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", rest), distribution
        assert re.sub(r"--hash=sha256:[0-9a-f]{64}", "", rest.partition(" --hash")[2]).count("--") == 0, distribution


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "server.txt"])
def test_a_lock_names_no_address_and_no_index(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    assert "://" not in text
    assert " @ " not in text
    options = {word for word in re.findall(r"(?<![\w-])--?[a-z][\w-]*", re.sub(r"#.*", "", text)) if word != "--hash"}
    assert options == set()


def declared(kind: str) -> list[Requirement]:
    read = project()
    return [
        Requirement(text)
        for text in {
            "run": read["project"]["dependencies"],
            "sandbox": read["project"]["optional-dependencies"]["sandbox"],
            "speed": read["project"]["optional-dependencies"]["speed"],
            "dev": read["dependency-groups"]["dev"],
        }[kind]
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("run.txt", "run"), ("run.txt", "sandbox")),
        *(("dev.txt", "run"), ("dev.txt", "sandbox"), ("dev.txt", "dev")),
        *(("server.txt", "run"), ("server.txt", "speed")),
    ],
)
def test_every_dependency_is_in_its_lock_in_a_version_that_will_do(name: str, kind: str) -> None:
    pinned = lock(name)
    for requirement in declared(kind):
        version, _ = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement


def test_the_locks_agree() -> None:
    run, dev, server = lock("run.txt"), lock("dev.txt"), lock("server.txt")
    assert {name: dev[name][0] for name in run} == {name: version for name, (version, _) in run.items()}
    both = run.keys() & server.keys()
    assert {name: server[name][0] for name in both} == {name: run[name][0] for name in both}


def test_a_server_installs_neither_the_sandbox_nor_what_tests_need() -> None:
    extra = {canonicalize_name(one.name) for kind in ("sandbox", "dev") for one in declared(kind)}
    assert lock("server.txt").keys() & extra == set()


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    imported: set[str] = set()
    for path in tree():
        if path.suffix != ".py" or path.relative_to(ROOT).parts[0] not in ROOMS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - set(ROOMS)
    needed = {canonicalize_name(one.name) for kind in ("run", "sandbox") for one in declared(kind)} - set(BY_NAME)
    assert foreign == {MODULES.get(name, name) for name in needed}


def test_the_tree_is_small() -> None:
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tree()}
    assert {name for name, size in sizes.items() if size > MIB} <= LARGE
    assert sum(sizes.values()) < 15 * MIB


def test_no_file_names_a_registry_or_a_folder_of_the_machine_it_was_written_on() -> None:
    found = [(name, match[0]) for name, text in texts() for one in FORBIDDEN if (match := one.search(text))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["see /" + "work/main", '"/' + 'root/x"', "files.python" + "hosted.org", "https://mirr" + "or.example/simple/"],
)
def test_the_search_for_such_names_would_find_one(text: str) -> None:
    assert any(one.search(text) for one in FORBIDDEN)


def test_what_an_operator_keeps_is_not_of_the_project() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    assert {".env", "/data/", ".venv/"} <= set(ignored)
    assert ROOT / ".env" not in tree()
    assert not any(path.relative_to(ROOT).parts[0] == "data" for path in tree())
