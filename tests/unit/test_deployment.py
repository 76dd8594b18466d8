"""Deployment: what the image, the compose file and the systemd unit promise."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from bot.errors import AlreadyRunning, DiscordUnreachable, OperatorError, StoreTooNew, StoreUnreachable, TokenRefused

ROOT = Path(__file__).parents[2]
SECRETS = ("TOKEN", "KEY", "SECRET", "PASSWORD", "DATABASE_URL")

Yaml = str | list["Yaml"] | dict[str, "Yaml"]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


class Step(NamedTuple):
    """An instruction of the Dockerfile and what follows it, on one line."""

    name: str
    rest: str


def dockerfile() -> list[Step]:
    lines = [line for line in read("Dockerfile").splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Step(*line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def stages() -> list[list[Step]]:
    found: list[list[Step]] = [[]]
    for step in dockerfile():
        if step.name == "FROM":
            found.append([])
        found[-1].append(step)
    return found[1:]


def of(name: str, steps: list[Step]) -> list[str]:
    return [step.rest for step in steps if step.name == name]


def environment(steps: list[Step]) -> dict[str, str]:
    return dict(word.split("=", 1) for rest in of("ENV", steps) for word in shlex.split(rest))


def test_the_image_is_built_in_one_stage_and_run_in_another_on_a_version_that_will_do() -> None:
    build, final = stages()
    assert of("FROM", build) == ["python:${PYTHON} AS build"]
    assert of("FROM", final) == ["python:${PYTHON}"]
    [argument] = of("ARG", dockerfile())
    version = re.fullmatch(r"PYTHON=3\.(\d+)-slim-[a-z]+", argument)
    assert version, "a minor version of Python and a release of Debian, both named"
    assert int(version[1]) >= int(project()["requires-python"].rpartition(".")[2])
    assert not any("apt" in step.rest.split() or "apt-get" in step.rest.split() for step in dockerfile())


def project() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(read("pyproject.toml"))["project"]
    return found


def installation(text: str) -> list[str]:
    """Return the arguments of the `pip install` in a text, after `install`."""
    found = re.findall(r"\binstall (--require-hashes[^\n&]*)", text)
    assert len(found) == 1, found
    return shlex.split(found[0])


def test_the_image_installs_the_lock_with_hashes_and_compiles_nothing() -> None:
    build, _ = stages()
    arguments = installation("\n".join(of("RUN", build)))
    assert arguments == ["--require-hashes", "--only-binary", ":all:", "-r", "requirements/server.txt"]
    assert arguments == installation(read("deploy/verify.sh")), "deploy/verify.sh walks the same steps"


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_data_on_a_volume() -> None:
    _, final = stages()
    [user] = of("USER", final)
    assert user == "10001:10001"
    [made] = [rest for rest in of("RUN", final) if "useradd" in rest]
    assert "--uid 10001 --gid 10001" in made
    assert "--owner=10001 --group=10001" in made
    names = [step.name for step in final]
    assert max(i for i, name in enumerate(names) if name in ("RUN", "COPY")) < names.index("USER")
    assert of("VOLUME", final) == ["/data"]
    assert environment(final)["DATA_DIR"] == "/data"
    # Else Python would try to write beside the code, which is read-only.
    assert environment(final)["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_image_starts_the_bot_itself_and_stops_it_by_a_signal() -> None:
    _, final = stages()
    assert [json.loads(rest) for rest in of("ENTRYPOINT", final)] == [["python", "-m", "bot"]]
    assert of("STOPSIGNAL", final) == ["SIGTERM"]
    assert environment(final)["HTTP_HOST"] == "0.0.0.0"
    assert of("EXPOSE", final) == [environment(final)["HTTP_PORT"]]


def test_nothing_gets_into_the_image_but_what_is_named() -> None:
    rules = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    admitted = {rule[1:] for rule in rules if rule.startswith("!")}
    assert admitted == {"LICENSE", "bot", "cogs", "sandbox", "requirements/server.txt"}
    assert rules[-2:] == ["**/__pycache__", "**/*.pyc"]
    build, final = stages()
    copied = {word.rstrip("/") for rest in of("COPY", build) for word in rest.split()[:-1]}
    assert copied == admitted
    assert all(rest.startswith("--from=build ") for rest in of("COPY", final))
    assert of("ADD", dockerfile()) == []


def test_no_secret_is_in_a_layer() -> None:
    named = " ".join(step.rest for step in dockerfile() if step.name in ("ARG", "ENV", "LABEL"))
    assert [word for word in SECRETS if word in named] == []
    assert "http" not in " ".join(of("LABEL", dockerfile())), "no address is invented"


@pytest.fixture
def health() -> Iterator[tuple[int, dict[str, int]]]:
    """A page that answers /healthz with the status that stands under `status`, and its port."""
    told = {"status": 200}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(told["status"] if self.path == "/healthz" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port, told
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_tells_a_bot_that_is_ready_from_one_that_is_not(
    health: tuple[int, dict[str, int]], status: int | None, code: int
) -> None:
    port, told = health
    told["status"] = status or 200
    [check] = of("HEALTHCHECK", dockerfile())
    options, _, command = check.partition(" CMD ")
    assert {option.partition("=")[0] for option in options.split()} == {
        *("--interval", "--timeout", "--start-period", "--retries"),
    }
    python, *arguments = json.loads(command)
    assert python == "python"
    asked = {"HTTP_PORT": str(port if status else 9), "http_proxy": "http://127.0.0.1:9"}
    done = subprocess.run([sys.executable, *arguments], env=asked, capture_output=True, check=False)
    assert done.returncode == code


def test_the_linter_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        assert not os.environ.get("CI"), "CI needs hadolint"
        pytest.skip("hadolint is not installed; `make lint-docker` installs it")
    done = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def yaml(text: str) -> dict[str, Yaml]:
    """Read as much of YAML as the compose file uses: mappings, lists of words, lists in brackets."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found, rest = _block(lines, 0)
    assert not rest
    assert isinstance(found, dict)
    return found


def _block(lines: list[str], depth: int) -> tuple[Yaml, list[str]]:
    if lines and lines[0].strip().startswith("- "):
        words: list[Yaml] = []
        while lines and _depth(lines[0]) == depth:
            words.append(_word(lines.pop(0).strip().removeprefix("- ")))
        return words, lines
    named: dict[str, Yaml] = {}
    while lines and _depth(lines[0]) == depth:
        name, colon, value = lines.pop(0).strip().partition(":")
        assert colon, name
        assert name not in named, name
        if value.strip():
            named[name] = _word(value.strip())
        elif lines and _depth(lines[0]) > depth:
            named[name], lines = _block(lines, _depth(lines[0]))
        else:
            named[name] = ""
    return named, lines


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _word(text: str) -> Yaml:
    return json.loads(text) if text[0] in '["' else text


def service(name: str) -> dict[str, Yaml]:
    services = yaml(read("deploy/compose.yaml"))["services"]
    assert isinstance(services, dict)
    found = services[name]
    assert isinstance(found, dict)
    return found


def test_compose_locks_the_bot_in_and_keeps_its_data() -> None:
    bot = service("bot")
    assert bot["build"] == {"context": ".."}
    assert bot["env_file"] == "../.env"
    assert bot["read_only"] == bot["init"] == "true"
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["tmpfs"] == ["/tmp:size=16m,mode=1777"]
    assert bot["volumes"] == ["data:/data"]
    assert bot["restart"] == "unless-stopped"
    assert bot["stop_grace_period"] == "15s"
    assert "profiles" not in bot, "two bots with one token would answer everything twice"
    assert "ports" not in bot
    _, final = stages()
    for name, value in environment(final).items():
        if name.upper() in {"DATA_DIR", "HTTP_HOST", "HTTP_PORT"}:
            assert isinstance(bot["environment"], dict)
            assert bot["environment"][name] == value


def test_compose_has_postgresql_as_a_profile_that_the_bot_waits_for() -> None:
    postgres = service("postgres")
    assert postgres["profiles"] == ["postgres"]
    assert postgres["image"] == "postgres:17"
    check = postgres["healthcheck"]
    assert isinstance(check, dict)
    assert check["test"] == ["CMD", "pg_isready", "--host=127.0.0.1", "--username=pawprint", "--dbname=pawprint"]
    assert service("bot")["depends_on"] == {"postgres": {"condition": "service_healthy", "required": "false"}}
    assert set(yaml(read("deploy/compose.yaml"))["volumes"]) == {"data", "database"}
    asked = {"COMPOSE_PROFILES=postgres", "POSTGRES_PASSWORD=", "DATABASE_URL=postgresql://", "SUB_ID_SECRET="}
    for document in ("deploy/compose.yaml", "docs/operating.md"):
        assert {one for one in asked if one not in read(document)} == set()


def unit() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in read("deploy/pawprint.service").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_locks_the_bot_in() -> None:
    found = unit()
    for name in (
        *("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateUsers", "RestrictSUIDSGID"),
        *("ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups", "MemoryDenyWriteExecute"),
    ):
        assert found[name] == ["yes"], name
    assert found["ProtectSystem"] == ["strict"]
    assert found["CapabilityBoundingSet"] == [""]
    assert found["User"] != ["root"]
    assert found["StateDirectory"] == ["pawprint"]
    assert "DATA_DIR=/var/lib/pawprint" in found["Environment"][0].split()
    # Metrics of the process are read in /proc.
    assert "ProcSubset" not in found


def test_the_unit_starts_the_bot_again_except_when_an_operator_has_to_mend_something() -> None:
    found = unit()
    assert found["ExecStart"] == ["/opt/pawprint/bin/pawprint run"]
    assert "pawprint" in project()["scripts"]
    assert found["EnvironmentFile"] == ["/etc/pawprint.env"]
    assert found["Restart"] == ["on-failure"]
    assert found["RestartPreventExitStatus"] == [str(OperatorError.exit_code)]
    for passing in (DiscordUnreachable, StoreUnreachable):
        assert passing.exit_code != OperatorError.exit_code, passing
    for lasting in (TokenRefused, StoreTooNew, AlreadyRunning):
        assert lasting.exit_code == OperatorError.exit_code, lasting


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert not os.environ.get("CI"), "CI needs systemd-analyze"
        pytest.skip("systemd-analyze is not installed")
    # Neither the program nor its user is here.
    text = re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", read("deploy/pawprint.service"), flags=re.MULTILINE)
    text = re.sub(r"^(User|Group)=.*$", r"\1=root", text, flags=re.MULTILINE)
    (tmp_path / "pawprint.service").write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "pawprint.service")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
