"""The settings panel on the page: opened, pressed through and read, on a desk and on a phone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.discord import Discord, open_channel
from tests.browser.test_tops import look_at

PAGES = ("Voting", "Waiting", "Pictures", "Left out", "Roles", "Places")


def choose(discord: Discord, panel: Locator, now: str, option: str) -> None:
    """Choose an option of the list that shows another one now."""
    panel.get_by_role("combobox").filter(has_text=now).click()
    discord.page.get_by_role("option").filter(has_text=option).filter(visible=True).click()


def test_an_admin_goes_through_the_panel_and_what_is_set_holds(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.view_as("Ada")
    discord.type_command("settings panel")
    panel = discord.page.locator(".channel-message").filter(has_text="🔧 Settings ·").last
    expect(panel).to_contain_text("Settings · Places")
    look_at(discord, panel, "settings-places")
    for page in PAGES:
        panel.get_by_role("button", name=page, exact=True).click()
        expect(panel).to_contain_text(f"Settings · {page}")
        look_at(discord, panel, f"settings-{page.lower()}")
    panel.get_by_role("button", name="Pictures").click()
    choose(discord, panel, "Another picture in place", "Nothing: there is no 🔁")
    expect(panel.get_by_role("combobox").filter(has_text="Nothing: there is no 🔁")).to_be_visible()
    discord.view_as("Mia")
    discord.type_command("cat")
    expect(discord.button("ℹ️")).to_be_visible()
    expect(discord.page.get_by_role("button", name="🔁")).to_have_count(0)
