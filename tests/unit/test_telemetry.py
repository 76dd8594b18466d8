"""What operators see: counts that sum as asked, and log lines of the rooms and not of the libraries."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest

from bot.telemetry import Counts, set_up_logging

ROOMS = ("bot", "cogs", "sandbox")


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
    for name in ("bot.sync", "cogs.images", "sandbox.index", "discord.gateway"):
        for number in (logging.DEBUG, logging.INFO, logging.WARNING):
            logging.getLogger(name).log(number, "%s of %s", logging.getLevelName(number), name)
    return capsys.readouterr().err


def test_counts_add_up_over_the_labels_that_are_left_out() -> None:
    counts = Counts()
    counts.add("failure", "button", "NoPictures")
    counts.add("failure", "button", "CardGone")
    counts.add("failure", "command", "CardGone")
    counts.add("unanswered")
    assert counts.of("failure") == 3
    assert counts.of("failure", "button") == 2
    assert counts.of("failure", "button", "CardGone") == 1
    assert counts.of("failure", "menu") == 0
    assert counts.of("fail") == 0
    assert counts.of("unanswered") == 1


def test_the_rooms_speak_from_the_level_on_and_libraries_from_warning_on(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "INFO")
    assert "INFO of bot.sync" in text
    assert "INFO of cogs.images" in text
    assert "INFO of sandbox.index" in text
    assert "DEBUG of" not in text
    assert "INFO of discord.gateway" not in text
    assert "WARNING of discord.gateway" in text


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
