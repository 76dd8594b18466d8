"""What all tests share: which of them stay together, files in memory, cheap collecting of garbage, no stop-watch."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# How long an example takes is the machine's affair.
settings.register_profile("pawprint", deadline=None)
settings.load_profile("pawprint")

MEMORY: Final = Path("/dev/shm")
# A whole run needs less than half of it at a time.
ENOUGH: Final = 1 << 30
CHOSEN: Final = ("PYTEST_DEBUG_TEMPROOT", "TMPDIR")

TOGETHER: Final = {
    # They share a sandbox a module.
    "tests/browser/": "browser",
    # Each keeps a core busy with a bot and a crowd of people.
    "tests/wire/test_chaos.py": "crowds",
    "tests/wire/test_kill.py": "crowds",
}


class Together(LoadScopeScheduling):
    """Gives each test to the first process that is free, but keeps those that are `TOGETHER` on one.

    Larger groups begin first. It stands in for `loadgroup`, which reads its groups from ids of tests that it changes;
    pytest 9.2 does not let it do so, and then every test is by itself without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for begin, group in TOGETHER.items() if nodeid.startswith(begin)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Distribute the tests our own way."""
    return Together(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Let each transaction be kept without waiting for a disk, unless somebody chose where the tests' files lie."""
    if config.option.basetemp or any(os.environ.get(name) for name in CHOSEN):
        return
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def pytest_collection_finish() -> None:
    """Have thousands of tests, which stay to the end, not be looked through again at each collection of garbage."""
    gc.collect()
    gc.freeze()
