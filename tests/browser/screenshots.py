"""Takes the pictures of the sandbox that the documents show: `make screenshots`."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import FLAGS, ROOT, running_sandbox
from tests.browser.discord import open_channel

_LAST_FIVE_LOADED = (
    "() => [...document.querySelectorAll(\"img[alt^='A ']\")].slice(-5)"
    ".every(image => image.complete && image.naturalWidth > 100)"
)


def _favourites(browser: Browser, address: str) -> None:
    """Save a few pictures and take the gallery of them."""
    index = browser.new_page(viewport={"width": 1120, "height": 800})
    index.goto(address)
    discord = open_channel(index, "#daily")
    chosen = {"Bengal": "cat", "Dalmatian": "dog", "Ragdoll": "cat", "Pug": "dog", "Manx": "cat", "Sphynx": "cat"}
    for breed, command in chosen.items():
        discord.ask(command, "breed", breed)
        discord.button("❤️").click()
        discord.expect_count("❤️", 1)
    discord.type_command("favourites list")
    page = discord.page
    expect(page.get_by_text("6 pictures").last).to_be_visible()
    page.locator("button", has_text=re.compile(r"^\d+ / \d+$")).last.scroll_into_view_if_needed()
    page.wait_for_function(_LAST_FIVE_LOADED)
    page.mouse.move(600, 60)
    page.screenshot(path=ROOT / "docs" / "favourites.png")


def main() -> int:
    """Write docs/sandbox.png, docs/sandbox-index.png and docs/favourites.png."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        print("Install Chromium, or name it in CHROMIUM.", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory() as data,
        running_sandbox(Path(data)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        index = browser.new_page(viewport={"width": 900, "height": 760})
        index.goto(address)
        index.screenshot(path=ROOT / "docs" / "sandbox-index.png")
        discord = open_channel(index, "#pets")
        discord.page.set_viewport_size({"width": 1120, "height": 800})
        discord.ask("cat", "breed", "Siamese")
        for count, member in enumerate(("Mia", "Noah", "Yuki"), start=1):
            discord.view_as(member)
            discord.button("👍").click()
            discord.expect_count("👍", count)
        discord.button("❤️").click()
        discord.expect_count("❤️", 1)
        discord.page.mouse.move(600, 60)
        discord.page.screenshot(path=ROOT / "docs" / "sandbox.png")
        _favourites(browser, address)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
