"""x"""

from bot.settings import Settings
import argparse


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    raise NotImplementedError
