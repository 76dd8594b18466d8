"""`rotate-secret`: a new secret for the pseudonyms of new people; whoever has a pseudonym keeps it."""

from __future__ import annotations

import argparse

from bot.app import given_secrets
from bot.errors import BackupUnusable
from bot.identity import SECRET_FILE, load_secrets, new_secret, save_secrets
from bot.settings import Settings
from bot.store.locks import DataLock

_PLAIN = """SUB_ID_SECRET is in your settings, so change it there, for every process:
put 1: before the secret that it is now, and this after it:
,2:{secret}"""
_NUMBERED = """SUB_ID_SECRET is in your settings, so change it there, for every process:
leave what it is now, and put this after it:
,{number}:{secret}"""


async def run(settings: Settings, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - a verb's form
    """Add the secret to the file, or say what to set. Raises AlreadyRunning while the bot runs on that file."""
    given = given_secrets(settings)
    if given:
        assert settings.sub_id_secret is not None
        text = _NUMBERED if ":" in settings.sub_id_secret.reveal() else _PLAIN
        print(text.format(number=max(given) + 1, secret=new_secret()))
        return 0
    with DataLock(settings.data_dir):
        secrets = load_secrets(settings.data_dir)
        if not secrets:
            raise BackupUnusable(f"There is no {settings.data_dir / SECRET_FILE} yet: the first start makes it.")
        number = max(secrets) + 1
        save_secrets(settings.data_dir, {**secrets, number: new_secret().encode()})
    print(
        f"{settings.data_dir / SECRET_FILE} has secret {number} now, for people who are new from here on; the older "
        "ones stay for those who have them. Make a backup."
    )
    return 0
