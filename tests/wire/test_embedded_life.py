"""The embedded back end as a whole: its pictures, what it keeps, how it starts and stops."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image as Pillow

from bot.clock import ManualClock
from bot.models import Species
from sandbox.backend.application import SHIPPED_DATA, Held
from sandbox.backend.catalogue import load_catalogue
from sandbox.backend.painting import PaintingFailed, ProcessPainter
from sandbox.backend.portraits import draw_portrait, portrait_size

from .embedded import MAGIC, embedded, house, scribble

KEY = "cat-key"

BUSY = """
import asyncio
import signal
from sandbox.backend.painting import ProcessPainter

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    painter = ProcessPainter()
    await painter.paint("cat", "abys", 1)
    print("drawing", flush=True)
    await stop.wait()
    await painter.close()

if __name__ == "__main__":
    asyncio.run(main())
"""
"""A parent that has a worker and waits to be stopped."""


async def test_every_picture_found_can_be_fetched(tmp_path: Path) -> None:
    async with house(tmp_path) as pets:
        found = [
            *(await pets.get("cat/images/search?limit=25&order=ASC", KEY)).json,
            *(await pets.get("dog/images/search?limit=100&order=ASC", "dog-key")).json,
        ]
        assert len(found) == 40
        for item in found:
            picture = await pets.get(item["url"])
            ending = item["url"].rpartition(".")[2]
            assert (picture.status, picture.body[: len(MAGIC[ending])]) == (200, MAGIC[ending])
            assert picture.type == {"jpg": "image/jpeg", "gif": "image/gif", "png": "image/png"}[ending]


async def test_pictures_that_do_not_exist(tmp_path: Path) -> None:
    async with house(tmp_path) as pets:
        base = pets.url("cat").removesuffix("v1/")
        for name in ("nope.jpg", "nobreed1.jpg", "BJa4kxc4X.jpg", "nobreed1", "..%2Fcats.json", "%2e%2e"):
            assert (await pets.get(f"{base}images/{name}")).status == 404
        (tmp_path / "data" / "pictures" / "nobreed1.png").unlink()
        assert (await pets.get(f"{base}images/nobreed1.png")).status == 404


async def test_a_picture_is_drawn_once_for_all_who_wait_and_kept(tmp_path: Path) -> None:
    drawn: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def draw(species: str, breed_id: str, variant: int) -> bytes:
        begun.set()
        go.wait(10)
        drawn.append(breed_id)
        return scribble(species, breed_id, variant)

    async with house(tmp_path, draw=draw) as pets:
        url = (await pets.get("cat/breeds/search?q=american&attach_image=1")).json[0]["image"]["url"]
        given_up, *waiting = [asyncio.create_task(pets.get(url)) for _ in range(5)]
        assert await asyncio.to_thread(begun.wait, 10)
        given_up.cancel()
        go.set()
        answers = await asyncio.gather(*waiting)
        assert {answer.body for answer in answers} == {MAGIC["jpg"] + b"cat asho 1"}
        assert drawn == ["asho"]
    async with house(tmp_path, draw=draw) as pets:
        assert (await pets.get("cat/images/asho-ref1")).json["url"].endswith("/asho-ref1.jpg")
        base = pets.url("cat").removesuffix("v1/")
        assert (await pets.get(f"{base}images/asho-ref1.jpg")).status == 200
    assert drawn == ["asho"]


async def test_a_drawing_that_fails_is_an_error_of_that_picture(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def draw(species: str, breed_id: str, variant: int) -> bytes:
        raise ValueError("no paint")

    async with house(tmp_path, draw=draw) as pets:
        url = (await pets.get("cat/breeds/search?q=american&attach_image=1")).json[0]["image"]["url"]
        with caplog.at_level(logging.WARNING):
            answer = await pets.get(url)
        assert (answer.status, answer.text) == (500, "Internal Server Error")
        assert "asho" in caplog.text
        assert (await pets.get("cat/breeds")).status == 200


async def test_drawing_happens_in_one_process_that_is_replaced_when_it_dies() -> None:
    painter = ProcessPainter()
    try:
        drawn = await asyncio.gather(*(painter.paint("cat", "abys", variant) for variant in (1, 2)))
        assert [picture[:3] for picture in drawn] == [b"\xff\xd8\xff"] * 2
        first = painter.pid
        assert first not in (None, os.getpid())
        with pytest.raises(PaintingFailed, match="KeyError"):
            await painter.paint("cat", "nope", 1)
        assert painter.pid == first
        os.kill(first or 0, signal.SIGTERM)
        assert await painter.paint("cat", "abys", 1) == drawn[0]
        assert painter.pid != first
    finally:
        await painter.close()
    assert painter.pid is None


async def test_giving_up_a_drawing_does_not_mix_up_the_next() -> None:
    painter = ProcessPainter()
    try:
        wanted = await painter.paint("dog", "1", 1)
        given_up = asyncio.create_task(painter.paint("dog", "1", 2))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await painter.paint("dog", "1", 1) == wanted
    finally:
        await painter.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs process groups")
@pytest.mark.parametrize(("sent", "ended"), [(signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_the_worker_goes_quietly_with_its_parent(sent: signal.Signals, ended: int) -> None:
    everyone = sent is signal.SIGINT  # as a terminal sends it; a kill meets the parent alone
    parent = subprocess.Popen(
        [sys.executable, "-c", BUSY], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline().strip() == "drawing"
    (os.killpg if everyone else os.kill)(parent.pid, sent)
    _, said = parent.communicate(timeout=20)  # both pipes end only when the worker has gone too
    assert parent.returncode == ended
    assert said == ""


def test_the_art_room_draws_what_was_announced() -> None:
    for breed_id, variant in (("abys", 1), ("sphy", 2)):
        with Pillow.open(io.BytesIO(draw_portrait("cat", breed_id, variant))) as drawn:
            assert (drawn.format, drawn.size) == ("JPEG", portrait_size("cat", breed_id, variant))
    assert portrait_size("cat", "nope", 1) is None


@pytest.mark.parametrize(("species", "breeds", "least"), [(Species.CAT, 67, 330), (Species.DOG, 170, 850)])
def test_the_shipped_catalogue_is_whole(species: Species, breeds: int, least: int) -> None:
    catalogue = load_catalogue(species, SHIPPED_DATA, portrait_size)
    assert len(catalogue.breeds) == breeds
    assert len(catalogue.images) >= least
    assert all(len(image_id) <= 11 for image_id in catalogue.images)
    for entry in catalogue.breeds.values():
        assert (entry.reference is None) == ("reference_image_id" not in entry.record)
    for image in catalogue.images.values():
        assert image.breed_id is None or image.breed_id in catalogue.breeds
        assert image.file is None or image.file.is_file()
    bare = {entry.id for entry in catalogue.breeds.values()} - {image.breed_id for image in catalogue.images.values()}
    assert bare == ({"mala"} if species is Species.CAT else set())


async def test_what_is_kept_survives_a_restart(tmp_path: Path) -> None:
    async with house(tmp_path) as pets:
        vote = (await pets.post("cat/votes", KEY, json={"image_id": "x", "sub_id": "me", "value": 1})).json["id"]
        await pets.post("dog/favourites", "dog-key", json={"image_id": "y", "sub_id": "me"})
    async with house(tmp_path) as pets:
        assert [kept["id"] for kept in (await pets.get("cat/votes", KEY)).json] == [vote]
        assert await pets.backend.held(Species.CAT) == Held(votes=1, favourites=0)
        assert await pets.backend.held(Species.DOG) == Held(votes=0, favourites=1)
        assert [kept.image_id for kept in await pets.backend.favourites(Species.DOG)] == ["y"]
        await pets.backend.wipe()
        assert await pets.backend.held(Species.DOG) == Held(votes=0, favourites=0)
        after = (await pets.post("cat/votes", KEY, json={"image_id": "x", "sub_id": "me", "value": 1})).json["id"]
        assert after > vote


async def test_the_last_requests_are_remembered(tmp_path: Path) -> None:
    async with house(tmp_path) as pets:
        await pets.get("cat/images/search?limit=3")
        await pets.get("dog/breeds")
        seen = [(one.method, one.path, one.status) for one in pets.backend.recent]
        assert seen == [("GET", "/dog/v1/breeds", 403), ("GET", "/cat/v1/images/search?limit=3", 200)]


async def test_it_stops_and_starts_on_the_same_port(tmp_path: Path) -> None:
    async with house(tmp_path) as pets:
        before = pets.backend.cat_url
        with pytest.raises(RuntimeError):
            await pets.backend.start()
        await pets.backend.close()
        await pets.backend.close()
        with pytest.raises(RuntimeError):
            await pets.backend.held(Species.CAT)
        await pets.backend.start()
        assert pets.backend.cat_url == before
        assert (await pets.get("cat/images/search")).status == 200


async def test_a_port_that_is_taken_leaves_nothing_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        backend = embedded(tmp_path, ManualClock(), port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await backend.start()
    await backend.start()
    await backend.close()
