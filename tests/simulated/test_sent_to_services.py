"""What members press reaches the services under pseudonyms, and nothing of Discord goes with it."""

from __future__ import annotations

import msgspec

from bot.models import Species
from tests.simulated.stage import Stage


async def test_votes_and_favourites_arrive_under_the_persons_sub_id(stage: Stage) -> None:
    cat, dog = await stage.card("cat"), await stage.card("dog")
    await cat.press(stage.mia, "👍")
    await cat.press(stage.mia, "❤️")
    await cat.press(stage.noah, "👎")
    await stage.noah.react(dog.message, "👍")
    await stage.app.sync.deliver_due()
    mia, noah = (stage.app.sub_ids.sub_id(stage.person(who)) for who in (stage.mia, stage.noah))
    cat_id, dog_id = cat.keys[0].id, dog.keys[0].id
    votes = {(vote.sub_id, vote.image_id, vote.value) for vote in await stage.backend.votes(Species.CAT)}
    assert votes == {(mia, cat_id, 1), (noah, cat_id, -1)}
    assert [(v.sub_id, v.image_id, v.value) for v in await stage.backend.votes(Species.DOG)] == [(noah, dog_id, 1)]
    assert [(f.sub_id, f.image_id) for f in await stage.backend.favourites(Species.CAT)] == [(mia, cat_id)]


async def test_what_is_withdrawn_is_withdrawn_there(stage: Stage) -> None:
    card = await stage.card("cat")
    for emoji in ("👍", "❤️"):
        await card.press(stage.mia, emoji)
    await stage.app.sync.deliver_due()
    for emoji in ("👍", "❤️"):
        await card.press(stage.mia, emoji)
    await stage.app.sync.deliver_due()
    assert not await stage.backend.votes(Species.CAT)
    assert not await stage.backend.favourites(Species.CAT)


async def test_in_each_space_a_person_is_somebody_else_to_the_service(stage: Stage) -> None:
    await (await stage.card("cat")).press(stage.mia, "👍")
    await (await stage.direct_card(stage.mia)).press(stage.mia.user, "👍")
    await stage.app.sync.deliver_due()
    assert len({vote.sub_id for vote in await stage.backend.votes(Species.CAT)}) == 2


async def test_no_discord_id_is_sent(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    await card.press(stage.mia, "👍")
    await card.press(stage.mia, "❤️")
    await stage.app.sync.deliver_due()
    kept = [*await stage.backend.votes(Species.CAT), *await stage.backend.favourites(Species.CAT)]
    assert len(kept) == 2
    seen = msgspec.json.encode(kept).decode() + "".join(request.path for request in stage.backend.recent)
    for number in (stage.mia.id, stage.world.guild.id, stage.pets.id, card.message_id):
        assert str(number) not in seen
