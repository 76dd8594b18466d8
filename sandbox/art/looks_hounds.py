"""The hounds and gun dogs of TheDogAPI: how each breed typically looks."""

from __future__ import annotations

from typing import Final

from .look import Look, dog

HOUNDS: Final[dict[str, Look]] = {
    "2": dog(25, "wheat", mark="gold", ears="silk", fur="sleek", head="narrow", muzzle="long", extra="mask topsilk"),
    "14": dog(31, "tan", "hound", mark="black", white="blaze", ears="drop"),
    "17": dog(15, "liver", ears="long", fur="curly-ears", eyes="hazel", nose="liver"),
    "25": dog(
        20, "fawn", white="chest", ears="tri", fur="sleek", head="narrow", muzzle="long", eyes="dark", also="red"
    ),
    "26": dog(23, "black", ears="long", fur="curly", head="round", extra="beard fringe-curl", also="chocolate"),
    "28": dog(11, "red", white="blaze", ears="upright", fur="sleek", head="fox", eyes="dark"),
    "29": dog(17, "slate", "roan", mark="black", light="silver", ears="basset", extra="tan-points jowls droopy"),
    "30": dog(
        26, "tan", "hound", mark="black", white="blaze", ears="basset", muzzle="broad", extra="jowls droopy wrinkles"
    ),
    "31": dog(12, "tan", "hound", mark="black", white="blaze", ears="drop", head="hound"),
    "43": dog(37, "black", "tan", mark="rust", ears="basset", extra="jowls droopy"),
    "45": dog(43, "tan", "saddle", mark="seal", ears="basset", muzzle="broad", extra="jowls droopy wrinkles"),
    "47": dog(28, "slate", "roan", mark="black", light="silver", ears="long", extra="tan-points"),
    "56": dog(14, "liver", ears="long", fur="curly-ears", eyes="amber", nose="liver"),
    "57": dog(
        32,
        "white",
        "patches",
        mark="orange",
        ears="basset",
        nose="brick",
        eyes="amber",
        muzzle="broad",
        extra="jowls droopy full-patch roaned",
    ),
    "59": dog(
        17,
        "white",
        "patches",
        mark="orange",
        ears="tri",
        nose="liver",
        eyes="amber",
        fur="plush",
        extra="full-patch roaned",
    ),
    "76": dog(30, "brown", ears="tri", fur="wavy", eyes="amber", nose="liver", head="wide"),
    "84": dog(
        32,
        "white",
        "patches",
        mark="lemon",
        ears="long",
        fur="long",
        head="bear",
        muzzle="broad",
        nose="brick",
        extra="jowls droopy ear-colour",
    ),
    "86": dog(11, "gold", ears="spaniel", fur="plush", head="hound", also="black liver"),
    "87": dog(
        11, "buff", ears="spaniel", fur="plush", head="round", muzzle="short", extra="dome", also="black chocolate"
    ),
    "92": dog(24, "white", "spotted", mark="black", ears="drop"),
    "101": dog(28, "white", "belton", mark="slate", ears="spaniel", fur="long", muzzle="long"),
    "103": dog(19, "white", "patches", mark="liver", ears="spaniel", fur="plush", nose="liver", extra="full-patch"),
    "108": dog(19, "liver", ears="spaniel", fur="plush", eyes="hazel", nose="liver", also="black"),
    "116": dog(
        26, "liver", "roan", mark="liver", light="smoke", ears="drop", eyes="amber", nose="liver", extra="liver-head"
    ),
    "121": dog(29, "gold", ears="feathered", fur="long", head="wide", light="lemon", extra="bib", also="wheat red"),
    "123": dog(28, "black", "tan", mark="chestnut", ears="spaniel", fur="long", muzzle="long"),
    "127": dog(27, "slate", white="chest", ears="rose", fur="sleek", head="narrow", muzzle="long", also="fawn black"),
    "129": dog(22, "tan", "hound", mark="black", white="blaze", ears="drop", muzzle="long"),
    "134": dog(24, "mahogany", ears="spaniel", fur="long", muzzle="long"),
    "137": dog(65, "grey", ears="rose", fur="wire", head="narrow", muzzle="long", extra="beard brows", also="wheat"),
    "145": dog(11, "white", "patches", mark="orange", ears="spaniel", fur="long", extra="full-patch ear-tips"),
    "149": dog(30, "wheat", ears="tri", head="wide", muzzle="broad", light="cream", also="black chocolate"),
    "151": dog(
        13,
        "brown",
        ears="drop",
        fur="curly",
        head="round",
        nose="liver",
        eyes="amber",
        extra="beard fringe-curl",
        also="ivory",
    ),
    "177": dog(19, "red", white="blaze", ears="tri", fur="long", eyes="amber", nose="liver", head="wide"),
    "188": dog(
        22, "rust", white="chest", ears="tall", fur="sleek", head="narrow", muzzle="long", eyes="amber", nose="brick"
    ),
    "189": dog(22, "bronze", "brindle", mark="black", ears="drop"),
    "208": dog(28, "mahogany", ears="long", eyes="hazel"),
    "209": dog(35, "rust", ears="tri", muzzle="broad", extra="mask-light", eyes="amber"),
    "213": dog(22, "cream", ears="silk", fur="sleek", head="narrow", muzzle="long", eyes="hazel", also="fawn"),
    "218": dog(45, "steel", ears="rose", fur="wire", head="narrow", muzzle="long", extra="beard brows"),
    "236": dog(
        33,
        "white",
        "patches",
        mark="apricot",
        ears="long",
        fur="wire",
        muzzle="broad",
        eyes="amber",
        nose="brick",
        extra="beard brows moustache ear-colour",
    ),
    "243": dog(20, "slate", ears="upright", fur="sleek", head="wolf", also="red"),
    "250": dog(28, "tan", "hound", mark="black", white="blaze", ears="long"),
    "251": dog(26, "rust", ears="drop", fur="sleek", eyes="amber", nose="brick"),
    "253": dog(33, "taupe", ears="drop", fur="sleek", eyes="ice", nose="slate", muzzle="long"),
    "254": dog(20, "white", "patches", mark="rust", ears="spaniel", fur="plush", nose="brick", extra="full-patch"),
    "257": dog(
        13,
        "brindle",
        "brindle",
        mark="seal",
        white="blaze",
        ears="rose",
        fur="sleek",
        head="narrow",
        muzzle="long",
        also="fawn",
    ),
    "260": dog(
        26,
        "liver",
        "roan",
        mark="liver",
        light="smoke",
        ears="drop",
        fur="wire",
        eyes="amber",
        nose="liver",
        extra="beard brows moustache liver-head",
    ),
    "261": dog(24, "rust", ears="drop", fur="wire", eyes="amber", nose="brick", extra="beard brows"),
    "262": dog(
        9, "graphite", ears="bat-tall", fur="hairless", head="narrow", muzzle="long", eyes="amber", extra="mohawk"
    ),
}
