"""The sandbox as a process of its own, and a headless Chromium that looks at it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.measured import measured

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
expect.set_options(timeout=20_000)


@contextmanager
def running_sandbox(data: Path) -> Iterator[str]:
    """Run `python -m bot` without a token and lend the address that it prints; it must end cleanly."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "--env-file", os.devnull],
        cwd=ROOT,
        env=environment | measured() | {"DATA_DIR": str(data), "SANDBOX_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = None
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                address = found[0]
                break
        assert address is not None, process.communicate()
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.fixture
def browser() -> Iterator[Browser]:
    """The distribution's Chromium. Where there is none, the test is skipped, but not in CI.

    One for each test: while Playwright runs, its event loop is in the way of every other test of the process.
    """
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        assert not os.environ.get("CI"), "CI needs Chromium"
        pytest.skip("no Chromium here; install it, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running sandbox that the tests of a module share."""
    with running_sandbox(tmp_path_factory.mktemp("data")) as address:
        yield address


@pytest.fixture
def index(browser: Browser, sandbox: str) -> Iterator[Page]:
    """The sandbox's index page in a fresh browser profile."""
    context = browser.new_context(viewport={"width": 1200, "height": 950})
    page = context.new_page()
    page.goto(sandbox)
    yield page
    context.close()
