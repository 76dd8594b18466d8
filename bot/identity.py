"""Who a person is to a back end: a pseudonym that only this bot can read back. No Discord id leaves the machine."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from bot.errors import DataFolderError
from bot.files import draft_of, flush, flush_folder, replace_with

SECRET_FILE = "sub-id.secret"  # noqa: S105
MINIMUM_SECRET = 16
SUB_ID_LENGTH = 52

# Fixed for ever: a change would give every person a new sub_id.
_PURPOSE = b"pawprint sub_id 1"
_MARK = b"pawprint fingerprint 1"


class Person(Struct, frozen=True, order=True):
    """A Discord user in a space: the guild's id, or 0 for a personal collection."""

    space: int
    user: int


class SubIds:
    """Makes and reads sub_ids: base32 (lower case, no padding) of AES-SIV over space and user, 52 characters.

    The secrets are numbered, so that a new one can be added: people keep the number they were made with (the store
    knows it), new people get the highest. The same secret gives the same sub_ids on every machine.
    """

    def __init__(self, secret: bytes | Mapping[int, bytes]) -> None:
        numbered = {1: secret} if isinstance(secret, bytes) else dict(secret)
        if not numbered:
            raise ValueError("no secret at all")
        if any(len(value) < MINIMUM_SECRET for value in numbered.values()):
            raise ValueError(f"a secret is shorter than {MINIMUM_SECRET} characters")
        self._ciphers = {number: AESSIV(_key(value)) for number, value in sorted(numbered.items(), reverse=True)}

    @property
    def current(self) -> int:
        """The number of the secret that new people get."""
        return max(self._ciphers)

    def sub_id(self, person: Person, key_number: int | None = None) -> str:
        """Return a person's sub_id. Raises KeyError when the secret of that number is no longer among the secrets."""
        cipher = self._ciphers[self.current if key_number is None else key_number]
        plain = person.space.to_bytes(8, "big") + person.user.to_bytes(8, "big")
        return base64.b32encode(cipher.encrypt(plain, [_PURPOSE])).decode().rstrip("=").lower()

    def read(self, sub_id: str) -> Person | None:
        """Return whose sub_id it is, None for one that this bot did not make: the cipher authenticates."""
        found = self.recognise(sub_id)
        return None if found is None else found[1]

    def recognise(self, sub_id: str) -> tuple[int, Person] | None:
        """Return the number of the secret that a sub_id was made with, and whose it is; None for a foreign one."""
        if len(sub_id) != SUB_ID_LENGTH or sub_id != sub_id.lower():
            return None
        try:
            sealed = base64.b32decode(sub_id.upper() + "=" * (-SUB_ID_LENGTH % 8))
        except (binascii.Error, ValueError):
            return None
        if base64.b32encode(sealed).decode().rstrip("=").lower() != sub_id:
            return None
        for number, cipher in self._ciphers.items():
            with contextlib.suppress(InvalidTag):
                plain = cipher.decrypt(sealed, [_PURPOSE])
                return number, Person(int.from_bytes(plain[:8], "big"), int.from_bytes(plain[8:], "big"))
        return None


def secrets_from_text(text: str) -> dict[int, bytes]:
    """Read SUB_ID_SECRET: one secret (number 1), or several as `1:first,2:second`.

    Raises ValueError, whose text never holds the secret, when a number or a secret cannot be used.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1 and ":" not in parts[0]:
        numbered = {1: parts[0].encode()}
    else:
        numbered = {}
        for part in parts:
            number, colon, value = part.partition(":")
            if not colon or not number.strip().isdecimal() or int(number) in numbered:
                raise ValueError("several secrets are written 1:first,2:second, each with a number of its own")
            numbered[int(number)] = value.strip().encode()
    if any(len(value) < MINIMUM_SECRET for value in numbered.values()):
        raise ValueError(f"a secret is shorter than {MINIMUM_SECRET} characters")
    return numbered


def secrets_to_text(numbered: Mapping[int, bytes]) -> str:
    """Return secrets as `secrets_from_text` reads them."""
    if list(numbered) == [1]:
        return numbered[1].decode()
    return ",".join(f"{number}:{value.decode()}" for number, value in sorted(numbered.items()))


def load_secrets(folder: Path) -> dict[int, bytes]:
    """Return the secrets kept in the data folder, none when there is no file.

    Raises DataFolderError when it cannot be read, or is none of ours.
    """
    path = folder / SECRET_FILE
    try:
        if not path.exists():
            return {}
        return secrets_from_text(path.read_text("ascii"))
    except OSError as error:
        raise DataFolderError(f"{path} cannot be read ({error}): give the data folder to the bot.") from error
    except ValueError as error:  # also what is not ASCII
        raise DataFolderError(
            f"{path} is damaged: put the file of a backup in its place, or remove it, whereupon people look new to the "
            "back ends."
        ) from error


def load_or_make_secrets(folder: Path) -> dict[int, bytes]:
    """Return the secrets kept in the data folder; the first is made on the first start, for the owner's eyes alone.

    The file's text may be copied to SUB_ID_SECRET on another machine and gives the same sub_ids there. Raises
    DataFolderError when it cannot be read or made, or is none of ours.
    """
    found = load_secrets(folder)
    if found:
        return found
    path = folder / SECRET_FILE
    try:
        _write_once(path, new_secret())
    except OSError as error:
        raise DataFolderError(f"{path} cannot be made ({error}): give the data folder to the bot.") from error
    return load_secrets(folder)


def save_secrets(folder: Path, numbered: Mapping[int, bytes]) -> None:
    """Keep secrets in the data folder, in the place of those that are there. Raises DataFolderError."""
    path = folder / SECRET_FILE
    try:
        with draft_of(path) as (draft, file):
            file.write(secrets_to_text(numbered).encode() + b"\n")
            replace_with(path, draft, file)
    except OSError as error:
        raise DataFolderError(f"{path} cannot be written ({error}): give the data folder to the bot.") from error


def new_secret() -> str:
    """Return a secret that nobody has had before."""
    return secrets.token_hex(32)


def fingerprints(numbered: Mapping[int, bytes]) -> dict[int, str]:
    """Return a short mark of each secret: it tells whether two are the same, and gives neither away."""
    marks = {
        number: HKDF(algorithm=SHA512(), length=8, salt=None, info=_MARK).derive(value)
        for number, value in numbered.items()
    }
    return {number: mark.hex() for number, mark in marks.items()}


def _write_once(path: Path, text: str) -> None:
    """Write a private file so that it is there whole or not at all, never over one that exists."""
    with draft_of(path) as (draft, file):
        file.write(text.encode() + b"\n")
        flush(file)
        try:
            # A link, unlike a rename, does not replace the secret of somebody who was faster.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        except OSError:
            draft.replace(path)  # a file system without links
    flush_folder(path.parent)


def _key(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA512(), length=64, salt=None, info=_PURPOSE).derive(secret)
