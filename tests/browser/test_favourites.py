"""`/favourites` on the page of the simulated Discord: hearts become a gallery with pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.discord import Discord, open_channel

LOADED = "image => image.complete && image.naturalWidth > 100"
BREEDS = ("Siamese", "Korat", "Manx", "Bengal", "Birman", "Sphynx")


def save_six(discord: Discord) -> None:
    """Ask for six cats and press the heart of each."""
    for breed in BREEDS:
        discord.ask("cat", "breed", breed)
        discord.press("❤️")
        discord.expect_count("❤️", 1)


def test_hearts_become_a_gallery_that_turns_at_every_width(index: Page) -> None:
    discord = open_channel(index, "#pets")
    save_six(discord)
    discord.type_command("favourites list")
    page = discord.page
    heading = page.get_by_text("Your favourites").last
    expect(heading).to_be_visible()
    expect(page.get_by_text("6 pictures").last).to_be_visible()
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        newest = page.get_by_alt_text("A cat of the breed Sphynx.").last
        expect(newest).to_be_visible()
        page.wait_for_function(LOADED, arg=newest.element_handle())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    page.set_viewport_size({"width": 1200, "height": 900})
    page.get_by_role("button", name=re.compile("▶️")).last.click()
    expect(page.get_by_role("button", name="2 / 2").last).to_be_visible()
    expect(page.get_by_alt_text("A cat of the breed Siamese.").last).to_be_visible()
    # Nobody else sees any of it.
    discord.view_as("Noah")
    expect(page.get_by_text("Your favourites")).to_have_count(0)
