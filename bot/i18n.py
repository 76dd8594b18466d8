"""The one translation layer: keys in, sentences out, from gettext catalogues in `locale/`."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, NamedTuple

SOURCE_LANGUAGE = "en"
DOMAIN = "pawprint"

Join = Literal["and", "or", "comma"]


class Numerals(NamedTuple):
    """How a language writes numbers: the mark before decimals, the one between thousands, and the least it groups."""

    decimal: str = "."
    group: str = ","
    grouped_from: int = 1_000


# By the catalogues' names, after the Unicode CLDR; what is not here writes as English does. A country that differs
# from the catalogue that it is answered from stands beside it.
NUMERALS: Final[Mapping[str, Numerals]] = {
    "de": Numerals(",", "."),
    "es": Numerals(",", ".", 10_000),
    "es_419": Numerals(grouped_from=10_000),
    "fr": Numerals(",", "\N{NARROW NO-BREAK SPACE}"),
    "pt_BR": Numerals(",", "."),
}


class Texts:
    """The sentences of one language. A key that the language lacks is answered in English."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue
        # The language of the catalogue that answers; another than was asked for where there is none of that.
        self.spoken = spoken = catalogue.info().get("language", SOURCE_LANGUAGE)
        here = language.replace("-", "_")
        self._numerals = NUMERALS.get(here if here.startswith(spoken) else spoken, NUMERALS.get(spoken, Numerals()))

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of a key with its {placeholders} filled in, numbers as the language writes them."""
        text = self._catalogue.gettext(key)
        if text == key:
            raise KeyError(f"no text for {key!r} in any catalogue")
        return text.format(**self._written(values)) if values else text

    def plural(self, key: str, number: int, /, **values: object) -> str:
        """Return the form of a key that goes with a number, which is its {n}."""
        text = self._catalogue.ngettext(key, f"{key}.plural", number)
        if text in (key, f"{key}.plural"):
            raise KeyError(f"no plural text for {key!r} in any catalogue")
        return text.format(**self._written({"n": number, **values}))

    def number(self, value: float) -> str:
        """Write a number with one decimal at most, as the language of the sentences around it does."""
        decimal, group, grouped_from = self._numerals
        rounded = round(value, 1)
        whole, _, tenths = (f"{rounded:,.1f}" if abs(rounded) >= grouped_from else f"{rounded:.1f}").partition(".")
        return whole.replace(",", group) + (f"{decimal}{tenths}" if tenths != "0" else "")

    def listing(self, items: Iterable[str], join: Join = "and") -> str:
        """Write a list as a sentence has it: all of the items ("and"), one of them ("or"), or just so ("comma")."""
        *before, last = (*items,) or ("",)
        if not before:
            return last
        first = reduce(lambda so_far, item: self("list.comma", first=so_far, last=item), before)
        return self(f"list.{join}", first=first, last=last)

    def _written(self, values: dict[str, object]) -> dict[str, object]:
        # A truth value is a number to Python, and to nobody else.
        return {
            name: self.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            for name, value in values.items()
        }

    def known(self, key: str) -> bool:
        """Whether there is a text for a key."""
        return self._catalogue.gettext(key) != key


def _folder() -> Path:
    return Path(str(files("bot"))) / "locale"


@lru_cache(maxsize=32)
def texts(locale: str = SOURCE_LANGUAGE) -> Texts:
    """Return the texts for one of Discord's locales (`en-US`, `pt-BR`, …)."""
    languages = [locale.replace("-", "_"), locale.partition("-")[0], SOURCE_LANGUAGE]
    return Texts(locale, gettext.translation(DOMAIN, _folder(), languages))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the languages that there is a catalogue of, as Discord writes locales."""
    found = (path.parent.parent.name for path in _folder().glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return tuple(sorted(name.replace("_", "-") for name in found))
