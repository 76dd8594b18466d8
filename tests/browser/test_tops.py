"""Rankings and one's own votes on the page: typed and read, on a desk and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.discord import Discord, open_channel

LOADED = "image => image.complete && image.naturalWidth > 10"
LIKED = (("cat", "Siamese"), ("dog", "Beagle"), ("cat", "Manx"))


def answer(discord: Discord, title: str) -> Locator:
    """Return the newest message with a title, once its pictures are there."""
    message = discord.page.locator(".channel-message").filter(has_text=title).last
    expect(message).to_be_visible()
    for image in message.locator("img[alt^='A cat'], img[alt^='A dog']").all():
        discord.page.wait_for_function(LOADED, arg=image.element_handle())
    return message


def look_at(discord: Discord, message: Locator, name: str) -> None:
    """See that nothing sticks out; PAWPRINT_SCREENSHOTS names a folder for pictures of it, on a desk and on a phone."""
    folder = os.environ.get("PAWPRINT_SCREENSHOTS")
    sidebar = discord.page.get_by_role("button", name="Messages", exact=True)
    for width in (390, 1200):
        discord.page.set_viewport_size({"width": width, "height": 900})
        if width == 390 and sidebar.get_attribute("aria-expanded") == "true":
            sidebar.click()
        expect(discord.page.get_by_text("Updating viewport…")).to_have_count(0)
        message.scroll_into_view_if_needed()
        for tile in message.locator("img[alt^='A cat'], img[alt^='A dog']").all():
            box = tile.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width
        if folder:
            message.screenshot(path=Path(folder) / f"{name}-{width}.png")


def test_rankings_and_own_votes_are_there_with_links_to_the_messages(index: Page) -> None:
    discord = open_channel(index, "#pets")
    for species, breed in LIKED:
        discord.ask(species, "breed", breed)
        # A picture that is still on its way moves the buttons when it comes.
        picture = discord.page.get_by_alt_text(f"A {species} of the breed {breed}.").last
        expect(picture).to_be_visible()
        discord.page.wait_for_function(LOADED, arg=picture.element_handle())
        discord.press("👍")
        discord.expect_count("👍", 1)

    discord.type_command("top pictures", "period", "the last 7")
    ranking = answer(discord, "Top pictures of the last 7 days")
    expect(ranking).to_contain_text("1. 🇮🇲 Manx")
    expect(ranking).to_contain_text("3. 🇹🇭 Siamese")
    expect(ranking.get_by_role("link", name="Go to the message")).to_have_count(3)
    look_at(discord, ranking, "top-pictures")

    discord.type_command("top breeds")
    breeds = answer(discord, "Top breeds of all time")
    expect(breeds).to_contain_text("👍 1 · 👎 0 · 1 picture")
    look_at(discord, breeds, "top-breeds")

    discord.type_command("votes mine")
    votes = answer(discord, "Your votes in this server")
    expect(votes).to_contain_text("You voted 👍")
    look_at(discord, votes, "votes-mine")
