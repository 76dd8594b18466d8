"""Breeds, facts and the quiz on the page of the simulated Discord."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.discord import open_channel
from tests.browser.test_sandbox import LOADED


def test_a_breed_is_told_with_its_picture_and_bars_at_every_width(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.type_command("breed info", value="Maine", choose="Maine Coon")
    page = discord.page
    picture = page.get_by_alt_text("A cat of the breed Maine Coon.").last
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        expect(picture).to_be_visible()
        page.wait_for_function(LOADED, arg=picture.element_handle())
        expect(page.get_by_text("▮▮▮▮▮").last).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_a_search_leads_to_the_card_of_a_breed(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.type_command("breed search", value="Norway")
    expect(discord.page.locator("strong").filter(has_text="Norwegian Forest Cat").last).to_be_visible()
    expect(discord.page.get_by_text("1 breed").last).to_be_visible()


def test_a_fact_names_its_source_and_leads_to_another(index: Page) -> None:
    discord = open_channel(index, "#daily")
    discord.type_command("fact", "species", "Cat")
    page = discord.page
    number = page.get_by_text(re.compile(r"cat-\d{3}")).last
    first = number.inner_text()
    expect(page.get_by_role("link").last).to_have_attribute("href", re.compile("^https://"))
    discord.press("💡")
    expect(number).not_to_have_text(first)


def test_a_quiz_takes_an_answer_and_tells_the_solution_in_time(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.type_command("quiz play")
    page = discord.page
    question = page.get_by_role("article").last
    expect(question.get_by_alt_text(re.compile("Which breed is it?"))).to_be_visible()
    question.get_by_role("button").filter(has_text=re.compile("^[A-Z]")).first.click()
    expect(page.get_by_text("Taken: ").last).to_be_visible()
    index.get_by_role("button", name="Skip an hour").click()
    expect(page.get_by_text("The solution: ").last).to_be_visible()
