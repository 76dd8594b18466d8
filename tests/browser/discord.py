"""What a person does on the simulated Discord's page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Request, TimeoutError, expect

_TRIES = 5
_TAKEN_WITHIN = 2000.0


@dataclass
class Discord:
    """The simulated Discord's page, showing a channel."""

    page: Page

    def view_as(self, member: str) -> None:
        """Become another member."""
        viewers = self.page.get_by_label("Viewing as")
        if viewers.locator("option:checked").inner_text() == member:
            return
        with self.page.expect_response("**/api/action"):
            viewers.select_option(label=member)
        expect(viewers.locator("option:checked")).to_have_text(member)
        expect(self.composer).to_have_attribute("data-control-key", re.compile("composer:"))
        expect(self.composer).to_be_editable()

    @property
    def composer(self) -> Locator:
        """Where messages and commands are typed."""
        return self.page.locator("#channel-composer-input")

    @property
    def cards(self) -> Locator:
        """The pictures on the page."""
        return self.page.locator("img[alt^='A cat'], img[alt^='A dog']")

    def ask(self, name: str, option: str = "", value: str = "", choose: str = "") -> None:
        """Type a command and wait for the card that it brings."""
        again = self.page.get_by_role("button", name="🔁")
        before = again.count()
        self.type_command(name, option, value, choose)
        expect(again).to_have_count(before + 1)

    def type_command(self, name: str, option: str = "", value: str = "", choose: str = "") -> None:
        """Type a slash command, with one option if there is one, and send it; `choose` is what is picked for it.

        An option that is required is given by its value alone: the page asks for it by itself.
        """
        keyboard = self.page.keyboard
        self.composer.click()
        self.composer.press_sequentially(f"/{name}", delay=10)
        self._choose(f"/{name}")
        if option:
            keyboard.type(option, delay=10)
            self._choose(option)
        if value:
            keyboard.type(value, delay=10)
            if option or choose:
                self._choose(choose or value)
        self._click(self.page.locator("#send-message"), "run_command")

    def type_needed(self, name: str, *values: str) -> None:
        """Type a slash command whose options are all required, and send it; each value is picked from suggestions."""
        self.composer.click()
        self.composer.press_sequentially(f"/{name}", delay=10)
        self._choose(f"/{name}")
        for value in values:
            expect(self.page.locator("input:focus")).to_have_value("")
            self.page.keyboard.type(value, delay=10)
            self._choose(value)
        self._click(self.page.locator("#send-message"), "run_command")

    def _choose(self, text: str) -> None:
        listed = self.page.get_by_role("option").filter(has_text=text).first
        expect(listed).to_be_visible()
        listed.click()

    def press(self, emoji: str) -> None:
        """Press the newest button with an emoji."""
        self._click(self.button(emoji), "click")

    def _click(self, control: Locator, kind: str) -> None:
        """Click until the page sends an action of a kind: while it is busy, it drops a click silently."""

        def sent(request: Request) -> bool:
            return request.url.endswith("/api/action") and f'"kind":"{kind}"' in (request.post_data or "")

        for _ in range(_TRIES):
            try:
                with self.page.expect_request(sent, timeout=_TAKEN_WITHIN):
                    control.click()
            except TimeoutError:
                continue
            return
        raise AssertionError(f"the page took no {kind}")

    def expect_count(self, emoji: str, count: int) -> None:
        """Expect the newest card to show a count beside an emoji; 0 shows nothing."""
        shown = rf"^{emoji}\s*{count or ''}$"
        expect(self.button(emoji)).to_have_text(re.compile(shown))

    def button(self, emoji: str) -> Locator:
        """Return the newest button with an emoji."""
        return self.page.get_by_role("button", name=emoji).last


def open_channel(index: Page, name: str) -> Discord:
    """Open a channel from the index page."""
    with index.expect_popup() as opened:
        index.get_by_role("button", name=name, exact=True).click()
    discord = Discord(opened.value)
    # The page reports its size first; what is done before that is dropped.
    expect(discord.page.get_by_text("Viewport updated")).to_be_visible()
    expect(discord.composer).to_be_visible()
    return discord
