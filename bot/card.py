"""Card: which picture, asked for how and by whom; kept in each button's `custom_id`, so a restart forgets nothing."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.models import Motion, PictureKey, Source, Species, Wanted


class Action(StrEnum):
    """What the buttons of a card do."""

    UP = "up"
    DOWN = "down"
    SAVE = "save"
    AGAIN = "again"
    INFO = "info"


_FIELD = r"[A-Za-z0-9_.-]*"
# paw:ACTION:SOURCE:PICTURE:SPECIES:BREED:CATEGORY:MOTION:REQUESTER; a custom_id holds 100 characters at most.
TEMPLATE: Final = re.compile(
    rf"paw:(?P<action>{'|'.join(Action)}):(?P<source>{'|'.join(Source)}):(?P<picture>[A-Za-z0-9_.-]{{1,40}})"
    rf":(?P<species>{'|'.join(Species)}):(?P<breed>{_FIELD}):(?P<category>{_FIELD})"
    rf":(?P<motion>{'|'.join(Motion)}|):(?P<requester>[0-9a-z]{{1,13}})"
)
# What Discord takes, less the prefix of the message menu.
_LONGEST: Final = 100 - len("menu-")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class Card(Struct, frozen=True):
    """One picture on a message: its key, what was wanted when it came, and who asked (a Discord user's id)."""

    picture: PictureKey
    wanted: Wanted
    requester: int

    @property
    def portable(self) -> bool:
        """Whether every one of its buttons finds its way back: foreign ids may be odd or long."""
        longest = self.custom_id(Action.AGAIN)
        return Card.parse(longest) == (Action.AGAIN, self) and len(longest) <= _LONGEST

    def custom_id(self, action: Action) -> str:
        """Return the `custom_id` of one of the card's buttons."""
        wanted = self.wanted
        return ":".join(
            (
                "paw",
                action,
                self.picture.source,
                self.picture.id,
                wanted.species,
                wanted.breed_id or "",
                wanted.category_id or "",
                wanted.motion or "",
                _base36(self.requester),
            )
        )

    @classmethod
    def parse(cls, custom_id: str) -> tuple[Action, Card] | None:
        """Read a `custom_id` back; None when it belongs to something else."""
        match = TEMPLATE.fullmatch(custom_id)
        if match is None:
            return None
        motion = match["motion"]
        wanted = Wanted(
            species=Species(match["species"]),
            breed_id=match["breed"] or None,
            category_id=match["category"] or None,
            motion=Motion(motion) if motion else None,
        )
        key = PictureKey(Source(match["source"]), match["picture"])
        return Action(match["action"]), cls(key, wanted, int(match["requester"], 36))


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
