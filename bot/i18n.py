"""The one translation layer: keys in, sentences out, from gettext catalogues in `locale/`."""

from __future__ import annotations

import gettext
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

SOURCE_LANGUAGE = "en"
DOMAIN = "pawprint"


class Texts:
    """The sentences of one language. A key that the language lacks is answered in English."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of a key with its {placeholders} filled in."""
        text = self._catalogue.gettext(key)
        if text == key:
            raise KeyError(f"no text for {key!r} in any catalogue")
        return text.format(**values) if values else text

    def plural(self, key: str, number: int, /, **values: object) -> str:
        """Return the form of a key that goes with a number, which is its {n}."""
        text = self._catalogue.ngettext(key, f"{key}.plural", number)
        if text in (key, f"{key}.plural"):
            raise KeyError(f"no plural text for {key!r} in any catalogue")
        return text.format(n=number, **values)

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
