"""The facts that come with Pawprint, each in our own words and with a published source.

`bot/data/facts.json` is in English. A translation is a file beside it, `facts.LANGUAGE.json` (such as `facts.de.json`):
an object of texts by the ids of `facts.json`. It may have fewer.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct

from bot.i18n import SOURCE_LANGUAGE
from bot.models import Fact, Reference, Source, Species


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A fact as the file has it; `breeds` are ids as the services have them."""

    id: str
    species: Species
    text: str
    source: Reference
    breeds: tuple[str, ...] = ()


def shipped_facts(folder: Path | None = None) -> tuple[Fact, ...]:
    """Return the facts in every language that there is; a translation has the id of its original."""
    folder = folder or Path(str(files("bot"))) / "data"
    entries = msgspec.json.decode((folder / "facts.json").read_bytes(), type=list[_Entry])
    english = {
        entry.id: Fact(
            id=entry.id,
            species=entry.species,
            text=entry.text,
            origin=Source.SHIPPED,
            language=SOURCE_LANGUAGE,
            breed_ids=entry.breeds,
            sources=(entry.source,),
        )
        for entry in entries
    }
    translated = [
        msgspec.structs.replace(english[id_], text=text, language=path.name.split(".")[1])
        for path in sorted(folder.glob("facts.*.json"))
        for id_, text in msgspec.json.decode(path.read_bytes(), type=dict[str, str]).items()
    ]
    return (*english.values(), *translated)
