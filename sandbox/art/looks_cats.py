"""The cats: how each breed of TheCatAPI typically looks."""

from __future__ import annotations

from typing import Final

from .look import Look, cat

CATS: Final[dict[str, Look]] = {
    "abys": cat(
        4, "ruddy", "ticked", mark="seal", ears="large", eyes="gold", nose="brick", head="wide", also="cinnamon"
    ),
    "aege": cat(4, "grey", "tabby", mark="graphite", white="half", eyes="green", fur="plush"),
    "abob": cat(5, "brown", "tabby", mark="seal", light="wheat", eyes="gold", fur="long", head="wide", extra="tufts"),
    "acur": cat(
        3.5, "ginger", "tabby", mark="rust", light="cream", white="chin", ears="curled", eyes="gold", fur="long"
    ),
    "asho": cat(5.5, "silver", "classic", mark="black", eyes="green", nose="brick", head="wide", fur="plush"),
    "awir": cat(5.5, "orange", "tabby", mark="rust", white="half", eyes="gold", fur="wiry", head="wide"),
    "amau": cat(5.5, "white", "van", mark="black", ears="large", eyes="green", nose="pink", also="ivory"),
    "amis": cat(5, "ivory", "spotted", mark="cinnamon", eyes="green", nose="brick"),
    "bali": cat(3.5, "ivory", "point", mark="seal", ears="huge", eyes="blue", nose="brown", fur="long", head="wedge"),
    "bamb": cat(3, "pink", mark="rosy", ears="bat", eyes="ice", fur="hairless", head="elf", extra="wrinkles"),
    "beng": cat(5, "gold", "rosettes", mark="seal", light="ivory", eyes="green", nose="brick", head="wide"),
    "birm": cat(5, "cream", "point", mark="seal", eyes="blue", nose="brown", fur="long", extra="ruff"),
    "bomb": cat(4, "black", eyes="copper", nose="black", fur="sleek"),
    "bslo": cat(
        6, "blue", ears="small", eyes="copper", nose="slate", fur="long", head="broad", extra="ruff", also="cream"
    ),
    "bsho": cat(7, "blue", ears="small", eyes="copper", nose="slate", fur="plush", head="broad", also="lilac"),
    "bure": cat(4, "sepia", "sepia", mark="seal", eyes="gold", nose="brown", fur="sleek", also="lilac"),
    "buri": cat(4.5, "silver", "shaded", mark="graphite", light="white", eyes="green", nose="brick", extra="liner"),
    "cspa": cat(6, "wheat", "spotted", mark="seal", light="ivory", eyes="amber", nose="brick", head="wide"),
    "ctif": cat(4, "chocolate", mark="seal", eyes="gold", nose="brown", fur="long", extra="ruff"),
    "char": cat(5, "blue", ears="small", eyes="copper", nose="slate", fur="plush", head="broad", extra="smile"),
    "chau": cat(
        5, "bronze", "ticked", mark="seal", light="sand", ears="large", eyes="yellow", nose="brick", extra="tufts"
    ),
    "chee": cat(5.5, "wheat", "rosettes", mark="black", light="ivory", ears="large", eyes="hazel", nose="brick"),
    "csho": cat(3.5, "ivory", "point", mark="orange", ears="huge", eyes="blue", head="wedge", extra="lynx"),
    "crex": cat(
        3, "cream", white="half", mark="apricot", ears="huge", eyes="gold", fur="wavy", head="wedge", also="blue"
    ),
    "cymr": cat(
        5, "orange", "classic", mark="rust", light="cream", eyes="copper", fur="long", head="broad", extra="ruff"
    ),
    "cypr": cat(5.5, "smoke", "tabby", mark="pepper", white="chin", eyes="green", nose="brick", head="wide"),
    "drex": cat(
        3.5, "lilac", mark="taupe", light="ivory", ears="bat", eyes="gold", fur="wavy", head="elf", also="chocolate"
    ),
    "dons": cat(5.5, "rosy", mark="graphite", ears="bat", eyes="green", fur="hairless", head="elf", extra="wrinkles"),
    "lihu": cat(5, "bronze", "tabby", mark="black", light="sand", eyes="green", nose="brick", head="wide"),
    "emau": cat(4.5, "silver", "spotted", mark="black", light="white", eyes="gooseberry", nose="brick", extra="brow-m"),
    "ebur": cat(4.5, "apricot", "sepia", mark="cinnamon", eyes="yellow", nose="brown", fur="sleek", also="lilac"),
    "esho": cat(
        4.5,
        "orange",
        "tabby",
        mark="rust",
        light="cream",
        ears="tiny",
        eyes="copper",
        nose="brick",
        fur="plush",
        head="flat",
    ),
    "hbro": cat(4, "chocolate", mark="seal", ears="large", eyes="green", nose="brown", fur="sleek", head="oval"),
    "hima": cat(
        4.5,
        "ivory",
        "point",
        mark="seal",
        ears="tiny",
        eyes="blue",
        nose="brown",
        fur="long",
        head="flat",
        extra="ruff",
    ),
    "jbob": cat(3.5, "white", "calico", mark="orange", ears="large", eyes="gold", head="oval"),
    "java": cat(3.5, "cream", "point", mark="lilac", ears="huge", eyes="blue", fur="long", head="wedge", extra="lynx"),
    "khao": cat(5, "white", eyes="blue/gold", ears="large"),
    "kora": cat(
        4, "blue", mark="slate", ears="large", eyes="green", nose="slate", fur="sleek", head="heart", extra="tipped"
    ),
    "kuri": cat(5.5, "ginger", "tabby", mark="rust", light="cream", eyes="gold", fur="long", head="wide", extra="ruff"),
    "lape": cat(4, "red", "tortie", mark="black", light="cream", ears="large", eyes="green", fur="curly"),
    "mcoo": cat(
        6.5,
        "brown",
        "classic",
        mark="seal",
        light="wheat",
        ears="tall",
        eyes="gold",
        nose="brick",
        fur="long",
        head="long",
        extra="tufts ruff",
    ),
    "mala": cat(4.5, "chocolate", "sepia", mark="seal", eyes="gold", nose="brown", fur="sleek", also="lilac"),
    "manx": cat(4.5, "silver", "classic", mark="graphite", white="chin", eyes="gold", fur="plush", head="broad"),
    "munc": cat(3, "ginger", "tabby", mark="rust", white="half", eyes="gold", head="round"),
    "nebe": cat(4, "blue", mark="slate", ears="large", eyes="green", nose="slate", fur="long", extra="ruff tipped"),
    "norw": cat(
        5.5,
        "smoke",
        "tabby",
        mark="graphite",
        white="half",
        ears="tall",
        eyes="green",
        fur="long",
        head="long",
        extra="tufts ruff",
    ),
    "ocic": cat(5, "sand", "spotted", mark="chocolate", light="ivory", ears="large", eyes="gold", nose="brick"),
    "orie": cat(3.5, "black", ears="huge", eyes="green", nose="black", fur="sleek", head="wedge", also="chestnut"),
    "pers": cat(5, "white", ears="tiny", eyes="copper", fur="long", head="flat", extra="ruff", also="cream"),
    "pixi": cat(
        6, "bronze", "spotted", mark="seal", light="sand", eyes="gold", nose="brick", head="long", extra="tufts"
    ),
    "raga": cat(
        6.5, "cream", "tabby", mark="apricot", white="half", eyes="green", fur="long", head="broad", extra="ruff"
    ),
    "ragd": cat(7, "ivory", "point", mark="seal", white="blaze", eyes="blue", fur="long", head="wide", extra="ruff"),
    "rblu": cat(
        3.5,
        "blue",
        mark="slate",
        ears="large",
        eyes="green",
        nose="slate",
        fur="plush",
        head="oval",
        extra="tipped smile",
    ),
    "sava": cat(
        7.5, "gold", "spotted", mark="black", light="ivory", ears="huge", eyes="hazel", nose="brick", head="oval"
    ),
    "sfol": cat(
        3.5, "grey", "classic", mark="graphite", light="silver", ears="folded", eyes="copper", fur="plush", head="broad"
    ),
    "srex": cat(5, "cream", mark="apricot", ears="small", eyes="gold", fur="curly", head="broad", also="blue"),
    "siam": cat(5.5, "cream", "point", mark="seal", ears="huge", eyes="blue", nose="brown", fur="sleek", head="wedge"),
    "sibe": cat(
        5.5,
        "brown",
        "tabby",
        mark="seal",
        light="cream",
        white="chin",
        eyes="green",
        nose="brick",
        fur="long",
        head="wide",
        extra="ruff tufts",
    ),
    "sing": cat(
        3, "sand", "ticked", mark="sepia", light="ivory", ears="large", eyes="gooseberry", nose="brick", extra="liner"
    ),
    "snow": cat(4, "ivory", "point", mark="seal", white="blaze", eyes="blue", ears="large"),
    "soma": cat(
        4, "ruddy", "ticked", mark="seal", ears="large", eyes="gold", nose="brick", fur="long", extra="ruff tufts"
    ),
    "sphy": cat(4, "pink", mark="rosy", ears="bat", eyes="aqua", fur="hairless", head="elf", extra="wrinkles"),
    "tonk": cat(4, "fawn", "point", mark="sepia", eyes="aqua", nose="brown", fur="sleek", also="smoke"),
    "toyg": cat(
        5, "orange", "tiger", mark="black", light="ivory", ears="small", eyes="gold", nose="brick", head="wide"
    ),
    "tang": cat(3.5, "white", ears="large", eyes="blue/amber", fur="long", head="oval", extra="ruff"),
    "tvan": cat(6, "white", "van", mark="red", eyes="amber/blue", fur="long", extra="ruff"),
    "ycho": cat(6.5, "chocolate", mark="seal", white="half", eyes="gold", nose="brown", fur="long", extra="ruff"),
}
