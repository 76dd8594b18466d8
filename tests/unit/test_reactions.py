"""Which emoji mean something, however a client sends them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import Action
from bot.reactions import meaning

TONES = ["", *(chr(code) for code in range(0x1F3FB, 0x1F400))]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("selector", ["", "\ufe0f"])
@pytest.mark.parametrize(("emoji", "action"), [("👍", Action.UP), ("👎", Action.DOWN)])
def test_thumbs_of_every_skin_with_or_without_selector(emoji: str, action: Action, tone: str, selector: str) -> None:
    assert meaning(emoji + tone + selector) is action


@pytest.mark.parametrize("heart", ["❤", "❤️"])
def test_a_red_heart_saves(heart: str) -> None:
    assert meaning(heart) is Action.SAVE


@pytest.mark.parametrize("emoji", ["❤️‍🔥", "💛", "👍👍", "", "\ufe0f", "🏽", "🎉", "+1", ":thumbsup:"])
def test_other_emoji_mean_nothing(emoji: str) -> None:
    assert meaning(emoji) is None


@given(st.text(max_size=8))
def test_no_text_breaks_it(text: str) -> None:
    assert meaning(text) in (None, Action.UP, Action.DOWN, Action.SAVE)
