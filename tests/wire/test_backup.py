"""`backup`, `restore FILE` and `rotate-secret`, as an operator has them: while the bot runs, and where they refuse."""

from __future__ import annotations

import os
import sqlite3
import stat
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.clock import SystemClock
from bot.identity import SECRET_FILE, Person, SubIds, load_secrets
from bot.models import Picture, PictureKey, Source, Species
from bot.services.votes import Door, Vote
from sandbox.backend.application import EmbeddedBackend
from tests.wire.operating import app_on, delivered, verb
from tests.wire.test_process import outcome

MIA, NOAH = Person(7, 11), Person(7, 12)
CAT = PictureKey(Source.CATAPI, "siam1")
DOG = PictureKey(Source.DOGAPI, "akita1")
NEWER = PictureKey(Source.CATAPI, "beng1")


@pytest.fixture
def environment(backend: EmbeddedBackend, tmp_path: Path) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": "not.asked.for",
        "DATA_DIR": str(tmp_path / "data"),
        "CAT_API_URL": backend.cat_url,
        "CAT_API_KEY": backend.cat_key,
        "DOG_API_URL": backend.dog_url,
        "DOG_API_KEY": backend.dog_key,
    }


async def give(app: App) -> None:
    """Give two votes and two favourites, and remember the pictures."""
    cats = [Picture(source=key.source, id=key.id, url="https://x/", species=Species.CAT) for key in (CAT, NEWER)]
    dogs = [Picture(source=DOG.source, id=DOG.id, url="https://x/", species=Species.DOG)]
    await app.posts.keep_pictures(cats + dogs)
    await app.votes.press(MIA, CAT, Vote.UP, Door.BUTTON)
    await app.votes.press(NOAH, DOG, Vote.DOWN, Door.BUTTON)
    await app.favourites.add(MIA, CAT)
    await app.favourites.add(MIA, DOG)


async def test_a_backup_of_the_running_bot_comes_back_whole(environment: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with app_on(environment) as app:
        await give(app)
        made = await outcome(environment, "backup")
        assert (made.code, made.said) == (0, [])
        await app.votes.press(NOAH, CAT, Vote.UP, Door.BUTTON)  # after the backup
        refused = await outcome(environment, "restore", "nothing.tar.gz")
        assert refused.code == 2
        assert refused.said[0].startswith("Another copy of Pawprint is using the data folder")
    [archive] = (data / "backups").iterdir()
    assert made.out == f"{archive} holds 2 votes and 2 favourites.\n"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    secret = (data / SECRET_FILE).read_text()

    # On a new machine there is nothing but the file.
    new = environment | {"DATA_DIR": str(tmp_path / "new")}
    restored = await outcome(new, "restore", str(archive))
    assert (restored.code, restored.said) == (0, [])
    assert restored.out.startswith("2 votes and 2 favourites of ")
    assert (tmp_path / "new" / SECRET_FILE).read_text() == secret
    assert stat.S_IMODE((tmp_path / "new" / "pawprint.sqlite3").stat().st_mode) == 0o600
    async with app_on(new) as app:
        assert (await app.votes.standing(7, CAT, MIA.user)).mine is Vote.UP
        assert (await app.votes.standing(7, CAT)).up == 1
        assert [one.key for one in (await app.favourites.page(MIA)).items] == [DOG, CAT]


async def test_the_services_are_brought_to_what_was_restored_and_nothing_is_doubled(
    environment: dict[str, str], backend: EmbeddedBackend, tmp_path: Path
) -> None:
    archive = tmp_path / "kept.tar.gz"
    async with app_on(environment, SystemClock()) as app:
        await give(app)
        await delivered(app)
        assert (await verb(environment, "backup", str(archive))).code == 0
        await app.votes.press(MIA, CAT, Vote.DOWN, Door.BUTTON)
        await app.favourites.remove(MIA, DOG)
        await delivered(app)
    assert [vote.value for vote in await backend.votes(Species.CAT)] == [-1]
    assert await backend.favourites(Species.DOG) == []

    restored = await verb(environment, "restore", str(archive), "--force")
    assert restored.code == 0, restored
    assert "The bot will compare 4 of them with the services." in restored.out
    clock = SystemClock()
    async with app_on(environment, clock) as app:
        clock.shift += timedelta(minutes=1)
        await delivered(app)
    assert [(vote.image_id, vote.value) for vote in await backend.votes(Species.CAT)] == [("siam1", 1)]
    assert [(vote.image_id, vote.value) for vote in await backend.votes(Species.DOG)] == [("akita1", -1)]
    for species, key in ((Species.CAT, CAT), (Species.DOG, DOG)):
        assert [one.image_id for one in await backend.favourites(species)] == [key.id]


async def _made(environment: dict[str, str], archive: Path) -> None:
    async with app_on(environment) as app:
        await give(app)
    assert (await verb(environment, "backup", str(archive))).code == 0


async def test_data_is_only_replaced_by_force_and_never_deleted(environment: dict[str, str], tmp_path: Path) -> None:
    archive, data = tmp_path / "kept.tar.gz", tmp_path / "data"
    await _made(environment, archive)
    async with app_on(environment) as app:
        await app.votes.press(NOAH, CAT, Vote.UP, Door.BUTTON)
    refused = await verb(environment, "restore", str(archive))
    assert refused.code == 2
    assert refused.said == [
        f"There is a database already, {data / 'pawprint.sqlite3'}: --force moves it aside and puts the backup in its "
        "place."
    ]
    forced = await verb(environment, "restore", "--force", str(archive))
    assert forced.code == 0
    [aside] = data.glob("before-restore-*")
    assert f"What was there before is in {aside}." in forced.out
    with closing(sqlite3.connect(aside / "pawprint.sqlite3")) as old:
        assert old.execute("SELECT count(*) FROM votes").fetchone() == (3,)
    with closing(sqlite3.connect(data / "pawprint.sqlite3")) as new:
        assert new.execute("SELECT count(*) FROM votes").fetchone() == (2,)
    assert list(data.glob(".restore-*")) == []


async def test_a_damaged_database_gives_way_to_a_backup(environment: dict[str, str], tmp_path: Path) -> None:
    archive, data = tmp_path / "kept.tar.gz", tmp_path / "data"
    await _made(environment, archive)
    database = data / "pawprint.sqlite3"
    database.write_bytes(b"not a database any more" * 500)
    told = await verb(environment, "backup", str(tmp_path / "second.tar.gz"))
    assert (told.code, len(told.said)) == (2, 1)
    assert "restore a backup" in told.said[0]
    assert not (tmp_path / "second.tar.gz").exists()
    assert (await verb(environment, "restore", "--force", str(archive))).code == 0
    async with app_on(environment) as app:
        assert (await app.votes.standing(7, CAT)).up == 1


async def test_a_damaged_database_is_kept_where_files_cannot_be_linked(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, data = tmp_path / "kept.tar.gz", tmp_path / "data"
    await _made(environment, archive)
    spoilt = b"not a database any more" * 500
    (data / "pawprint.sqlite3").write_bytes(spoilt)

    def no_links(*_: object) -> None:
        raise PermissionError("this file system has no links")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    assert (await verb(environment, "restore", "--force", str(archive))).code == 0
    [aside] = data.glob("before-restore-*")
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == {"pawprint.sqlite3": spoilt}
    async with app_on(environment) as app:
        assert (await app.votes.standing(7, CAT)).up == 1


async def test_another_secret_is_only_replaced_by_force_and_kept_aside(
    environment: dict[str, str], tmp_path: Path
) -> None:
    archive, new = tmp_path / "kept.tar.gz", tmp_path / "new"
    await _made(environment, archive)
    elsewhere = environment | {"DATA_DIR": str(new)}
    async with app_on(elsewhere):
        other = load_secrets(new)
    for file in new.glob("pawprint.sqlite3*"):
        file.unlink()
    refused = await verb(elsewhere, "restore", str(archive))
    assert refused.code == 2
    assert refused.said == [
        f"{new / SECRET_FILE} holds another secret than the backup: --force moves it aside and restores the old."
    ]
    assert load_secrets(new) == other
    assert (await verb(elsewhere, "restore", "--force", str(archive))).code == 0
    [aside] = new.glob("before-restore-*")
    assert load_secrets(aside) == other
    assert load_secrets(new) == load_secrets(tmp_path / "data")


@pytest.mark.parametrize("spoil", ["cut", "foreign", "newer tables", "newer format", "damaged", "no database"])
async def test_a_backup_that_cannot_be_used_changes_nothing(
    environment: dict[str, str], tmp_path: Path, spoil: str
) -> None:
    archive, new = tmp_path / "kept.tar.gz", tmp_path / "new"
    await _made(environment, archive)
    _spoil(archive, spoil)
    told = await verb(environment | {"DATA_DIR": str(new)}, "restore", str(archive))
    assert (told.code, len(told.said)) == (2, 1), told
    reasons = {"cut": "read", "foreign": "no backup", "damaged": "damaged", "no database": "lacks its database"}
    assert reasons.get(spoil, "newer version") in told.said[0]
    assert [path.name for path in new.iterdir()] == ["pawprint.lock"]


def _spoil(archive: Path, how: str) -> None:
    if how == "cut":
        archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
        return
    room = archive.parent / "spoiled"
    with tarfile.open(archive) as opened:
        opened.extractall(room, filter="data")
    manifest, database = room / "manifest.json", room / "pawprint.sqlite3"
    if how == "foreign":
        manifest.unlink()
    elif how == "no database":
        database.unlink()
    elif how == "newer format":
        manifest.write_text(manifest.read_text().replace('"format":1', '"format":9'))
    elif how == "newer tables":
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
    else:
        whole = bytearray(database.read_bytes())
        whole[4096 * 2 : 4096 * 5] = os.urandom(4096 * 3)
        database.write_bytes(whole)
    with tarfile.open(archive, "w:gz") as written:
        for path in sorted(room.iterdir()):
            written.add(path, path.name)


async def test_a_backup_knows_its_secret(environment: dict[str, str], tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar.gz"
    await _made(environment, archive)
    old = load_secrets(tmp_path / "data")
    new = environment | {"DATA_DIR": str(tmp_path / "new")}
    other = await verb(new | {"SUB_ID_SECRET": "another secret and a long one at that"}, "restore", str(archive))
    assert other.code == 2
    assert other.said[0].startswith("SUB_ID_SECRET is not the secret")
    same = new | {"SUB_ID_SECRET": old[1].decode()}
    assert (await verb(same, "restore", str(archive))).code == 0
    assert not (tmp_path / "new" / SECRET_FILE).exists()

    # A backup that was made with SUB_ID_SECRET holds none.
    second = tmp_path / "second.tar.gz"
    told = await verb(same, "backup", str(second))
    assert told.said == ["SUB_ID_SECRET is in your settings: keep it with the backup."]
    with tarfile.open(second) as opened:
        assert SECRET_FILE not in opened.getnames()
    third = environment | {"DATA_DIR": str(tmp_path / "third")}
    without = await verb(third, "restore", str(second))
    assert without.code == 2
    assert "set SUB_ID_SECRET to what it was then" in without.said[0]
    assert (await verb(third | {"SUB_ID_SECRET": old[1].decode()}, "restore", str(second))).code == 0


async def test_only_the_newest_backups_are_kept(environment: dict[str, str], tmp_path: Path) -> None:
    async with app_on(environment):
        pass
    folder = tmp_path / "data" / "backups"
    folder.mkdir()
    old = [folder / f"pawprint-2020010{day}-000000.tar.gz" for day in (1, 2, 3)]
    for path in (*old, folder / "notes.txt"):
        path.touch()
    told = await verb(environment, "backup", "--keep", "2")
    assert (told.code, told.said) == (0, [])
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 3
    assert {"notes.txt", old[2].name} <= set(left)


async def test_without_data_there_is_nothing_to_back_up(environment: dict[str, str]) -> None:
    told = await verb(environment, "backup")
    assert (told.code, told.out) == (2, "")
    assert "nothing to back up" in told.said[0]
    elsewhere = environment | {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "SUB_ID_SECRET": "one secret that is quite long enough",
    }
    told = await verb(elsewhere, "backup")
    assert told.code == 2
    assert "pg_dump" in told.said[0]
    told = await verb(elsewhere, "restore", "some.tar.gz")
    assert told.code == 2
    assert "pg_restore" in told.said[0]


async def test_a_new_secret_is_for_new_people(environment: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with app_on(environment, SystemClock()) as app:
        await give(app)
        await delivered(app)
        told = await verb(environment, "rotate-secret")
        assert told.code == 2
        assert told.said[0].startswith("Another copy of Pawprint")
    first = load_secrets(data)
    told = await verb(environment, "rotate-secret")
    assert (told.code, told.said) == (0, [])
    second = load_secrets(data)
    assert (list(second), second[1]) == ([1, 2], first[1])
    assert stat.S_IMODE((data / SECRET_FILE).stat().st_mode) == 0o600
    for secret in second.values():
        assert secret.decode() not in told.out + told.err

    newcomer = Person(7, 13)
    async with app_on(environment, SystemClock()) as app:
        await app.favourites.add(MIA, NEWER)
        await app.favourites.add(newcomer, CAT)
        await delivered(app)
        assert app.sub_ids.recognise(app.sub_ids.sub_id(MIA, 1)) == (1, MIA)
        held = {one.sub_id for one in await app.apis[Species.CAT].favourites(None)}
    made = SubIds(second)
    assert held == {made.sub_id(MIA, 1), made.sub_id(newcomer, 2)}


async def test_a_secret_of_the_settings_is_changed_there(environment: dict[str, str], tmp_path: Path) -> None:
    given = "a secret that is quite long enough by itself"
    told = await verb(environment | {"SUB_ID_SECRET": given}, "rotate-secret")
    assert (told.code, told.said) == (0, [])
    assert "put 1: before" in told.out
    assert given not in told.out
    addition = told.out.splitlines()[-1]
    numbered = f"1:{given}{addition}"
    told = await verb(environment | {"SUB_ID_SECRET": numbered}, "rotate-secret")
    assert told.out.splitlines()[-1].startswith(",3:")
    assert given not in told.out
    async with app_on(environment | {"SUB_ID_SECRET": numbered + told.out.splitlines()[-1]}) as app:
        assert app.sub_ids.current == 3
