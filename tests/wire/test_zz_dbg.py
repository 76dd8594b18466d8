from tests.wire.test_on_discord import *
import time, threading
from bot.store.engine import Database
@pytest.mark.parametrize("n", range(14))
async def test_x(discord, run, n, monkeypatch):
    async def close(self):
        await self.engine.dispose()
        await asyncio.sleep(0.2)
        print(n, "LEFT", [t for t in self._threads if t.is_alive()], self.engine.pool.status())
    monkeypatch.setattr(Database, "close", close)
    async with run():
        await discord.slash("cat", breed="siam")
