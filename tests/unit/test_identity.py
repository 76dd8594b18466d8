"""The pseudonyms that back ends see: the same for the same person, readable by this bot alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataFolderError
from bot.identity import SECRET_FILE, Person, SubIds, load_or_make_secrets, secrets_from_text

SECRET = b"a secret of some length"
ids = st.integers(min_value=0, max_value=2**63 - 1)
people = st.builds(Person, ids, ids)


@given(people)
def test_it_is_read_back(person: Person) -> None:
    sub_id = SubIds(SECRET).sub_id(person)
    assert len(sub_id) == 52
    assert sub_id.isascii()
    assert sub_id.isalnum()
    assert sub_id == sub_id.lower()
    assert SubIds(SECRET).read(sub_id) == person


@given(people, people)
def test_two_people_never_share_one(one: Person, other: Person) -> None:
    sub_ids = SubIds(SECRET)
    assert (sub_ids.sub_id(one) == sub_ids.sub_id(other)) is (one == other)


@given(people)
def test_no_discord_id_shows(person: Person) -> None:
    sub_id = SubIds(SECRET).sub_id(person)
    for number in (person.space, person.user):
        if number > 10**6:
            assert str(number) not in sub_id
            assert f"{number:x}" not in sub_id


@given(st.one_of(st.text(), st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=52, max_size=52)))
def test_a_foreign_sub_id_reads_as_nobody(text: str) -> None:
    assert SubIds(SECRET).read(text) is None


@given(people, st.integers(0, 51), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567A1="))
def test_a_changed_letter_reads_as_nobody(person: Person, position: int, letter: str) -> None:
    sub_ids = SubIds(SECRET)
    sub_id = sub_ids.sub_id(person)
    changed = sub_id[:position] + letter + sub_id[position + 1 :]
    assert sub_ids.read(changed) == (person if changed == sub_id else None)


def test_it_is_the_same_on_every_machine_and_for_ever() -> None:
    assert SubIds(SECRET).sub_id(Person(81384788765712384, 53905483156684800)) == (
        "gtyv2eccy4lsfuoe4pb5ty7gmfwvyh3ur5zjce55uqt7nao4lcca"
    )


def test_another_bots_sub_id_reads_as_nobody() -> None:
    assert SubIds(SECRET).read(SubIds(b"the secret of another bot").sub_id(Person(1, 2))) is None


def test_people_keep_their_key_number_when_a_secret_is_added() -> None:
    person = Person(1, 2)
    before = SubIds(SECRET)
    after = SubIds({1: SECRET, 2: b"a newer secret, as long"})
    assert (before.current, after.current) == (1, 2)
    assert after.sub_id(person, 1) == before.sub_id(person)
    assert after.sub_id(person) != before.sub_id(person)
    assert after.read(before.sub_id(person)) == person
    assert after.read(after.sub_id(person)) == person
    with pytest.raises(KeyError):
        before.sub_id(person, 2)


def test_secrets_are_read_from_text() -> None:
    assert secrets_from_text(" one secret long enough ") == {1: b"one secret long enough"}
    assert secrets_from_text("1:the first of them, 3: the third of them") == {
        1: b"the first of them",
        3: b"the third of them",
    }


@pytest.mark.parametrize(
    "text", ["", "short", "1:the first of them,1:the same number", "1:the first of them,x", ":no number at all here"]
)
def test_a_bad_secret_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        secrets_from_text(text)
    assert "first of them" not in str(caught.value)
    with pytest.raises(ValueError):
        SubIds(b"short")
    with pytest.raises(ValueError):
        SubIds({})


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    secret = load_or_make_secrets(tmp_path)
    assert load_or_make_secrets(tmp_path) == secret
    assert load_or_make_secrets(tmp_path) == secrets_from_text((tmp_path / SECRET_FILE).read_text())
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600


def test_a_secret_is_made_where_files_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    secret = load_or_make_secrets(tmp_path)
    assert load_or_make_secrets(tmp_path) == secret
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]


def test_a_damaged_secret_is_never_replaced_silently(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_text("cut")
    with pytest.raises(DataFolderError, match="damaged"):
        load_or_make_secrets(tmp_path)
    assert (tmp_path / SECRET_FILE).read_text() == "cut"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError):
        load_or_make_secrets(tmp_path / "missing")
