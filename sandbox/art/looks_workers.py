"""The working and herding dogs of TheDogAPI: how each breed typically looks."""

from __future__ import annotations

from typing import Final

from .look import Look, dog

WORKERS: Final[dict[str, Look]] = {
    "5": dog(47, "white", ears="tri", fur="plush", head="broad", muzzle="broad"),
    "6": dog(
        40, "rust", "urajiro", light="white", ears="small", fur="plush", head="bear", muzzle="broad", extra="ruff"
    ),
    "7": dog(
        33, "white", "merle", mark="slate", white="blaze", ears="rose", head="broad", muzzle="broad", extra="jowls"
    ),
    "8": dog(20, "grey", "husky", mark="graphite", light="white", ears="upright", eyes="blue/brown", head="fox"),
    "9": dog(
        37, "graphite", "husky", mark="black", light="white", ears="small", fur="plush", head="bear", extra="ruff"
    ),
    "10": dog(40, "white", "patches", mark="tan", ears="rose", head="broad", muzzle="broad", extra="jowls"),
    "11": dog(41, "slate", white="chest", ears="rose", head="broad", muzzle="broad", eyes="hazel", nose="slate"),
    "15": dog(
        20, "red", white="chest", ears="rose", head="broad", muzzle="broad", nose="liver", eyes="amber", also="slate"
    ),
    "16": dog(25, "slate", white="chin", ears="rose", head="broad", muzzle="broad", also="fawn"),
    "18": dog(52, "fawn", ears="tri", fur="plush", head="broad", muzzle="broad", extra="mask"),
    "19": dog(23, "black", "tan", mark="rust", white="blaze", ears="tri", head="wide"),
    "21": dog(24, "slate", "roan", mark="black", light="silver", ears="upright", head="fox", extra="tan-points"),
    "22": dog(17, "chocolate", ears="upright", eyes="amber", nose="liver", head="fox", also="black red"),
    "23": dog(
        22,
        "slate",
        "merle",
        mark="black",
        light="silver",
        white="blaze",
        ears="semi",
        eyes="ice",
        fur="long",
        head="wide",
        extra="tan-points ruff",
    ),
    "32": dog(
        22,
        "slate",
        ears="shaggy",
        white="chin",
        light="silver",
        fur="long",
        head="square",
        extra="fringe beard moustache",
    ),
    "33": dog(43, "black", "tan", mark="rust", ears="tri", head="hound", muzzle="long"),
    "36": dog(27, "fawn", mark="black", ears="tall", head="wolf", muzzle="long", extra="mask"),
    "38": dog(
        23, "mahogany", "sable", mark="black", ears="tall", fur="long", head="wolf", muzzle="long", extra="mask ruff"
    ),
    "41": dog(41, "black", "tan", mark="rust", white="blaze", ears="tri", fur="long", head="wide"),
    "48": dog(70, "fawn", ears="tri", head="broad", muzzle="broad", extra="mask jowls"),
    "50": dog(17, "black", white="blaze", ears="semi", fur="long", head="wide", extra="ruff"),
    "54": dog(41, "steel", ears="button", fur="wire", head="square", extra="beard brows moustache", also="fawn"),
    "55": dog(
        27, "fawn", white="chest", ears="tri", head="broad", muzzle="flat", extra="mask jowls wrinkles underbite"
    ),
    "58": dog(36, "wheat", ears="shaggy", fur="long", head="square", extra="fringe beard moustache", also="black"),
    "64": dog(52, "red", ears="tri", head="broad", muzzle="flat", extra="mask jowls wrinkles"),
    "67": dog(47, "graphite", ears="tri", head="broad", muzzle="broad", eyes="hazel", extra="jowls"),
    "68": dog(14, "bronze", "brindle", mark="seal", white="blaze", ears="bat", head="fox"),
    "69": dog(33, "slate", "merle", mark="black", light="silver", ears="tri", eyes="ice/amber", extra="tan-points"),
    "70": dog(
        40,
        "grey",
        "sable",
        mark="graphite",
        light="cream",
        ears="tri",
        fur="long",
        head="bear",
        muzzle="broad",
        extra="ruff mask",
    ),
    "80": dog(32, "gold", ears="tri", head="wide", eyes="amber", extra="mask-light"),
    "81": dog(
        25,
        "rust",
        ears="round",
        fur="long",
        head="bear",
        muzzle="flat",
        extra="ruff blue-tongue",
        eyes="dark",
        also="cream",
    ),
    "94": dog(35, "black", "tan", mark="rust", ears="tall", head="narrow", muzzle="long", fur="sleek"),
    "95": dog(40, "white", ears="rose", head="broad", muzzle="broad", eyes="dark", extra="jowls"),
    "98": dog(27, "bronze", "brindle", mark="black", ears="tall", head="wolf", muzzle="long", extra="mask"),
    "102": dog(25, "black", "tan", mark="rust", white="blaze", ears="semi", fur="long", head="wide"),
    "107": dog(25, "rust", "sable", mark="black", ears="small", fur="long", head="bear", extra="ruff mask"),
    "110": dog(19, "black", "tan", mark="cream", white="chest", ears="small", fur="long", head="fox", extra="ruff"),
    "111": dog(11, "orange", "urajiro", light="cream", ears="upright", fur="plush", head="fox", extra="ruff"),
    "114": dog(15, "mahogany", ears="tri", head="hound", fur="sleek", eyes="dark"),
    "115": dog(32, "tan", "saddle", mark="black", ears="tall", head="wolf", muzzle="long", extra="mask", fur="plush"),
    "119": dog(35, "black", ears="button", fur="wire", head="square", extra="beard brows moustache"),
    "124": dog(68, "fawn", ears="tri", head="square", muzzle="broad", extra="mask jowls", also="slate"),
    "125": dog(45, "white", ears="tri", fur="long", head="bear", muzzle="broad", extra="ruff"),
    "141": dog(8, "white", ears="upright", fur="long", head="fox", extra="ruff smile"),
    "142": dog(
        18,
        "silver",
        "husky",
        mark="graphite",
        light="cream",
        ears="small",
        fur="long",
        head="fox",
        extra="ruff spectacles",
    ),
    "144": dog(40, "ivory", fur="corded", head="square", extra="fringe", ears="none"),
    "147": dog(42, "white", ears="tri", fur="plush", head="broad", muzzle="broad"),
    "153": dog(4.5, "black", "tan", mark="rust", ears="upright", head="fox"),
    "155": dog(
        65, "gold", "sable", mark="seal", ears="tri", fur="long", head="bear", muzzle="broad", extra="mask ruff"
    ),
    "165": dog(
        13,
        "red",
        "merle",
        mark="chestnut",
        light="cream",
        white="blaze",
        ears="semi",
        eyes="amber/ice",
        fur="long",
        nose="liver",
        head="wide",
    ),
    "171": dog(56, "black", ears="tri", fur="long", head="bear", muzzle="broad", extra="jowls"),
    "178": dog(36, "grey", white="collar", light="white", ears="shaggy", fur="long", head="bear", extra="fringe beard"),
    "179": dog(
        28,
        "white",
        "patches",
        mark="bronze",
        ears="rose",
        head="broad",
        muzzle="flat",
        extra="jowls wrinkles underbite",
    ),
    "184": dog(12, "orange", white="blaze", ears="bat", head="fox", extra="smile"),
    "185": dog(45, "bronze", "brindle", mark="black", ears="rose", head="broad", muzzle="broad", extra="mask jowls"),
    "204": dog(13, "black", fur="corded", head="square", extra="fringe", ears="none"),
    "205": dog(11, "grey", ears="semi", fur="curly", head="square", extra="beard", also="black"),
    "210": dog(42, "black", "tan", mark="rust", ears="tri", head="broad", muzzle="broad", fur="sleek"),
    "212": dog(
        70,
        "white",
        "patches",
        mark="rust",
        ears="tri",
        fur="plush",
        head="broad",
        muzzle="broad",
        extra="jowls wrinkles full-patch",
    ),
    "214": dog(25, "white", ears="small", fur="long", head="fox", eyes="dark", extra="ruff smile"),
    "216": dog(6, "black", ears="upright", fur="plush", head="fox", extra="ruff"),
    "221": dog(
        14,
        "gold",
        "sable",
        mark="black",
        white="blaze",
        ears="semi",
        fur="long",
        head="narrow",
        muzzle="long",
        extra="ruff",
    ),
    "222": dog(9, "orange", "urajiro", light="ivory", ears="small", fur="plush", head="fox", extra="smile"),
    "225": dog(
        59, "tan", "saddle", mark="black", ears="tall", head="wolf", muzzle="long", fur="long", extra="mask ruff"
    ),
    "226": dog(21, "graphite", "husky", mark="black", light="white", ears="small", eyes="ice", fur="plush", head="fox"),
    "233": dog(16, "wheat", ears="button", fur="curly", head="square", extra="fringe beard moustache"),
    "235": dog(18, "brown", ears="drop", fur="curly", head="round", nose="liver", extra="fringe-curl", also="black"),
    "239": dog(
        18, "pepper", ears="button", fur="wire", head="square", light="silver", extra="beard brows moustache pale"
    ),
    "242": dog(11, "grey", "husky", mark="steel", light="cream", ears="upright", head="fox", fur="plush"),
    "244": dog(
        51, "black", "tan", mark="rust", ears="tri", fur="long", head="bear", muzzle="broad", extra="ruff jowls"
    ),
    "258": dog(33, "white", ears="tall", head="wolf", muzzle="long", fur="plush", also="ivory"),
}
