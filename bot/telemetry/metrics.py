"""The one place that counts: every metric stands in one table, the rooms add to it, and Prometheus reads it."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily
Labels = tuple[str, ...]
Read = Callable[[], Mapping[Labels, float]]

OTHER = "other"
"""Stands for each value of a label beyond those that fit."""

MOST_VALUES = 100
_LONGEST_VALUE = 64
# Seconds: from a write to a local disk up to a service's longest deadline.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Kind(StrEnum):
    """What a metric does: a counter only grows, a gauge is read when Prometheus asks, a histogram holds seconds."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(Struct, frozen=True):
    """A metric: `name` is the rooms' word for it, `exposed` the one that Prometheus and `docs/metrics.md` have.

    No label ever holds a person, a server, a channel or what somebody wrote.
    """

    name: str
    kind: Kind
    exposed: str
    labels: Labels
    about: str


METRICS = (
    Metric("info", Kind.GAUGE, "pawprint_info", ("version",), "Always 1; the version that runs."),
    Metric("check", Kind.GAUGE, "pawprint_check_ok", ("check",), "1 while a check of /healthz is well."),
    Metric("command", Kind.COUNTER, "pawprint_commands_total", ("command", "outcome"), "Commands that ended."),
    Metric("press", Kind.COUNTER, "pawprint_presses_total", ("door",), "Uses of a door that is no command."),
    Metric("failure", Kind.COUNTER, "pawprint_failures_total", ("door", "kind"), "Failures, by the error's class."),
    Metric(
        "unanswered",
        Kind.COUNTER,
        "pawprint_unanswered_total",
        ("door", "kind"),
        "Failures whose answer could not be sent.",
    ),
    Metric("picture", Kind.COUNTER, "pawprint_pictures_total", ("species", "way"), "Pictures that were handed out."),
    Metric("pool", Kind.GAUGE, "pawprint_pool_pictures", ("species",), "Random pictures that are kept ready."),
    Metric(
        "backend",
        Kind.COUNTER,
        "pawprint_backend_calls_total",
        ("service", "method", "outcome"),
        "Attempts to call a service.",
    ),
    Metric(
        "backend_seconds",
        Kind.HISTOGRAM,
        "pawprint_backend_call_seconds",
        ("service", "method"),
        "Seconds of an attempt that was made, without the wait for its turn.",
    ),
    Metric("cache", Kind.COUNTER, "pawprint_cache_reads_total", ("outcome",), "Reads of what services said before."),
    Metric(
        "delivered",
        Kind.COUNTER,
        "pawprint_deliveries_total",
        ("service", "act"),
        "Votes and favourites that a service took or gave up.",
    ),
    Metric(
        "backlog",
        Kind.GAUGE,
        "pawprint_deliveries_backlog",
        ("state",),
        "Votes and favourites that are not delivered.",
    ),
    Metric(
        "rest",
        Kind.COUNTER,
        "pawprint_discord_edits_failed_total",
        ("outcome",),
        "Calls outside an interaction that Discord did not take.",
    ),
    Metric(
        "reconciled",
        Kind.COUNTER,
        "pawprint_reconciled_total",
        ("found",),
        "Differences found after a lost session.",
    ),
    Metric(
        "reconcile_call",
        Kind.COUNTER,
        "pawprint_reconcile_calls_total",
        ("outcome",),
        "Calls to Discord to find them.",
    ),
    Metric(
        "unrecorded",
        Kind.COUNTER,
        "pawprint_unrecorded_total",
        ("outcome",),
        "Messages of the bot's own that it did not remember when somebody reacted to them.",
    ),
    Metric("daily", Kind.COUNTER, "pawprint_daily_posts_total", ("outcome",), "Pictures of the day that were due."),
    Metric("shard", Kind.GAUGE, "pawprint_shard_connected", ("shard",), "1 while a shard is connected to Discord."),
    Metric(
        "gateway_latency",
        Kind.GAUGE,
        "pawprint_gateway_latency_seconds",
        ("shard",),
        "Seconds from a shard's last heartbeat to its answer.",
    ),
    Metric("guilds", Kind.GAUGE, "pawprint_guilds", (), "Servers that the bot is in."),
    Metric(
        "loop_lag", Kind.GAUGE, "pawprint_loop_lag_seconds", (), "The longest delay of a timer in the last half minute."
    ),
    Metric(
        "store_write",
        Kind.HISTOGRAM,
        "pawprint_store_write_seconds",
        (),
        "Seconds that the health check's own small write took, its turn included.",
    ),
)


class Counts(Collector):
    """Counts of what happened, by name and labels. Register it with a Prometheus registry to have it read.

    A name that is not in the table raises KeyError, a wrong number of labels ValueError.
    """

    def __init__(self) -> None:
        self._metrics = {metric.name: metric for metric in METRICS}
        self._counts: Counter[Labels] = Counter()
        self._spreads: dict[str, dict[Labels, _Spread]] = {}
        self._reads: dict[str, Read] = {}
        self._refreshes: list[Callable[[], Awaitable[object]]] = []
        self._values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, name: str, *labels: str, times: int = 1) -> None:
        """Count occurrences of a thing, such as `failure`, `button`, `BackendUnavailable`."""
        self._counts[(name, *self._bounded(name, Kind.COUNTER, labels))] += times

    def of(self, name: str, *labels: str) -> int:
        """Return how often a thing was counted; fewer labels sum over the rest."""
        asked = (name, *labels)
        return sum(n for key, n in self._counts.items() if key[: len(asked)] == asked)

    def observe(self, name: str, seconds: float, *labels: str) -> None:
        """Note how many seconds a thing took."""
        bounded = self._bounded(name, Kind.HISTOGRAM, labels)
        self._spreads.setdefault(name, {}).setdefault(bounded, _Spread()).add(seconds)

    def watch(self, name: str, read: Read, *, refresh: Callable[[], Awaitable[object]] | None = None) -> None:
        """Have a gauge read by `read`, which must not wait; `refresh` is awaited before, and must end soon."""
        if self._metrics[name].kind is not Kind.GAUGE:
            raise ValueError(f"{name} is no gauge")
        self._reads[name] = read
        if refresh is not None:
            self._refreshes.append(refresh)

    async def refresh(self) -> None:
        """Bring up to date what `collect` cannot wait for."""
        await asyncio.gather(*(refresh() for refresh in self._refreshes))

    def collect(self) -> Iterator[Family]:
        """Yield every metric, as Prometheus' client asks for them."""
        for metric in METRICS:
            match metric.kind:
                case Kind.COUNTER:
                    yield self._counter(metric)
                case Kind.GAUGE:
                    yield self._gauge(metric)
                case Kind.HISTOGRAM:
                    yield self._histogram(metric)

    def _counter(self, metric: Metric) -> CounterMetricFamily:
        family = CounterMetricFamily(metric.exposed, metric.about, labels=metric.labels)
        for (name, *labels), number in self._counts.items():
            if name == metric.name:
                family.add_metric(labels, number)
        return family

    def _gauge(self, metric: Metric) -> GaugeMetricFamily:
        family = GaugeMetricFamily(metric.exposed, metric.about, labels=metric.labels)
        read = self._reads.get(metric.name)
        for labels, value in read().items() if read else ():
            family.add_metric(labels, value)
        return family

    def _histogram(self, metric: Metric) -> HistogramMetricFamily:
        family = HistogramMetricFamily(metric.exposed, metric.about, labels=metric.labels)
        for labels, spread in self._spreads.get(metric.name, {}).items():
            family.add_metric(labels, spread.buckets(), spread.total)
        return family

    def _bounded(self, name: str, kind: Kind, labels: Labels) -> Labels:
        """Return the labels, with `OTHER` for a value that came too late or is too long: each makes a series."""
        metric = self._metrics[name]
        if metric.kind is not kind or len(labels) != len(metric.labels):
            raise ValueError(f"{name} is a {metric.kind} with the labels {metric.labels}")
        bounded = []
        for label, value in zip(metric.labels, labels, strict=True):
            values = self._values[name, label]
            if value not in values and (len(values) >= MOST_VALUES or len(value) > _LONGEST_VALUE):
                bounded.append(OTHER)
            else:
                values.add(value)
                bounded.append(value)
        return tuple(bounded)


class _Spread:
    """How many things took how many seconds."""

    def __init__(self) -> None:
        self._within = [0] * (len(_BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self._within[bisect_left(_BUCKETS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Return each bound and how many stayed within it, as Prometheus adds them up."""
        found, so_far = [], 0
        for bound, number in zip((*map(str, _BUCKETS), "+Inf"), self._within, strict=True):
            so_far += number
            found.append((bound, float(so_far)))
        return found
