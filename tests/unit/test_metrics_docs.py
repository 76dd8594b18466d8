"""`docs/metrics.md` has every metric, check, address and log field as it is, and none that is not there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot.clock import ManualClock
from bot.monitor import Monitor
from bot.telemetry.logs import Line
from bot.telemetry.metrics import METRICS

ROOT = Path(__file__).parents[2]


def document() -> str:
    return (ROOT / "docs" / "metrics.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a line of headings."""
    table = document().partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    found = [re.split(r"\s*\|\s*", line.strip("| ")) for line in table.splitlines()[2:]]
    assert found, heading
    return found


def test_every_metric_is_told_with_its_type_and_labels_and_when_to_worry() -> None:
    told = {cells[0].strip("`"): cells[1:] for cells in rows("metric | type | labels | what it means | when to worry")}
    assert list(told) == [metric.exposed for metric in METRICS]
    for metric in METRICS:
        kind, labels, meaning, worry = told[metric.exposed]
        assert kind == metric.kind
        assert tuple(re.findall(r"`(\w+)`", labels)) == metric.labels, metric.exposed
        assert meaning
        assert worry


def test_no_metric_is_named_that_is_not_there() -> None:
    named = set(re.findall(r"\bpawprint_\w+", document()))
    assert named - {"pawprint_"} == {metric.exposed for metric in METRICS}


def test_names_are_as_prometheus_wants_them() -> None:
    for metric in METRICS:
        assert re.fullmatch(r"pawprint_[a-z_]+", metric.exposed)
        assert metric.exposed.endswith("_total") == (metric.kind == "counter")
        assert metric.exposed.endswith("_seconds") or metric.kind != "histogram"
    assert len({metric.exposed for metric in METRICS}) == len({metric.name for metric in METRICS}) == len(METRICS)


async def test_every_check_is_told() -> None:
    def spawn(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        raise AssertionError(name)

    monitor = Monitor(ManualClock(), spawn)
    assert {cells[0].strip("`") for cells in rows("check | well when")} == set(await monitor.health.faults())


def test_every_address_is_told() -> None:
    source = (ROOT / "bot" / "telemetry" / "server.py").read_text("utf-8")
    there = set(re.findall(r'add_get\("(/\w+)"', source))
    assert {cells[0].strip("`") for cells in rows("address | answer")} == there == {"/livez", "/healthz", "/metrics"}


def test_every_field_of_a_log_line_is_told_in_order() -> None:
    assert tuple(cells[0].strip("`") for cells in rows("field | what it is")) == Line.__struct_fields__
