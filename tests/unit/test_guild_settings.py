"""What a server can set: values that hold, what they make of cards and reactions, and the file to take along."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import Action
from bot.models import BreedName, Category, Picture, Source, Species
from bot.reactions import Emojis, Reaction, is_emoji, meaning
from bot.refused import BadSettingsFile
from bot.services.guild_settings import DEFAULTS, FIELDS, Again, Delivery, GuildSettings, Voting, differing, read
from bot.services.settings_file import LARGEST, parse, write

OWN = "<:paw:123456789012345678>"
ids = st.lists(st.integers(1, 2**63 - 1), max_size=25)
named = st.lists(st.from_regex(r"(cat|dog):[A-Za-z0-9_.-]{1,10}", fullmatch=True), max_size=25)
emojis = st.permutations(["👍", "👎", "❤️", "🐾", OWN, "<a:dance:987654321098765432>"]).map(
    lambda all_: Emojis(*all_[:3])
)
settings = st.builds(
    GuildSettings,
    channels=ids.map(tuple),
    log_channel=st.none() | st.integers(1, 2**63 - 1),
    voting=st.sampled_from(Voting),
    seed_reactions=st.none() | st.booleans(),
    own_votes=st.booleans(),
    emojis=emojis,
    person_cooldown=st.integers(0, 86_400),
    channel_cooldown=st.integers(0, 86_400),
    exempt_roles=ids.map(tuple),
    roles=st.dictionaries(st.from_regex(r"[a-z-]{1,12}", fullmatch=True), ids.map(tuple), max_size=4),
    language=st.none() | st.sampled_from(["en", "pt-BR"]),
    delivery=st.sampled_from(Delivery),
    again=st.sampled_from(Again),
    excluded_breeds=named.map(tuple),
    excluded_categories=named.map(tuple),
)


def picture(breed: str = "", category: str = "") -> Picture:
    """Return a picture of a cat."""
    return Picture(
        source=Source.CATAPI,
        id="1",
        url="https://example.org/1.jpg",
        species=Species.CAT,
        breeds=(BreedName(breed, breed),) if breed else (),
        categories=(Category(category, category),) if category else (),
    )


@given(settings)
def test_a_file_brings_back_what_was_written(given: GuildSettings) -> None:
    content = write(given)
    assert parse(content) == given
    assert len(content) <= LARGEST
    # No editor rounds an id: none is a number.
    assert not [value for value in _numbers(msgspec.json.decode(content)["settings"]) if value > 86_400]


@given(settings)
def test_the_store_brings_back_what_it_was_given(given: GuildSettings) -> None:
    assert read(msgspec.json.decode(msgspec.json.encode(given))) == (given, {})


def test_as_they_come_all_settings_are_left_out_of_file_and_store() -> None:
    assert msgspec.to_builtins(GuildSettings()) == {}
    assert parse(write(GuildSettings())) == DEFAULTS


def _numbers(value: Any) -> list[int]:
    match value:
        case dict():
            return [number for item in value.values() for number in _numbers(item)]
        case list():
            return [number for item in value for number in _numbers(item)]
        case bool():
            return []
        case int():
            return [value]
    return []


@pytest.mark.parametrize(
    ("content", "wrong", "unknown"),
    [
        (b"not JSON", (), ()),
        (b"\xff\xfe", (), ()),
        (b"[1, 2]", (), ()),
        (b'{"settings": {}}', (), ()),
        (b'{"pawprint_settings": 2, "settings": {}}', (), ()),
        (b'{"pawprint_settings": 1, "settings": []}', (), ()),
        (b" " * (LARGEST + 1), (), ()),
        (b'{"pawprint_settings": 1, "settings": {"voting": "maybe", "colour": 1}}', ("voting",), ("colour",)),
        (b'{"pawprint_settings": 1, "settings": {"person_cooldown": 86401}}', ("person_cooldown",), ()),
        (
            b'{"pawprint_settings": 1, "settings": {"channels": ["pets"], "roles": {"/cat": []}}}',
            ("channels", "roles"),
            (),
        ),
        (b'{"pawprint_settings": 1, "settings": {"emojis": {"up": "x"}}}', ("emojis",), ()),
        (b'{"pawprint_settings": 1, "settings": {"excluded_breeds": ["abys"]}}', ("excluded_breeds",), ()),
    ],
)
def test_a_file_that_cannot_be_taken_over_names_each_fault(content: bytes, wrong: Any, unknown: Any) -> None:
    with pytest.raises(BadSettingsFile) as raised:
        parse(content)
    assert (raised.value.wrong, raised.value.unknown) == (wrong, unknown)


def test_what_cannot_be_read_is_as_it_comes_and_the_rest_holds() -> None:
    assert read({"voting": "by post", "again": "off"}) == (GuildSettings(again=Again.OFF), {"voting": "by post"})


def test_lists_are_in_order_and_hold_each_thing_once() -> None:
    one, other = GuildSettings(channels=(3, 1, 3), roles={"dog": (2, 1), "cat": ()}), GuildSettings(channels=(1, 3))
    assert one.channels == other.channels == (1, 3)
    assert list(one.roles.items()) == [("cat", ()), ("dog", (1, 2))]
    assert differing(one, other) == ["roles"]


@pytest.mark.parametrize(
    ("voting", "buttons", "reactions"),
    [
        (Voting.BOTH, True, True),
        (Voting.BUTTONS, True, False),
        (Voting.REACTIONS, False, True),
        (Voting.OFF, False, False),
    ],
)
def test_each_way_to_vote_has_its_doors(voting: Voting, buttons: bool, reactions: bool) -> None:
    chosen = GuildSettings(voting=voting)
    assert (chosen.vote_buttons, chosen.vote_reactions) == (buttons, reactions)


@pytest.mark.parametrize(
    ("voting", "wanted", "usual", "seeds"),
    [
        (Voting.BOTH, None, False, False),
        (Voting.BOTH, None, True, True),
        (Voting.BOTH, True, False, True),
        (Voting.BOTH, False, True, False),
        (Voting.REACTIONS, None, False, True),
        (Voting.REACTIONS, False, True, False),
        (Voting.BUTTONS, True, True, False),
        (Voting.OFF, None, True, False),
    ],
)
def test_reactions_are_left_to_press_where_they_count_and_are_wanted(
    voting: Voting, wanted: bool | None, usual: bool, seeds: bool
) -> None:
    assert GuildSettings(voting=voting, seed_reactions=wanted).seeds(usual) is seeds


def test_a_picture_is_shown_unless_something_on_it_is_excluded() -> None:
    chosen = GuildSettings(excluded_breeds=("cat:abys", "dog:1"), excluded_categories=("cat:5",))
    assert chosen.shows(picture())
    assert chosen.shows(picture(breed="1", category="1"))
    assert not chosen.shows(picture(breed="abys"))
    assert not chosen.shows(picture(category="5"))


def test_a_chosen_emoji_is_remembered_with_what_it_stands_for() -> None:
    chosen = Emojis(up="🐾", down=OWN)
    up, down = chosen.remembered("🐾"), chosen.remembered("paw", 123456789012345678)
    assert (up, down) == ("👍=🐾", "👎=123456789012345678")
    assert up is not None
    assert down is not None
    assert (meaning(up), meaning(down)) == (Action.UP, Action.DOWN)
    assert Reaction(up).meaning is Action.UP
    assert (chosen.sent(up), chosen.sent(down)) == ("🐾", "paw:123456789012345678")
    # A rename of the emoji changes nothing; what stood for a vote before is just an emoji now.
    assert chosen.remembered("renamed", 123456789012345678) == down
    assert chosen.remembered("👍") is None
    assert chosen.remembered("paw", 1) is None


def test_the_usual_emojis_are_remembered_as_ever_in_every_shade() -> None:
    for spelled in ("👍", "👍🏽", "👎🏿", "❤", "❤️"):
        assert Emojis().remembered(spelled) == spelled
        assert Emojis().sent(spelled) == spelled


def test_two_that_change_places_mean_what_the_server_says() -> None:
    swapped = Emojis(up="❤️", save="👍")
    remembered = swapped.remembered("❤")
    assert remembered is not None
    assert meaning(remembered) is Action.UP


@pytest.mark.parametrize("text", ["🐾", "⭐", "‼️", "1️⃣", "🇩🇪", "👨‍👩‍👧", "▶️", OWN, "<a:dance:987654321098765432>"])
def test_an_emoji_is_one(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "x", ":paw:", "🐾 🐾", "🐾a", "<:paw:1>", "🐾" * 25, "12"])
def test_a_text_is_no_emoji(text: str) -> None:
    assert not is_emoji(text)
    with pytest.raises(ValueError, match="no emoji"):
        Emojis(up=text)


def test_the_same_emoji_stands_for_one_thing_only() -> None:
    with pytest.raises(ValueError, match="twice"):
        Emojis(up="❤")


def test_every_setting_is_explained() -> None:
    from typing import get_type_hints

    hints = get_type_hints(GuildSettings, include_extras=True)
    for name in FIELDS:
        assert [meta.description for meta in hints[name].__metadata__ if meta.description], name
