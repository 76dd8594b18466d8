"""What a process that a test starts must be told so that its lines count, too, when coverage is measured."""

from __future__ import annotations

import os


def measured() -> dict[str, str]:
    """Return coverage's own variables; none when nothing is measured.

    Data is written when the process ends in good order, by a signal too, and put together by pytest-cov.
    """
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
