"""`/favourites` as members meet it: the gallery, adding and removing, a server's best, what is kept private."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import discord
import pytest
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.results import InteractionResult

from bot.backends.service import Priority
from bot.i18n import texts
from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Species
from bot.ui.confirm import ConfirmView
from bot.ui.gallery import GalleryView
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Card, Stage, privately, texts_of, walk


class Shown:
    """A gallery, or whatever an answer shows, as its reader sees it."""

    def __init__(self, result: InteractionResult) -> None:
        self.result = result
        answer = result.followups[-1] if result.followups else result.response
        assert answer is not None
        self.answer = answer

    @property
    def components(self) -> list[dict[str, Any]]:
        return list(walk(self.answer.components))

    @property
    def text(self) -> str:
        return "\n".join(c["content"] for c in self.components if c["type"] == 10)

    @property
    def ids(self) -> list[str]:
        """The ids under the pictures, in order."""
        return re.findall(r"`([^`]+)`", self.text)

    @property
    def thumbnails(self) -> list[dict[str, Any]]:
        return [c["accessory"] for c in self.components if c["type"] == 9]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [c for c in self.components if c["type"] == 2]

    def button(self, name: str) -> dict[str, Any]:
        """A button by its emoji, or by how its label begins."""
        return next(
            b
            for b in self.buttons
            if (b.get("emoji") or {}).get("name") == name or (b.get("label") or "").startswith(name)
        )

    async def press(self, actor: Any, name: str) -> Shown:
        return Shown(await actor.click(self.answer.message, custom_id=self.button(name)["custom_id"]))

    async def jump(self, actor: Any, typed: str) -> InteractionResult:
        """Press the number of the page and type another one."""
        number = next(b for b in self.buttons if "/" in (b.get("label") or ""))
        asked = await actor.click(self.answer.message, custom_id=number["custom_id"])
        result: InteractionResult = await actor.submit_modal(asked, {"number": typed})
        return result

    async def choose(self, actor: Any, places: Sequence[int]) -> Shown:
        """Choose what to remove by its place on the page."""
        (select,) = [c for c in self.components if c["type"] == 3]
        values = [select["options"][place]["value"] for place in places]
        return Shown(await actor.select(self.answer.message, values, custom_id=select["custom_id"]))


async def save(stage: Stage, who: Person, number: int, species: Species = Species.CAT) -> list[Picture]:
    """Have somebody save pictures, one a minute; return them in the order in which they are listed."""
    found: dict[PictureKey, Picture] = {}
    while len(found) < number:
        found |= {p.key: p for p in await stage.app.apis[species].search(limit=25)}
    pictures = list(found.values())[:number]
    await stage.app.posts.keep_pictures(pictures)
    for picture in pictures:
        stage.clock.shift += timedelta(minutes=1)
        await stage.app.favourites.add(who, picture.key)
    return pictures[::-1]


async def listed(stage: Stage, actor: MemberActor | None = None, **options: Any) -> Shown:
    return Shown(await (actor or stage.mia).slash(stage.pets, "favourites list", **options))


def ids(pictures: Sequence[Picture]) -> list[str]:
    return [picture.id for picture in pictures]


async def test_the_list_shows_five_a_page_newest_first_with_picture_and_alt_text(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 12)
    page = await listed(stage)
    privately(page.result)
    assert "### Your favourites" in page.text
    assert "12 pictures" in page.text
    assert page.ids == ids(saved[:5])
    assert len(page.thumbnails) == 5
    assert all(re.match(r"A cat", thumbnail["description"]) for thumbnail in page.thumbnails)
    assert all(thumbnail["media"]["url"] for thumbnail in page.thumbnails)
    assert [(b.get("emoji") or {}).get("name") or b["label"] for b in page.buttons] == ["⏮️", "◀️", "1 / 3", "▶️", "⏭️"]
    assert [b.get("disabled", False) for b in page.buttons] == [True, True, False, False, False]
    assert len(page.components) <= 40


async def test_the_row_turns_the_pages_and_stops_at_the_ends(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 12)
    page = await listed(stage)
    for button, number, shown in (
        ("▶️", 2, saved[5:10]),
        ("⏭️", 3, saved[10:]),
        ("◀️", 2, saved[5:10]),
        ("⏮️", 1, saved[:5]),
    ):
        page = await page.press(stage.mia, button)
        assert page.button(f"{number} / 3")
        assert page.ids == ids(shown)
        assert len(page.thumbnails) == len(shown)
    last = await page.press(stage.mia, "⏭️")
    assert [b.get("disabled", False) for b in last.buttons] == [False, False, False, True, True]
    assert len(last.answer.message.attachments) == 2


async def test_a_page_can_be_jumped_to(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 12)
    page = await listed(stage)
    for typed, number in (("2", 2), (" 3 ", 3), ("999999", 3), ("0", 1)):
        page = Shown(await page.jump(stage.mia, typed))
        assert page.button(f"{number} / 3"), typed
        assert page.ids == ids(saved[(number - 1) * 5 : number * 5])
    assert "digits only" in privately(await page.jump(stage.mia, "two"))


async def test_one_page_has_no_row_and_none_at_all_says_how_to_begin(stage: Stage) -> None:
    assert "You have no favourites yet. Press ❤️" in (await listed(stage)).text
    await save(stage, stage.person(stage.mia), 5)
    assert (await listed(stage)).buttons == []


async def test_pages_turn_after_a_restart_and_any_of_them_can_be_asked_for(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 7)
    assert (await listed(stage, page=2)).ids == ids(saved[5:])
    assert (await listed(stage, page=9)).ids == ids(saved[5:])
    page = await listed(stage)
    await stage.env.restart_bot()
    assert (await page.press(stage.mia, "▶️")).ids == ids(saved[5:])


async def test_a_list_that_changed_underfoot_skips_nothing_and_shows_its_last_page(stage: Stage) -> None:
    who = stage.person(stage.mia)
    saved = await save(stage, who, 11)
    page = await listed(stage)
    second = await page.press(stage.mia, "▶️")
    for picture in (saved[1], saved[10]):
        await stage.app.favourites.remove(who, picture.key)
    # Nine are left: the third page is no more, the second one holds the rest.
    last = await second.press(stage.mia, "▶️")
    assert last.button("2 / 2")
    assert last.ids == ids(saved[6:10])
    first = await last.press(stage.mia, "◀️")
    assert first.ids == ids([saved[0], *saved[2:6]])
    await stage.app.favourites.forget(who)
    assert "You have no favourites yet" in (await first.press(stage.mia, "▶️")).text


async def test_the_list_can_be_narrowed_to_a_species_and_a_breed(stage: Stage) -> None:
    who = stage.person(stage.mia)
    cats, dogs = await save(stage, who, 6), await save(stage, who, 2, Species.DOG)
    assert (await listed(stage, species="dog")).ids == ids(dogs)
    narrowed = await listed(stage, species="cat")
    assert "### Your favourites · cats" in narrowed.text
    assert (await narrowed.press(stage.mia, "▶️")).ids == ids(cats[5:])
    breed = dogs[0].breed
    assert breed is not None
    of_breed = await listed(stage, breed=breed.name)
    assert of_breed.ids == [dog.id for dog in dogs if dog.breed == breed]
    assert f"· {breed.name}" in of_breed.text
    other = "Korat" if all(cat.breed and cat.breed.name != "Korat" for cat in cats) else "Manx"
    assert "none of that kind" in (await listed(stage, breed=other)).text
    assert "I know no breed “Wombat”" in privately(await stage.mia.slash(stage.pets, "favourites list", breed="Wombat"))


async def test_breeds_of_both_species_are_suggested_or_of_the_one_that_was_chosen(stage: Stage) -> None:
    both = await stage.mia.autocomplete(stage.pets, "favourites list", "breed", "si")
    assert {choice["value"].partition(":")[0] for choice in both} == {"cat", "dog"}
    dogs = await stage.mia.autocomplete(stage.pets, "favourites list", "breed", "si", species="dog")
    assert {choice["value"].partition(":")[0] for choice in dogs} == {"dog"}
    chosen = next(choice for choice in dogs if choice["name"] == "🐶 Siberian Husky")
    assert "### Your favourites · Siberian Husky" in (await listed(stage, breed=chosen["value"])).text


async def test_another_members_list_is_shown_privately_or_to_everybody(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 6)
    page = await listed(stage, stage.noah, member=stage.mia)
    privately(page.result)
    assert f"Favourites of <@{stage.mia.id}>" in page.text
    assert page.ids == ids(saved[:5])
    assert (await page.press(stage.noah, "▶️")).ids == ids(saved[5:])
    public = await listed(stage, stage.noah, member=stage.mia, show=True)
    assert not public.answer.ephemeral
    # What everybody sees, everybody may turn.
    assert (await public.press(stage.world.members["Yuki"], "▶️")).ids == ids(saved[5:])
    # One's own stays private, whatever is asked.
    privately((await listed(stage, show=True)).result)
    privately((await listed(stage, member=stage.mia, show=True)).result)


async def test_who_keeps_theirs_private_is_not_looked_at(stage: Stage) -> None:
    await save(stage, stage.person(stage.mia), 6)
    public = await listed(stage, stage.noah, member=stage.mia, show=True)
    for state, said in ((True, "🔒 Only you may look"), (None, "🔒 Only you may look")):
        options = {} if state is None else {"on": state}
        assert said in privately(await stage.mia.slash(stage.pets, "favourites private", **options))
    refusal = "keeps their favourites to themselves"
    assert refusal in privately((await listed(stage, stage.noah, member=stage.mia)).result)
    turned = await public.press(stage.noah, "▶️")
    assert turned.answer.ephemeral
    assert refusal in turned.text or refusal in texts_of(turned.result)
    assert len((await listed(stage)).ids) == 5
    await stage.mia.slash(stage.pets, "favourites private", on=False)
    assert len((await listed(stage, stage.noah, member=stage.mia)).ids) == 5


async def test_whatever_fails_at_a_button_a_field_or_a_list_is_told_privately(stage: Stage) -> None:
    who = stage.person(stage.mia)
    await save(stage, who, 6)
    page = Shown(await stage.mia.slash(stage.pets, "favourites remove"))
    question = Shown(await stage.mia.slash(stage.pets, "favourites remove", all=True))
    (select,) = [c for c in page.components if c["type"] == 3]
    with patch.object(stage.app.favourites, "page", side_effect=RuntimeError):
        answers = [
            await stage.mia.click(page.answer.message, custom_id=page.button("▶️")["custom_id"]),
            await page.jump(stage.mia, "2"),
            await stage.mia.slash(stage.pets, "favourites list"),
        ]
    with patch.object(stage.app.favourites, "remove_several", side_effect=RuntimeError):
        values = [select["options"][0]["value"]]
        answers.append(await stage.mia.select(page.answer.message, values, custom_id=select["custom_id"]))
        answers.append(await stage.mia.click(question.answer.message, custom_id=question.button("Yes")["custom_id"]))
    for answer in answers:
        assert "Something went wrong on my side." in texts_of(answer)
        assert all(one.ephemeral for one in (answer.response, *answer.followups) if one is not None)
    assert stage.app.counts.of("failure") == len(answers)
    assert stage.app.counts.of("failure", "modal") == 1
    assert await stage.app.favourites.count(who) == 6


async def test_nobody_turns_a_list_or_answers_a_question_of_somebody_elses(stage: Stage) -> None:
    who, say = stage.person(stage.mia), texts()
    saved = await save(stage, who, 6)
    page = await stage.bot.listings["favourites"].page(who, "~~~", 1, say)
    channel = stage.bot.get_channel(stage.pets.id)
    assert isinstance(channel, discord.TextChannel)
    for view in (
        GalleryView(page, "favourites", "~~~", stage.mia.id, say),
        ConfirmView("sure?", "yes", "clear_favourites", "6", stage.mia.id, say),
    ):
        message = await channel.send(view=view)
        card = Card(stage, stage.pets, message.id)
        before = card.raw["components"]
        for button in card.buttons:
            if not button.get("disabled"):
                refused = await stage.noah.click(card.message, custom_id=button["custom_id"])
                assert privately(refused).startswith("That is somebody else’s.")
        assert card.raw["components"] == before
    assert await stage.app.favourites.count(who) == len(saved)


async def test_a_picture_that_cannot_be_had_is_told_in_words_and_the_others_are_shown(stage: Stage) -> None:
    who = stage.person(stage.mia)
    saved = await save(stage, who, 2)
    await stage.app.favourites.add(who, PictureKey(Source.CATAPI, "nobodyknows"))
    with patch.object(stage.app.delivery, "_bytes", {}):
        page = await listed(stage)
    assert page.ids == ["nobodyknows", *ids(saved)]
    assert len(page.thumbnails) == 2
    assert "no longer know" in page.text


async def test_with_the_service_down_the_list_is_still_there(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 3)
    stage.backend.faults.add(Fault(kind=Kind.IMAGE_MISSING))
    page = await listed(stage)
    assert page.ids == ids(saved)
    assert page.thumbnails == []


async def test_add_takes_the_newest_picture_here_and_a_second_time_is_no_error(stage: Stage) -> None:
    assert "not shown a picture here yet" in privately(await stage.mia.slash(stage.pets, "favourites add"))
    await stage.card("cat")
    card = await stage.card("dog")
    assert "❤️ Saved." in privately(await stage.mia.slash(stage.pets, "favourites add"))
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[0])
    assert "among your favourites before" in privately(await stage.mia.slash(stage.pets, "favourites add"))
    assert await stage.app.favourites.count(stage.person(stage.mia)) == 1
    await stage.counts_drawn()
    assert card.count("❤️") == 1


async def test_of_several_pictures_on_the_message_one_is_asked_which(stage: Stage) -> None:
    card = await stage.card("cat", count=3)
    asked = Shown(await stage.mia.slash(stage.pets, "favourites add"))
    privately(asked.result)
    assert "more than one picture" in asked.text
    hearts = [b["custom_id"] for b in asked.buttons if b["emoji"]["name"] == "❤️"]
    assert len(hearts) == 3
    await stage.mia.click(asked.answer.message, custom_id=hearts[1])
    assert await stage.app.favourites.contains(stage.person(stage.mia), card.keys[1])
    assert await stage.app.favourites.count(stage.person(stage.mia)) == 1


async def test_add_takes_the_link_to_a_message_of_ours(stage: Stage) -> None:
    card = await stage.card("cat", channel=stage.world.channels["daily"])
    await stage.card("dog")
    who = stage.person(stage.mia)
    for host in ("discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"):
        link = f"https://{host}/channels/{stage.world.guild.id}/{card.channel.id}/{card.message_id}"
        assert "Saved." in privately(await stage.mia.slash(stage.pets, "favourites add", picture=f" <{link}> ")), host
        assert await stage.app.favourites.remove(who, card.keys[0])


async def test_add_takes_an_id_that_was_shown_or_that_a_service_knows(stage: Stage) -> None:
    card = await stage.card("cat")
    unseen = (await stage.app.apis[Species.DOG].search(limit=1))[0]
    for typed in (card.keys[0].id, f"dogapi:{unseen.id}"):
        assert "Saved." in privately(await stage.mia.slash(stage.pets, "favourites add", picture=typed))
    who = stage.person(stage.mia)
    assert await stage.app.favourites.contains(who, card.keys[0])
    assert await stage.app.favourites.contains(who, unseen.key)
    assert unseen.id in (await listed(stage)).ids


async def test_what_is_no_picture_is_answered_with_what_was_expected(stage: Stage) -> None:
    said = await stage.mia.send(stage.pets, "hello")
    staff = await stage.card(actor=stage.world.members["Ada"], channel=stage.world.channels["staff"])
    guild, channel = stage.world.guild.id, stage.pets.id
    for typed in (
        "https://example.com/cat.jpg",
        "what is this?",
        f"https://discord.com/channels/{guild}/{channel}/{said.id}",
        f"https://discord.com/channels/1/{channel}/{said.id}",
        f"https://discord.com/channels/{guild}/{channel}/{2**64}",
        f"https://discord.com/channels/{guild}/{staff.channel.id}/{staff.message_id}",
        "nosuchpicture",
    ):
        answer = privately(await stage.mia.slash(stage.pets, "favourites add", picture=typed))
        assert "Give a picture’s id, or the link to one of my messages here" in answer, typed
    assert await stage.app.favourites.count(stage.person(stage.mia)) == 0


async def test_an_id_that_only_the_service_knows_waits_for_the_service(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Priority, "deadline", property(lambda _: 0.3))
    stage.backend.faults.add(Fault(kind=Kind.UNAVAILABLE))
    said = privately(await stage.mia.slash(stage.pets, "favourites add", picture="unheardof"))
    assert "does not answer right now" in said


async def test_remove_takes_ids_and_links_several_at_once(stage: Stage) -> None:
    who = stage.person(stage.mia)
    saved = await save(stage, who, 3)
    card = await stage.card("cat")
    await card.press(stage.mia, "❤️")
    link = f"https://discord.com/channels/{stage.world.guild.id}/{card.channel.id}/{card.message_id}"
    typed = f"{saved[0].id}、catapi:{saved[2].id}, {link}"
    said = privately(await stage.mia.slash(stage.pets, "favourites remove", picture=typed))
    assert said == "3 pictures are removed from your favourites."
    assert (await listed(stage)).ids == [saved[1].id]
    said = privately(await stage.mia.slash(stage.pets, "favourites remove", picture=typed))
    assert "Nothing was removed" in said
    assert "I find no picture" in privately(await stage.mia.slash(stage.pets, "favourites remove", picture="a?b"))


async def test_remove_suggests_what_is_saved_by_name_or_id(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 30)
    offered = await stage.mia.autocomplete(stage.pets, "favourites remove", "picture", "")
    assert [choice["value"] for choice in offered] == [f"catapi:{picture.id}" for picture in saved[:25]]
    named = await stage.mia.autocomplete(stage.pets, "favourites remove", "picture", saved[29].id.upper())
    assert [choice["value"] for choice in named] == [f"catapi:{saved[29].id}"]
    assert await stage.noah.autocomplete(stage.pets, "favourites remove", "picture", "") == []
    await stage.mia.slash(stage.pets, "favourites remove", picture=offered[0]["value"])
    assert not await stage.app.favourites.contains(stage.person(stage.mia), saved[0].key)


async def test_several_can_be_chosen_from_a_page_and_the_page_follows(stage: Stage) -> None:
    saved = await save(stage, stage.person(stage.mia), 7)
    page = Shown(await stage.mia.slash(stage.pets, "favourites remove"))
    privately(page.result)
    after = await page.choose(stage.mia, [0, 2])
    assert "2 pictures are removed from your favourites." in after.text
    assert after.ids == ids([saved[1], *saved[3:7]])
    assert after.buttons == []
    emptied = await after.choose(stage.mia, range(5))
    assert "5 pictures are removed" in emptied.text
    assert emptied.ids == []
    assert await stage.app.favourites.count(stage.person(stage.mia)) == 0


async def test_what_was_removed_elsewhere_meanwhile_is_no_error(stage: Stage) -> None:
    who = stage.person(stage.mia)
    saved = await save(stage, who, 7)
    page = await Shown(await stage.mia.slash(stage.pets, "favourites remove")).press(stage.mia, "▶️")
    for picture in saved[4:]:
        await stage.app.favourites.remove(who, picture.key)
    after = await page.choose(stage.mia, [0])
    assert "Nothing was removed" in after.text
    assert after.ids == ids(saved[:4])


async def test_remove_all_asks_first_and_says_how_many(stage: Stage) -> None:
    who = stage.person(stage.mia)
    await save(stage, who, 7)
    question = Shown(await stage.mia.slash(stage.pets, "favourites remove", all=True))
    privately(question.result)
    assert "all 7 pictures" in question.text
    kept = await question.press(stage.mia, "No")
    assert kept.text == "All is as it was."
    assert kept.buttons == []
    assert await stage.app.favourites.count(who) == 7
    question = Shown(await stage.mia.slash(stage.pets, "favourites remove", all=True))
    gone = await question.press(stage.mia, "Yes")
    assert gone.text == "7 pictures are removed from your favourites."
    assert gone.buttons == []
    assert await stage.app.favourites.count(who) == 0
    assert "no favourites yet" in privately(await stage.mia.slash(stage.pets, "favourites remove", all=True))


async def test_remove_all_asks_again_when_there_are_more_by_then(stage: Stage) -> None:
    who = stage.person(stage.mia)
    await save(stage, who, 2)
    question = Shown(await stage.mia.slash(stage.pets, "favourites remove", all=True))
    await save(stage, who, 1, Species.DOG)
    await stage.env.restart_bot()
    again = await question.press(stage.mia, "Yes")
    assert "all 3 pictures" in again.text
    assert await stage.app.favourites.count(who) == 3
    assert "3 pictures are removed" in (await again.press(stage.mia, "Yes")).text


async def test_random_shows_a_card_of_one_privately_or_to_everybody(stage: Stage) -> None:
    assert "no favourites yet" in privately(await stage.mia.slash(stage.pets, "favourites random"))
    saved = await save(stage, stage.person(stage.mia), 3)
    mine = await stage.mia.slash(stage.pets, "favourites random")
    privately(mine)
    shown = Shown(mine)
    assert [b["emoji"]["name"] for b in shown.buttons] == ["👍", "👎", "❤️", "🔁", "ℹ️"]
    pressed = Shown(await stage.mia.click(shown.answer.message, custom_id=shown.button("❤️")["custom_id"]))
    assert pressed.button("❤️").get("label") is None
    assert await stage.app.favourites.count(stage.person(stage.mia)) == 2
    public = await stage.mia.slash(stage.pets, "favourites random", show=True)
    card = stage.newest()
    assert not Shown(public).answer.ephemeral
    assert card.keys[0] in {picture.key for picture in saved}
    assert card.pictures[0]["description"].startswith("A cat")
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 1
    assert await stage.app.posts.of_message(card.message_id) is not None


async def test_random_asks_the_service_for_what_is_only_known_by_name(stage: Stage) -> None:
    unseen = (await stage.app.apis[Species.DOG].search(limit=1))[0]
    await stage.app.favourites.add(stage.person(stage.mia), unseen.key)
    shown = Shown(await stage.mia.slash(stage.pets, "favourites random"))
    assert len(shown.buttons) == 5
    assert unseen.id in shown.buttons[0]["custom_id"]


async def test_server_shows_the_most_loved_first_with_a_link_to_where_it_is(stage: Stage) -> None:
    first, second = await stage.card("cat"), await stage.card("dog")
    hidden = await stage.card(actor=stage.world.members["Ada"], channel=stage.world.channels["staff"])
    for card, lovers in ((first, ("Mia",)), (second, ("Mia", "Noah", "Yuki")), (hidden, ("Ada", "Max"))):
        for name in lovers:
            await stage.app.favourites.add(stage.person(stage.world.members[name]), card.keys[0])
    page = Shown(await stage.noah.slash(stage.pets, "favourites server"))
    privately(page.result)
    assert re.findall(r"❤️ (\d)", page.text) == ["3", "2", "1"]
    assert len(page.thumbnails) == 3
    links = re.findall(r"https://discord.com/channels/\d+/(\d+)/(\d+)", page.text)
    # Nobody is sent to a channel that they cannot see.
    assert links == [(str(card.channel.id), str(card.message_id)) for card in (second, first)]
    public = Shown(await stage.noah.slash(stage.pets, "favourites server", show=True))
    assert not public.answer.ephemeral
    assert public.text == page.text


async def test_servers_do_not_mix_and_nobody_elses_pages_turn(stage: Stage) -> None:
    assert "Nobody here has a favourite yet" in texts_of(await stage.mia.slash(stage.pets, "favourites server"))
    await save(stage, Person(77, stage.mia.id), 2)
    await save(stage, stage.person(stage.mia), 6)
    page = Shown(await stage.mia.slash(stage.pets, "favourites server"))
    assert "6 pictures" in page.text
    assert page.button("1 / 2")
    with pytest.raises(SetupError):
        await page.press(stage.noah, "▶️")


async def test_direct_messages_hold_a_personal_collection(stage: Stage) -> None:
    mia = stage.mia.user
    await save(stage, stage.person(stage.mia), 1)
    assert "no favourites yet" in texts_of(await mia.slash("favourites list"))
    card = await stage.direct_card(stage.mia)
    assert "Saved." in texts_of(await mia.slash("favourites add"))
    page = Shown(await mia.slash("favourites list"))
    assert page.ids == [card.keys[0].id]
    assert len(page.thumbnails) == 1
    assert len(Shown(await mia.slash("favourites random")).buttons) == 5
    assert "yours alone" in texts_of(await mia.slash("favourites private", on=True))
    for refused in (
        await mia.slash("favourites server"),
        await mia.slash("favourites list", member=stage.noah.user),
    ):
        assert texts_of(refused) == "That works in servers only. Try it in a channel of a server."
    assert "1 picture is removed" in texts_of(await mia.slash("favourites remove", picture=card.keys[0].id))
    assert await stage.app.favourites.count(stage.person(stage.mia)) == 1


async def test_a_link_leads_to_no_one_elses_direct_messages(stage: Stage) -> None:
    theirs = await stage.direct_card(stage.noah)
    link = f"https://discord.com/channels/@me/{theirs.channel.id}/{theirs.message_id}"
    assert "I find no picture" in texts_of(await stage.mia.user.slash("favourites add", picture=link))
    assert "Saved." in texts_of(await stage.noah.user.slash("favourites add", picture=link))
    assert await stage.app.favourites.contains(Person(0, stage.noah.id), theirs.keys[0])
