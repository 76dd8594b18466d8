"""The circuit breaker: a service that fails again and again is left alone, then tried with one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

FAILURES = 5
FIRST_REST = 10.0
LONGEST_REST = 120.0


class Circuit(StrEnum):
    """Whether calls go through: all, none, or one at a time to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to make one call; `trial` when the circuit's fate hangs on it."""

    trial: bool


class Breaker:
    """Opens after `failures` in a row; rests twice as long after each trial that fails; one success closes it.

    Rests are in seconds. Every pass that `enter` gave comes back through one of `succeeded`, `failed`, `abandoned`.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        failures: int = FAILURES,
        rest: float = FIRST_REST,
        longest: float = LONGEST_REST,
    ) -> None:
        self._monotonic = monotonic
        self._allowed = failures
        self._first_rest = rest
        self._longest = longest
        self._failures = 0
        self._rest = rest
        self._open_until: float | None = None
        self._trying = False

    @property
    def circuit(self) -> Circuit:
        """The state now."""
        if self._open_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if self._monotonic() < self._open_until else Circuit.HALF_OPEN

    @property
    def blocks(self) -> bool:
        """Whether a call would be held back now."""
        circuit = self.circuit
        return circuit is Circuit.OPEN or (circuit is Circuit.HALF_OPEN and self._trying)

    def enter(self) -> Pass | None:
        """Ask to make a call; None when the circuit holds it back."""
        if self.blocks:
            return None
        self._trying = self._open_until is not None
        return Pass(trial=self._trying)

    def succeeded(self) -> None:
        """Note that the service answered, whatever it said."""
        self._failures = 0
        self._rest = self._first_rest
        self._open_until = None
        self._trying = False

    def failed(self, leave: Pass) -> None:
        """Note that the service did not answer, or could not."""
        self._failures += 1
        if leave.trial:
            self._trying = False
            self._rest = min(self._rest * 2, self._longest)
            self._open_until = self._monotonic() + self._rest
        elif self._open_until is None and self._failures >= self._allowed:
            self._open_until = self._monotonic() + self._rest

    def abandoned(self, leave: Pass) -> None:
        """Note that a call was given up before it told anything; the next one may try."""
        if leave.trial:
            self._trying = False
