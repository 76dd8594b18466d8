"""What operators see: log lines and counts."""

from __future__ import annotations

import logging
import sys
from collections import Counter


class Counts:
    """Counts of what happened, by name and labels; the one place that the rooms count in."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, ...]] = Counter()

    def add(self, name: str, *labels: str) -> None:
        """Count one occurrence of a thing, such as `failure`, `button`, `BackendUnavailable`."""
        self._counts[(name, *labels)] += 1

    def of(self, name: str, *labels: str) -> int:
        """Return how often a thing was counted; fewer labels sum over the rest."""
        asked = (name, *labels)
        return sum(n for key, n in self._counts.items() if key[: len(asked)] == asked)


def set_up_logging(level: str) -> None:
    """Send log lines to standard error; libraries speak from WARNING on, except when everything is asked for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("{asctime} {levelname:<7} {name}: {message}", style="{"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level if level in ("DEBUG", "ERROR") else "WARNING")
    logging.getLogger("discord.client").addFilter(lambda record: "voice will NOT" not in record.getMessage())
    for room in ("bot", "cogs", "sandbox"):
        logging.getLogger(room).setLevel(level)
