"""Brings a translation into the English catalogue's order and shows what it lacks: `make translation LANGUAGE=de`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import escape, read_po

from bot.i18n import DOMAIN, SOURCE_LANGUAGE

LOCALES = Path(__file__).parents[1] / "bot" / "locale"
HEADER = """\
# {name} texts of Pawprint. docs/translating.md says how they are written.
msgid ""
msgstr ""
"Project-Id-Version: pawprint\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"
"""

Forms = Mapping[str, tuple[str, ...]]


def catalogue_file(language: str) -> Path:
    """Return where the catalogue of a language is, or will be."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it is written, with what is marked in it."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def forms(language: str) -> dict[str, tuple[str, ...]]:
    """Return the texts of each key: one, or a form for each number."""
    found: dict[str, tuple[str, ...]] = {}
    for message in read(language):
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


def gaps(english: Forms, translated: Forms) -> list[str]:
    """Return the keys that a translation lacks, in the English order; a text that is half there is not there."""
    return [key for key in english if not translated.get(key) or not all(translated[key])]


def written(english: str, language: str, translated: Forms) -> str:
    """Return a translation's file: the English one's order and comments, and blanks below the English of what lacks."""
    number = get_plural(language)
    header = HEADER.format(
        name=Locale.parse(language).get_display_name("en"), language=language, plural_forms=number.plural_forms
    )
    parts = re.split(r"(\n\n+)", english.strip("\n"))
    return "".join([header.rstrip("\n"), *(_entry(part, translated, number.num_plurals) for part in parts[1:]), "\n"])


def _entry(part: str, translated: Forms, number: int) -> str:
    """Return the translation of one entry; what is between two of them stays as it is."""
    named = re.search(r'^msgid "(.+)"$', part, re.MULTILINE)
    if named is None:
        return part
    before, texts = re.split(r"(?=^msgstr)", part, maxsplit=1, flags=re.MULTILINE)
    plural = "msgid_plural" in before
    there = translated.get(named[1], ())
    told = [*there, *[""] * number][: number if plural else 1]
    # Translators' tools show such a comment; it goes as soon as the text is there.
    shown = "" if all(told) else "".join(f"#. {line}\n" for line in texts.strip().splitlines())
    heads = [f"msgstr[{place}]" if plural else "msgstr" for place in range(len(told))]
    before = before.replace('msgid "', f'{shown}msgid "', 1)
    return before + "\n".join(f"{head} {escape(text)}" for head, text in zip(heads, told, strict=True))


def main(arguments: list[str] | None = None) -> int:
    """Write the file of a language anew and say what is still to be translated; 1 while there is any."""
    asked = argparse.ArgumentParser(prog="python -m tests.locale_gaps", description=__doc__)
    asked.add_argument("language", help="as a folder of bot/locale is called, such as de or pt_BR")
    language = asked.parse_args(arguments).language
    file = catalogue_file(language)
    translated = forms(language) if file.exists() else {}
    source = catalogue_file(SOURCE_LANGUAGE).read_text("utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written(source, language, translated), "utf-8")
    missing = gaps(forms(SOURCE_LANGUAGE), translated)
    for key in missing:
        sys.stdout.write(f"{key}\n")
    sys.stdout.write(f"{len(missing)} to translate in {file}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
