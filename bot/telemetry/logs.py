"""Log lines, as text or as JSON; whatever is logged, no secret stands in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

Clean = Callable[[str], str]

_ROOMS = ("bot", "cogs", "sandbox")
_HIDDEN = "…"
# A shorter text may stand in any line by chance, and its line would say nothing any more.
_LEAST_SECRET = 6
# A statement that failed names its values, people's ids among them.
_PARAMETERS = re.compile(r"\[parameters: .*\]")


class Line(Struct, frozen=True, omit_defaults=True):
    """A log line in JSON; `time` is RFC 3339 in UTC, `reference` the one that a person was told."""

    time: str
    level: str
    logger: str
    message: str
    reference: str | None = None
    exception: str | None = None


def set_up_logging(level: str, form: str = "text", secrets: Sequence[str] = ()) -> None:
    """Send log lines to standard error, one form for all; libraries speak from WARNING on, or when all is asked for.

    :param level: DEBUG, INFO, WARNING or ERROR.
    :param form: text or json.
    :param secrets: texts that never stand in a line, whoever logs them.
    """
    clean = _cleaner(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(clean) if form == "json" else TextLines(clean))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level if level in ("DEBUG", "ERROR") else "WARNING")
    logging.getLogger("discord.client").addFilter(_is_not_about_voice)
    for room in _ROOMS:
        logging.getLogger(room).setLevel(level)


class TextLines(logging.Formatter):
    """Lines for people."""

    def __init__(self, clean: Clean) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", style="{")
        self._clean = clean

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the lines of a traceback below it."""
        return self._clean(super().format(record))


class JsonLines(logging.Formatter):
    """Lines for machines: one JSON object each, with the fields of `Line`."""

    def __init__(self, clean: Clean) -> None:
        super().__init__()
        self._clean = clean

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is a field of it."""
        told = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else None
        line = Line(
            time=datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            level=record.levelname,
            logger=record.name,
            message=self._clean(record.getMessage()),
            reference=getattr(record, "reference", None),
            exception=None if told is None else self._clean(told),
        )
        return msgspec.json.encode(line).decode()


def _cleaner(secrets: Sequence[str]) -> Clean:
    longest_first = sorted({secret for secret in secrets if len(secret) >= _LEAST_SECRET}, key=len, reverse=True)
    hidden = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    return lambda text: hidden.sub(_HIDDEN, _PARAMETERS.sub(f"[parameters: {_HIDDEN}]", text))


def _is_not_about_voice(record: logging.LogRecord) -> bool:
    return "voice will NOT" not in record.getMessage()
