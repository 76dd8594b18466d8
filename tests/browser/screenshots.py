"""Takes the pictures of the sandbox that the documents show: `make screenshots`."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, ROOT, running_sandbox
from tests.browser.discord import Discord, open_channel

_DESKTOP: Final = 1120
_PHONE: Final = 390
# Taller than the tallest card, so that all of it is on the page at once.
_TALL: Final = 1700
_MARGIN: Final = 16
# Milliseconds; a quiz takes twenty seconds.
_PATIENCE: Final = 60_000
# Enough for drawings, and a third of the bytes. The octree keeps what is small and bright: hearts, eyes, flags.
_COLOURS: Final = 256
_LOADED: Final = "part => [...part.querySelectorAll('img')].every(image => image.complete && image.naturalWidth > 0)"
# Who votes for it, beside Mia who saves it.
_LOVED: Final = {
    ("cat", "Bengal"): ("Noah", "Yuki", "Max"),
    ("dog", "Dalmatian"): ("Noah",),
    ("cat", "Ragdoll"): (),
    ("dog", "Pug"): ("Yuki", "Max"),
    ("cat", "Manx"): (),
    ("cat", "Sphynx"): ("Noah", "Max"),
}


def _keep(page: Page, name: str, clip: FloatRect | None = None) -> None:
    """Write what the page shows, or a part of it, to the documents."""
    page.mouse.move(_MARGIN, _MARGIN)
    page.evaluate("document.activeElement?.blur()")
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as picture:
        shown = picture.convert("RGB")
        palette = shown.quantize(_COLOURS, Image.Quantize.FASTOCTREE)
        shown.quantize(_COLOURS, palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(
            ROOT / "docs" / f"{name}.png", optimize=True
        )


def _resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    expect(page.get_by_text("Viewport updated")).to_be_visible()


def _newest(discord: Discord, text: str) -> Locator:
    """Return the newest message that says something, when it and its pictures are there."""
    message = discord.page.locator("[data-message-id]").filter(has_text=text).last
    expect(message).to_be_visible(timeout=_PATIENCE)
    message.scroll_into_view_if_needed()
    discord.page.wait_for_function(_LOADED, arg=message.element_handle())
    return message


def _card(discord: Discord, name: str, width: int, text: str) -> None:
    """Keep the newest message that says something as it is on a page of a width."""
    page = discord.page
    _newest(discord, text)
    _resize(page, width, _TALL)
    box = _newest(discord, text).bounding_box()
    assert box is not None
    # Cards are no wider than this, however wide the page is.
    narrow = min(box["width"], _PHONE * 2 - 4 * _MARGIN)
    _keep(page, name, {"x": box["x"], "y": box["y"], "width": narrow, "height": box["height"]})
    _resize(page, _DESKTOP, 800)


def _channel(index: Page) -> Discord:
    """Keep the index page and a channel with a card that members voted on."""
    _keep(index, "sandbox-index")
    discord = open_channel(index, "#pets")
    discord.page.set_viewport_size({"width": _DESKTOP, "height": 800})
    discord.ask("cat", "breed", "Siamese")
    for count, member in enumerate(("Mia", "Noah", "Yuki"), start=1):
        discord.view_as(member)
        discord.press("👍")
        discord.expect_count("👍", count)
    discord.press("❤️")
    discord.expect_count("❤️", 1)
    _newest(discord, "Siamese")
    _keep(discord.page, "sandbox")
    discord.view_as("Mia")
    return discord


def _breeds(discord: Discord) -> None:
    """Keep a breed's card, two side by side, and a list."""
    discord.type_command("breed info", value="Maine Coon", choose="Maine Coon")
    _card(discord, "card-breed", _PHONE, "Breed facts: TheCatAPI")
    discord.type_needed("breed compare", "Siamese", "Maine Coon")
    _card(discord, "card-compare", _DESKTOP, "Siamese and")
    discord.type_command("breed search", value="gentle Scotland")
    _card(discord, "card-search", _PHONE, "Breeds for")


def _quiz(discord: Discord) -> None:
    """Keep a solution that one of four members knew."""
    discord.type_command("quiz play")
    question = _newest(discord, "Which breed is it?")
    names = list(filter(None, question.get_by_role("button").all_inner_texts()))[:4]
    for name, member in zip(names, ("Mia", "Noah", "Yuki", "Max"), strict=True):
        discord.view_as(member)
        discord.page.get_by_role("button", name=name, exact=True).last.click()
        expect(discord.page.get_by_text(f"Taken: {name}.").last).to_be_visible()
    discord.view_as("Mia")
    _card(discord, "card-quiz", _PHONE, "The solution:")


def _words(discord: Discord) -> None:
    """Keep a fact, the greeting of the help, and the settings."""
    discord.type_command("fact")
    _card(discord, "card-fact", _PHONE, "Did you know?")
    discord.type_command("help")
    _card(discord, "card-help", _PHONE, "Cats and dogs, whenever you like")
    discord.view_as("Ada")
    discord.type_command("settings panel")
    _card(discord, "card-settings", _DESKTOP, "Settings ·")
    discord.view_as("Mia")


def _trouble(index: Page, discord: Discord) -> None:
    """Keep a card whose picture stands in for one of a service that is down."""
    index.get_by_role("button", name="Down", exact=True).click()
    expect(index.get_by_role("status")).to_have_text("The back end misbehaves now.")
    discord.ask("cat", "breed", "Birman")
    _card(discord, "card-trouble", _PHONE, "TheCatAPI did not answer")
    index.get_by_role("button", name="Mend it").click()
    expect(index.get_by_role("status")).to_have_text("The back end is well again.")


def _loved(index: Page) -> None:
    """Save and vote, and keep the gallery and the ranking that come of it."""
    discord = open_channel(index, "#daily")
    page = discord.page
    # A page of the gallery fits.
    page.set_viewport_size({"width": _DESKTOP, "height": 900})
    for (command, breed), voters in _LOVED.items():
        discord.ask(command, "breed", breed)
        discord.press("❤️")
        discord.expect_count("❤️", 1)
        for count, member in enumerate(voters, start=1):
            index.locator("form[action='/react'] select").select_option(member)
            index.locator("form[action='/react'] button[value='👍']").click()
            discord.expect_count("👍", count)
    discord.type_command("favourites list")
    _newest(discord, "6 pictures")
    page.locator("button", has_text=re.compile(r"^\d+ / \d+$")).last.scroll_into_view_if_needed()
    _keep(page, "favourites")
    discord.type_command("top pictures")
    _card(discord, "card-top", _DESKTOP, "Top pictures of all time")


def _take(browser: Browser, address: str) -> None:
    index = browser.new_page(viewport={"width": 900, "height": 940})
    index.goto(address)
    discord = _channel(index)
    _breeds(discord)
    _quiz(discord)
    _words(discord)
    _trouble(index, discord)
    discord.page.close()
    _loved(index)


def main() -> int:
    """Write the pictures to docs/, each anew."""
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
        _take(browser, address)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
