import pytest
from tests.mention.stage import Stage
from tests.mention.double import BOT_ID
@pytest.mark.parametrize("t", ["  cat", " Cat", " CAT Maine Coon", " cat   ", ' cat "Maine Coon', "\ncat", "cat", "", " ", " cat Maine\nCoon", " cat\nMaine Coon", " dog 'Basset"])
async def test_try(stage: Stage, t, shown) -> None:
    _, sent = await stage.say(f"<@{BOT_ID}>{t}")
    print(repr(t), [(s.text[:90], len(s.pictures)) for s in sent])
