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

SECRET_FILE = "sub-id.secret"  # noqa: S105
MINIMUM_SECRET = 16
SUB_ID_LENGTH = 52

# Fixed for ever: a change would give every person a new sub_id.
_PURPOSE = b"pawprint sub_id 1"


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
        if len(sub_id) != SUB_ID_LENGTH or sub_id != sub_id.lower():
            return None
        try:
            sealed = base64.b32decode(sub_id.upper() + "=" * (-SUB_ID_LENGTH % 8))
        except (binascii.Error, ValueError):
            return None
        if base64.b32encode(sealed).decode().rstrip("=").lower() != sub_id:
            return None
        for cipher in self._ciphers.values():
            with contextlib.suppress(InvalidTag):
                plain = cipher.decrypt(sealed, [_PURPOSE])
                return Person(int.from_bytes(plain[:8], "big"), int.from_bytes(plain[8:], "big"))
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


def load_or_make_secret(folder: Path) -> bytes:
    """Return the secret kept in the data folder, made on the first start and readable by the owner alone.

    Its text may be copied to SUB_ID_SECRET on another machine and gives the same sub_ids there. Raises
    DataFolderError when it cannot be read, made, or is too short to be one of ours.
    """
    path = folder / SECRET_FILE
    try:
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
        secret = path.read_text("ascii").strip().encode()
    except (OSError, UnicodeDecodeError) as error:
        raise DataFolderError(f"{path} cannot be read or made ({error}): give the data folder to the bot.") from error
    if len(secret) < MINIMUM_SECRET:
        raise DataFolderError(
            f"{path} is damaged: put the file of a backup in its place, or remove it, whereupon people look new to the "
            "back ends."
        )
    return secret


def _write_once(path: Path, text: str) -> None:
    """Write a private file so that it is there whole or not at all, never over one that exists."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, unlike a rename, does not replace the secret of somebody who was faster.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        except OSError:
            draft.replace(path)  # a file system without links
    finally:
        draft.unlink(missing_ok=True)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _key(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA512(), length=64, salt=None, info=_PURPOSE).derive(secret)
