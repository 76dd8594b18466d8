"""What operators see: counts as Prometheus reads them, log lines in two forms without secrets, lag, and checks."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import re
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import ManualClock
from bot.telemetry import Counts, set_up_logging
from bot.telemetry.health import Health, Probe
from bot.telemetry.loop_lag import LoopLag
from bot.telemetry.metrics import METRICS, MOST_VALUES, Kind

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "cogs", "sandbox")
SECRET = 'live_"quoted"\\key'


@pytest.fixture
def loggers() -> Iterator[None]:
    """Leave logging as it was found."""
    kept = {name: logging.getLogger(name).level for name in ("", *ROOMS)}
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = handlers
    for name, level in kept.items():
        logging.getLogger(name).setLevel(level)


def said(capsys: pytest.CaptureFixture[str], level: str) -> str:
    set_up_logging(level)
    for name in ("bot.sync", "cogs.images", "sandbox.index", "discord.gateway", "alembic.runtime", "aiohttp.server"):
        for number in (logging.DEBUG, logging.INFO, logging.WARNING):
            logging.getLogger(name).log(number, "%s of %s", logging.getLevelName(number), name)
    return capsys.readouterr().err


def scraped(counts: Counts) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample that Prometheus would read."""
    registry = CollectorRegistry()
    registry.register(counts)
    text = generate_latest(registry).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def test_counts_add_up_over_the_labels_that_are_left_out() -> None:
    counts = Counts()
    counts.add("failure", "button", "NoPictures")
    counts.add("failure", "button", "CardGone")
    counts.add("failure", "command", "CardGone")
    counts.add("unanswered", "command", "OSError", times=2)
    assert counts.of("failure") == 3
    assert counts.of("failure", "button") == 2
    assert counts.of("failure", "button", "CardGone") == 1
    assert counts.of("failure", "menu") == 0
    assert counts.of("fail") == 0
    assert counts.of("unanswered") == 2


def test_prometheus_reads_what_was_counted() -> None:
    counts = Counts()
    counts.add("failure", "button", "CardGone", times=2)
    counts.observe("backend_seconds", 0.3, "catapi", "GET")
    counts.observe("backend_seconds", 0.25, "catapi", "GET")
    counts.observe("backend_seconds", 99.0, "catapi", "GET")
    counts.watch("pool", lambda: {("cat",): 30.0})
    read = scraped(counts)
    assert read["pawprint_failures_total", labelled(door="button", kind="CardGone")] == 2
    assert read["pawprint_pool_pictures", labelled(species="cat")] == 30
    calls = {"service": "catapi", "method": "GET"}
    buckets = [("0.1", 0), ("0.25", 1), ("0.5", 2), ("30.0", 2), ("+Inf", 3)]
    assert [
        (le, read["pawprint_backend_call_seconds_bucket", labelled(**calls, le=le)]) for le, _ in buckets
    ] == buckets
    assert read["pawprint_backend_call_seconds_count", labelled(**calls)] == 3
    assert read["pawprint_backend_call_seconds_sum", labelled(**calls)] == pytest.approx(99.55)


async def test_a_gauge_that_has_to_look_first_is_refreshed() -> None:
    counts = Counts()
    found: dict[tuple[str, ...], float] = {("waiting",): 0.0}

    async def look() -> None:
        found["waiting",] = 7.0

    counts.watch("backlog", lambda: found, refresh=look)
    assert scraped(counts)["pawprint_deliveries_backlog", labelled(state="waiting")] == 0
    await counts.refresh()
    assert scraped(counts)["pawprint_deliveries_backlog", labelled(state="waiting")] == 7


def test_labels_cannot_fill_the_memory() -> None:
    counts = Counts()
    for number in range(MOST_VALUES + 50):
        counts.add("failure", "listener", f"Kind{number}")
    counts.add("failure", "x" * 1000, "Kind1")
    assert counts.of("failure", "listener", "other") == 50
    assert counts.of("failure", "other", "Kind1") == 1
    assert counts.of("failure") == MOST_VALUES + 51


def test_what_is_not_declared_so_cannot_be_counted() -> None:
    counts = Counts()
    with pytest.raises(KeyError):
        counts.add("failures", "button", "CardGone")
    with pytest.raises(ValueError, match="labels"):
        counts.add("failure", "button")
    with pytest.raises(ValueError, match="gauge"):
        counts.add("pool", "cat")
    with pytest.raises(ValueError, match="no gauge"):
        counts.watch("failure", dict)


def test_every_place_that_counts_names_a_metric_with_its_labels_and_every_metric_has_one() -> None:
    kinds = {"add": Kind.COUNTER, "observe": Kind.HISTOGRAM, "watch": Kind.GAUGE}
    declared = {metric.name: metric for metric in METRICS}
    used: set[str] = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="counts" | "_counts"), attr=call),
                    args=[ast.Constant(value=str(name)), *others],
                ) if call in kinds:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    assert declared[name].kind is kinds[call], where
                    wanted = {"add": 0, "observe": 1}
                    if call in wanted:
                        assert len(others) - wanted[call] == len(declared[name].labels), where
                    used.add(name)
    assert used == set(declared)


def test_no_label_is_of_a_person_a_server_a_channel_or_what_somebody_wrote() -> None:
    assert {label for metric in METRICS for label in metric.labels} == {
        *("version", "check", "command", "outcome", "door", "kind", "species", "way", "service", "method", "act"),
        *("state", "shard", "found"),
    }


def test_the_rooms_speak_from_the_level_on_and_libraries_from_warning_on(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "INFO")
    assert "INFO of bot.sync" in text
    assert "INFO of cogs.images" in text
    assert "INFO of sandbox.index" in text
    assert "DEBUG of" not in text
    for library in ("discord.gateway", "alembic.runtime", "aiohttp.server"):
        assert f"INFO of {library}" not in text
        assert f"WARNING of {library}" in text


def test_debug_shows_everything_and_error_no_warning(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert "DEBUG of discord.gateway" in said(capsys, "DEBUG")
    assert said(capsys, "ERROR") == ""


def test_setting_up_again_does_not_say_things_twice(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    assert said(capsys, "INFO").count("INFO of bot.sync") == 1


def test_a_line_holds_time_level_and_room(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("bot.sync").info("delivered %d", 3)
    line = capsys.readouterr().err
    assert line.endswith("INFO    bot.sync: delivered 3\n")
    assert line[:4].isdigit()
    assert logging.getLogger().handlers[0].stream is sys.stderr  # type: ignore[attr-defined]


def fail_and_log() -> None:
    """Log what must not be seen: in a message, in a traceback, and in the values of a statement."""
    log = logging.getLogger("bot.failures")
    try:
        raise RuntimeError(f"{SECRET} was refused\n[SQL: INSERT]\n[parameters: (1, 4242)]")
    except RuntimeError:
        log.exception("[%s] went out with %s\nin it", "K7QX3M", SECRET, extra={"reference": "K7QX3M"})


def test_a_json_line_is_one_object_with_what_there_is(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "json", [SECRET])
    logging.getLogger("bot.sync").info("delivered %d “%s”", 3, "cat\n")
    fail_and_log()
    plain, failed = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", plain.pop("time"))
    assert plain == {"level": "INFO", "logger": "bot.sync", "message": "delivered 3 “cat\n”"}
    assert set(failed) == {"time", "level", "logger", "message", "reference", "exception"}
    assert (failed["level"], failed["reference"]) == ("ERROR", "K7QX3M")
    assert failed["exception"].startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_and_no_value_of_a_statement_stands_in_a_line(
    loggers: None, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    set_up_logging("DEBUG", form, [SECRET, "live_", "ab"])
    fail_and_log()
    text = capsys.readouterr().err
    assert "RuntimeError: … was refused" in text
    assert "went out with …" in text
    assert "[parameters: …]" in text
    for hidden in ("quoted", "4242"):
        assert hidden not in text


class Time:
    """A monotonic clock; each sleep takes as long as asked, and as late as `late` says."""

    def __init__(self, late: list[float]) -> None:
        self.now = 100.0
        self.late = late

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if not self.late:
            raise asyncio.CancelledError
        self.now += seconds + self.late.pop(0)


async def measured(*late: float) -> tuple[LoopLag, Time]:
    time = Time(list(late))
    lag = LoopLag(monotonic=time.monotonic, sleep=time.sleep)
    with pytest.raises(asyncio.CancelledError):
        await lag.run()
    return lag, time


async def test_lag_is_how_late_a_timer_was() -> None:
    lag, _ = await measured(0.0, 3.0, 0.25)
    assert (lag.now, lag.worst) == (0.25, 3.0)


async def test_lag_of_long_ago_is_forgotten() -> None:
    lag, _ = await measured(3.0, *[0.0] * 60)
    assert lag.worst == 0.0


async def test_a_timer_that_has_not_come_back_counts_as_late() -> None:
    lag, time = await measured(0.0)
    time.now += 0.5
    assert lag.now == 0.0
    time.now += 4.0
    assert (lag.now, lag.worst) == (4.0, 4.0)


def test_before_the_first_measure_nothing_is_late() -> None:
    assert (LoopLag().now, LoopLag().worst) == (0.0, 0.0)


def spawn(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    return asyncio.create_task(work, name=name)


class Looked:
    """Something to look at: well, broken, or without an answer."""

    def __init__(self) -> None:
        self.times = 0
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def __call__(self) -> None:
        self.times += 1
        await self.answers.wait()
        if self.error is not None:
            raise self.error


async def test_a_look_is_shared_for_some_seconds() -> None:
    clock, looked = ManualClock(), Looked()
    probe = Probe("store", looked, spawn, clock)
    assert await asyncio.gather(*(probe.ask() for _ in range(10))) == [None] * 10
    clock.advance(4.9)
    assert await probe.ask() is None
    assert looked.times == 1
    clock.advance(0.2)
    await probe.ask()
    assert looked.times == 2
    clock.advance(-3600)  # set back: it goes on looking
    await probe.ask()
    assert looked.times == 3


async def test_trouble_and_its_end_are_logged_once_each_and_told_without_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, looked = ManualClock(), Looked()
    probe = Probe("store", looked, spawn, clock)
    with caplog.at_level(logging.INFO, "bot"):
        looked.error = OSError("disk of /srv is full")
        for _ in range(3):
            assert await probe.ask() == "OSError"
            clock.advance(6)
        looked.error = None
        for _ in range(3):
            assert await probe.ask() is None
            clock.advance(6)
    assert caplog.messages == ["The store is in trouble: disk of /srv is full", "The store is well again"]


async def test_nobody_waits_long_for_a_look_and_no_second_one_begins() -> None:
    clock, looked = ManualClock(), Looked()
    probe = Probe("store", looked, spawn, clock, patience=0.01)
    looked.answers.clear()
    assert await probe.ask() == "no answer in 0.01 s"
    clock.advance(60)
    assert await probe.ask() == "no answer in 0.01 s"
    assert looked.times == 1
    looked.answers.set()
    assert await probe.ask() is None


async def test_a_check_of_the_same_name_takes_the_place_of_the_first() -> None:
    async def absent() -> str | None:
        return "not there yet"

    async def well() -> str | None:
        return None

    health = Health()
    health.require("store", absent)
    health.require("loop", well)
    assert await health.faults() == {"loop": None, "store": "not there yet"}
    health.require("store", well)
    assert await health.faults() == {"loop": None, "store": None} == health.latest
