"""What operators see: log lines, counts that Prometheus reads, and whether the bot is ready."""

from __future__ import annotations

from bot.telemetry.logs import set_up_logging
from bot.telemetry.metrics import Counts

__all__ = ["Counts", "set_up_logging"]
