"""Card: which picture, asked for how and by whom; kept in each button's `custom_id`, so a restart forgets nothing."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.models import Motion, PictureKey, Source, Species, Trouble, Units, Wanted


class Action(StrEnum):
    """What the buttons of a card do."""

    UP = "up"
    DOWN = "down"
    SAVE = "save"
    AGAIN = "again"
    INFO = "info"


ANYBODY: Final = 2**64 - 1
"""As long as a Discord user's id can get."""

_FIELD = r"[A-Za-z0-9_.-]*"
_EITHER: Final = "any"
_GROUP: Final = "~"
_TROUBLES: Final = {trouble[0]: trouble for trouble in Trouble}
_UNITS: Final = {units[0]: units for units in Units}
# paw:ACTION:SOURCE:PICTURE:SPECIES:BREED:CATEGORY:MOTION:REQUESTER, and :TROUBLE on a card that stands in, :UNITS on
# one that tells of the breed in full; a group of breeds stands in the breed's place. At most 100 characters.
TEMPLATE: Final = re.compile(
    rf"paw:(?P<action>{'|'.join(Action)}):(?P<source>{'|'.join(Source)}):(?P<picture>[A-Za-z0-9_.-]{{1,40}})"
    rf":(?P<species>{'|'.join(Species)}|{_EITHER}):(?P<breed>{_GROUP}?{_FIELD}):(?P<category>{_FIELD})"
    rf":(?P<motion>{'|'.join(Motion)}|):(?P<requester>[0-9a-z]{{1,13}})(?::(?P<trouble>[{''.join(_TROUBLES)}]))?"
    rf"(?::(?P<units>[{''.join(_UNITS)}]))?"
)
# What Discord takes, less the prefix of the message menu and both letters at the end.
_LONGEST: Final = 100 - len("menu-:d:m")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


class Card(Struct, frozen=True):
    """One picture on a message: its key, what was wanted when it came, and who asked (a Discord user's id).

    `trouble` is why the service gave none, where the picture stands in for one of the service's. A card with `units`
    tells of the breed in full, in these.
    """

    picture: PictureKey
    wanted: Wanted
    requester: int
    trouble: Trouble | None = None
    units: Units | None = None

    @property
    def portable(self) -> bool:
        """Whether every one of its buttons finds its way back: foreign ids may be odd or long."""
        longest = self.custom_id(Action.AGAIN)
        return Card.parse(longest) == (Action.AGAIN, self) and len(longest) <= _LONGEST

    def custom_id(self, action: Action) -> str:
        """Return the `custom_id` of one of the card's buttons."""
        wanted = self.wanted
        breed = (wanted.breed_id or "") if wanted.group is None else f"{_GROUP}{wanted.group}"
        letters = [word[0] for word in (self.trouble, self.units) if word is not None]
        return ":".join(
            (
                "paw",
                action,
                self.picture.source,
                self.picture.id,
                wanted.species or _EITHER,
                breed,
                wanted.category_id or "",
                wanted.motion or "",
                base36(self.requester),
                *letters,
            )
        )

    @classmethod
    def parse(cls, custom_id: str) -> tuple[Action, Card] | None:
        """Read a `custom_id` back; None when it belongs to something else."""
        match = TEMPLATE.fullmatch(custom_id)
        if match is None:
            return None
        species, breed, motion = match.group("species", "breed", "motion")
        trouble, units = _TROUBLES.get(match["trouble"]), _UNITS.get(match["units"])
        grouped = breed.startswith(_GROUP)
        wanted = Wanted(
            species=None if species == _EITHER else Species(species),
            breed_id=None if grouped else breed or None,
            category_id=match["category"] or None,
            motion=Motion(motion) if motion else None,
            group=breed.removeprefix(_GROUP) if grouped else None,
        )
        key = PictureKey(Source(match["source"]), match["picture"])
        return Action(match["action"]), cls(key, wanted, int(match["requester"], 36), trouble, units)


def base36(number: int) -> str:
    """Write a number in few digits, which `int(text, 36)` reads."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
