"""What tests of an operator's commands share: the bot without Discord, delivery to its end, a verb in this process."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta

from bot.app import App
from bot.clock import SystemClock
from bot.commands import line
from bot.errors import OperatorError
from bot.settings import load
from tests.wire.test_process import Ended


@asynccontextmanager
async def app_on(environment: Mapping[str, str], clock: SystemClock | None = None) -> AsyncIterator[App]:
    """Run the bot without Discord."""
    app = await App.open(load(environment, None), clock)
    try:
        yield app
    finally:
        await app.close()


async def delivered(app: App) -> None:
    """Bring everything to the services, however long the bot would wait by itself."""
    assert isinstance(app.clock, SystemClock)
    for _ in range(12):
        await app.sync.deliver_due()
        if not await app.sync.waiting():
            return
        app.clock.shift += timedelta(minutes=10)
    raise AssertionError("delivery does not come to its end")


async def verb(environment: Mapping[str, str], *arguments: str) -> Ended:
    """Run a verb inside this process, which is quicker than one of its own."""
    out, err = io.StringIO(), io.StringIO()
    asked = line.parser().parse_args(arguments)
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code: int = await asked.call(load(environment, None), asked)
        except OperatorError as error:
            print(error, file=err)
            code = error.exit_code
    return Ended(code, out.getvalue(), err.getvalue())
