"""The sandbox as a newcomer meets it: index page, simulated Discord, pictures, votes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import running_sandbox
from tests.browser.discord import Discord, open_channel

LOADED = "image => image.complete && image.naturalWidth > 100"


def test_cat_by_breed_shows_a_siamese_and_counts_a_vote(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.ask("cat", "breed", "Siamese")
    picture = discord.page.get_by_alt_text("A cat of the breed Siamese.").last
    expect(picture).to_be_visible()
    discord.page.wait_for_function(LOADED, arg=picture.element_handle())
    discord.press("👍")
    discord.expect_count("👍", 1)


def test_a_slip_of_the_pen_still_finds_the_breed(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.ask("dog", "breed", "Dalmatain", choose="Dalmatian")
    expect(discord.page.get_by_alt_text("A dog of the breed Dalmatian.").last).to_be_visible()


def test_a_reaction_from_elsewhere_appears_on_the_card_by_itself(index: Page) -> None:
    discord = open_channel(index, "#daily")
    discord.ask("dog")
    index.locator("form[action='/react'] select").select_option("Noah")
    index.locator("form[action='/react'] button[value='👍']").click()
    expect(index.get_by_role("status")).to_have_text("The reaction is there.")
    expect(discord.button("👍").filter(has_text="1")).to_be_visible()


def test_quick_clicks_go_through_while_counts_are_drawn_anew(index: Page) -> None:
    discord = open_channel(index, "#daily")
    discord.ask("cat")
    for wanted in (1, 0, 1, 0, 1):
        discord.press("👎")
        discord.expect_count("👎", wanted)


def test_the_picture_menu_opens_for_the_chosen_member_only(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.ask("cat")
    index.locator("form[action='/menu'] select").select_option("Mia")
    index.get_by_role("button", name="Apps › Picture…").click()
    question = discord.page.locator("main, body").get_by_text("What do you think of this picture?").last
    expect(question).to_be_visible()
    discord.view_as("Noah")
    expect(discord.page.get_by_text("What do you think of this picture?")).to_have_count(0)


def test_direct_messages_work(index: Page) -> None:
    discord = open_channel(index, "@Yuki")
    discord.ask("cat")
    discord.press("❤️")
    discord.expect_count("❤️", 1)


def test_who_may_not_use_commands_finds_none(index: Page) -> None:
    discord = open_channel(index, "#pets")
    discord.view_as("Ghost")
    discord.composer.press_sequentially("/cat")
    expect(discord.page.get_by_role("option").filter(has_text="/cat")).to_have_count(0)


def test_a_broken_back_end_is_told_in_a_sentence_and_mended(index: Page) -> None:
    index.get_by_role("button", name="Down", exact=True).click()
    expect(index.get_by_role("status")).to_have_text("The back end misbehaves now.")
    discord = open_channel(index, "#pets")
    discord.type_command("cat", "breed", "Manx")
    expect(discord.page.get_by_text("TheCatAPI did not answer, so I chose").last).to_be_visible()
    index.get_by_role("button", name="Mend it").click()
    expect(index.get_by_role("status")).to_have_text("The back end is well again.")


def test_time_can_be_skipped(index: Page) -> None:
    index.get_by_role("button", name="Skip a day").click()
    expect(index.get_by_role("status")).to_have_text("Time has passed.")


def test_the_page_takes_no_orders_from_other_pages(index: Page, sandbox: str) -> None:
    answer = index.request.post(f"{sandbox}skip", form={"time": "day", "token": "guessed"})
    assert answer.status == 403
    assert index.request.get(sandbox, headers={"Host": "pawprint.example"}).status == 403


def test_votes_survive_a_restart(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    with running_sandbox(tmp_path) as address:
        discord = _astronaut(context.new_page(), address, "Mia")
        discord.press("👍")
        discord.expect_count("👍", 1)
    with running_sandbox(tmp_path) as address:
        discord = _astronaut(context.new_page(), address, "Noah")
        discord.expect_count("👍", 1)
        discord.press("👍")
        discord.expect_count("👍", 2)
    context.close()


def _astronaut(page: Page, address: str, member: str) -> Discord:
    """Ask for the one cat in space that there is."""
    page.goto(address)
    discord = open_channel(page, "#pets")
    discord.view_as(member)
    discord.ask("cat", "category", "space")
    return discord
