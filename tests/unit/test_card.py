"""A card goes into a button's `custom_id` and comes back the same."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import Action, Card
from bot.models import Motion, PictureKey, Source, Species, Trouble, Units, Wanted
from bot.services.groups import LONGEST

SNOWFLAKES = st.integers(0, 2**64 - 1)
IDS = st.text("abcXYZ019_.-", min_size=1, max_size=36)
WANTED = st.builds(
    Wanted,
    species=st.sampled_from(Species) | st.none(),
    breed_id=st.none() | st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=4),
    category_id=st.none() | st.integers(1, 99).map(str),
    motion=st.none() | st.sampled_from(Motion),
)
# Only the service of dogs has groups; its ids are short.
GROUPED = st.builds(
    Wanted,
    species=st.just(Species.DOG),
    group=st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=LONGEST),
    motion=st.none() | st.sampled_from(Motion),
)
REST = SNOWFLAKES, st.none() | st.sampled_from(Trouble), st.none() | st.sampled_from(Units)
CARDS = st.builds(Card, st.builds(PictureKey, st.sampled_from(Source), IDS), WANTED, *REST) | st.builds(
    Card, st.builds(PictureKey, st.just(Source.DOGAPI), IDS.map(lambda name: name[:20])), GROUPED, *REST
)


@given(CARDS, st.sampled_from(Action))
def test_a_card_comes_back_from_its_buttons(card: Card, action: Action) -> None:
    custom_id = card.custom_id(action)
    assert Card.parse(custom_id) == (action, card)
    assert len(f"menu-{custom_id}") <= 100
    assert msgspec.structs.replace(card, trouble=None, units=None).portable


@given(st.text(max_size=120))
def test_any_other_text_is_no_card(text: str) -> None:
    assert Card.parse(text) is None


@given(CARDS, st.data())
def test_a_changed_custom_id_is_another_card_or_none(card: Card, data: st.DataObject) -> None:
    custom_id = card.custom_id(Action.UP)
    place = data.draw(st.integers(0, len(custom_id) - 1))
    changed = custom_id[:place] + data.draw(st.characters()) + custom_id[place + 1 :]
    parsed = Card.parse(changed)
    # Zeros before the requester's number say nothing.
    if parsed is not None and not changed.split(":")[8].startswith("0"):
        assert parsed[1].custom_id(parsed[0]) == changed


@pytest.mark.parametrize("picture_id", ["", "a/b", "a:b", "é", "x" * 41, "white space", "a\n"])
def test_a_foreign_id_that_no_button_can_carry_is_known(picture_id: str) -> None:
    assert not Card(PictureKey(Source.CATAPI, picture_id), Wanted(species=Species.CAT), 1).portable


def test_a_breed_that_no_button_can_carry_is_known() -> None:
    for breed in ("a:b", "x" * 80):
        wanted = Wanted(species=Species.CAT, breed_id=breed)
        assert not Card(PictureKey(Source.CATAPI, "abc"), wanted, 1).portable


def test_trailing_newlines_do_not_slip_through() -> None:
    card = Card(PictureKey(Source.CATAPI, "abc"), Wanted(species=Species.CAT), 1)
    assert Card.parse(card.custom_id(Action.UP) + "\n") is None
