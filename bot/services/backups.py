"""Backups: one private file with the database, the secret behind the pseudonyms, and a word on both."""

from __future__ import annotations

import io
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bot.errors import BackupUnusable, StoreDamaged
from bot.files import PRIVATE, draft_of, replace_with
from bot.identity import fingerprints, secrets_from_text, secrets_to_text
from bot.store.copies import Contents, copy_database, look_through

FOLDER = "backups"
_FORMAT = 1
_MANIFEST, _DATABASE, _SECRET = "manifest.json", "pawprint.sqlite3", "sub-id.secret"
_NAMED = re.compile(r"pawprint-\d{8}-\d{6}\.tar\.gz")
_SMALL = 1 << 20


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup says of itself.

    `contents` is None without a database (PostgreSQL). `secrets` marks the numbered secrets that its pseudonyms were
    made with; they are in the backup only where they were kept in a file.
    """

    format: int
    version: str
    made_at: datetime
    contents: Contents | None
    secrets: dict[int, str]


class Unpacked(Struct, frozen=True):
    """A backup that was unpacked and checked: its database (None without one) and its secrets, none if not inside."""

    manifest: Manifest
    database: Path | None
    secrets: dict[int, bytes]


def backup_name(now: datetime) -> str:
    """Return the name that a backup has unless it is given another; by name they are sorted by time."""
    return f"pawprint-{now:%Y%m%d-%H%M%S}.tar.gz"


def write_backup(
    target: Path,
    *,
    database: Path | None,
    kept: Mapping[int, bytes],
    used: Mapping[int, bytes],
    version: str,
    now: datetime,
) -> Manifest:
    """Write a backup in the place of `target`, whole or not at all; the bot may go on running.

    `kept` are the secrets that go into it (those of a file), `used` those that the pseudonyms are made with. The copy
    is checked before it is trusted. Raises StoreDamaged and OSError.
    """
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        copy, contents = Path(folder) / _DATABASE, None
        if database is not None:
            copy.touch(PRIVATE)
            copy_database(database, copy)
            contents = look_through(copy)
        manifest = Manifest(format=_FORMAT, version=version, made_at=now, contents=contents, secrets=fingerprints(used))
        with draft_of(target) as (draft, file):
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                _add(archive, _MANIFEST, msgspec.json.encode(manifest), now)
                if kept:
                    _add(archive, _SECRET, secrets_to_text(kept).encode() + b"\n", now)
                if contents is not None:
                    with copy.open("rb") as content:
                        archive.addfile(_about(_DATABASE, copy.stat().st_size, now), content)
            replace_with(target, draft, file)
    return manifest


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups of a folder, and return those; files of other names stay."""
    there = sorted((path for path in folder.iterdir() if _NAMED.fullmatch(path.name)), reverse=True)
    for path in there[keep:]:
        path.unlink()
    return there[keep:]


@contextmanager
def unpacked(archive: Path, folder: Path) -> Iterator[Unpacked]:
    """Unpack a backup below `folder` and check it; it is gone at the end of the block. Raises BackupUnusable."""
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder) as room:
        yield _unpack(archive, Path(room))


def _unpack(archive: Path, room: Path) -> Unpacked:
    try:
        with tarfile.open(archive, "r:gz") as opened:
            manifest = _manifest(archive, _read(opened, _MANIFEST))
            secret = _read(opened, _SECRET)
            database = room / _DATABASE if manifest.contents is not None else None
            if database is not None:
                _write(opened, _DATABASE, database)
        secrets = {} if secret is None else secrets_from_text(secret.decode("ascii"))
    except FileNotFoundError as error:
        raise BackupUnusable(f"There is no {archive}.") from error
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise BackupUnusable(f"{archive} is no backup that can be read ({error}): use another one.") from error
    if database is not None:
        try:
            look_through(database)
        except StoreDamaged as error:
            raise BackupUnusable(f"The database in {archive} is damaged ({error.reason}): use another one.") from error
    return Unpacked(manifest, database, secrets)


def _manifest(archive: Path, raw: bytes | None) -> Manifest:
    if raw is None:
        raise BackupUnusable(f"{archive} is no backup of Pawprint.")
    manifest = msgspec.json.decode(raw, type=Manifest)
    if manifest.format > _FORMAT:
        raise BackupUnusable(f"{archive} was made by a newer version of Pawprint ({manifest.version}): use that one.")
    return manifest


def _about(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = size, PRIVATE, int(now.timestamp())
    return about


def _add(archive: tarfile.TarFile, name: str, content: bytes, now: datetime) -> None:
    archive.addfile(_about(name, len(content), now), io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes | None:
    """Return a small file of an archive, None when it is not there; nothing is ever unpacked by its own name."""
    found = archive.extractfile(name) if name in archive.getnames() else None
    return None if found is None else found.read(_SMALL)


def _write(archive: tarfile.TarFile, name: str, target: Path) -> None:
    found = archive.extractfile(name) if name in archive.getnames() else None
    if found is None:
        raise BackupUnusable(f"{archive.name!s} lacks its database: use another backup.")
    target.touch(PRIVATE)
    with target.open("wb") as file:
        shutil.copyfileobj(found, file)
