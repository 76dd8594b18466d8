"""What a picture shows, in one sentence: the alternative text that goes with it."""

from __future__ import annotations

from typing import Final

from .collar import collar_of
from .look import Look
from .motion import MOTIONS, Motion
from .palette import COATS, EYES
from .portrait import mood_of, seed_of
from .props import PROPS

EARS: Final[dict[str, str]] = {
    "large": "large ears",
    "huge": "very large ears",
    "bat": "big bat-like ears",
    "small": "small ears",
    "tiny": "tiny ears",
    "tiny-fold": "tiny folded ears",
    "curled": "ears curled back",
    "folded": "folded ears",
    "tall": "tall pointed ears",
    "upright": "upright ears",
    "drop": "hanging ears",
    "long": "long hanging ears",
    "basset": "very long hanging ears",
    "spaniel": "long feathered ears",
    "silk": "long silky ears",
    "button": "ears folded forward",
    "button-black": "small black ears",
    "rose": "ears folded back",
    "tri": "hanging ears",
    "semi": "tipped ears",
    "shaggy": "shaggy ears",
    "plume": "fringed ears",
    "puff": "fluffy ears",
    "puff-long": "curly hanging ears",
    "tassel": "tasselled ears",
    "butterfly": "butterfly ears",
    "bat-tall": "huge upright ears",
    "round": "small round ears",
    "feathered": "feathered ears",
    "tiny-up": "tiny upright ears",
    "prick": "pointed ears",
}
FURS: Final[dict[str, str]] = {
    "long": "long ",
    "curly": "curly ",
    "wire": "wiry ",
    "wiry": "wiry ",
    "shag": "shaggy ",
    "wavy": "wavy ",
    "corded": "corded ",
    "plush": "plush ",
    "sleek": "sleek ",
}


def said(colour: str) -> str:
    """The word for a coat colour."""
    return COATS[colour][1]


def coat_words(look: Look) -> str:
    """The coat in a few words, such as "cream coat with dark brown points"."""
    if look.fur == "hairless":
        return f"bare {said(look.coat)} skin"
    coat = f"{FURS.get(look.fur, '')}{said(look.coat)} coat"
    mark = said(look.mark) if look.mark else ""
    patterns = {
        "tabby": f"with {mark} tabby stripes",
        "classic": f"with {mark} tabby swirls",
        "tiger": f"with {mark} tiger stripes",
        "spotted": f"with {mark} spots",
        "rosettes": f"with {mark} rosettes",
        "point": f"with {mark} points",
        "sepia": f"shaded {mark}",
        "shaded": f"tipped with {mark}",
        "van": f"with {mark} patches on the head",
        "calico": f"with {mark} and black patches",
        "tortie": f"mottled with {mark}",
        "ticked": f"ticked with {mark}",
        "tan": f"with {mark} points",
        "saddle": f"with a {mark} saddle",
        "hound": f"with a {mark} back",
        "husky": f"with a {said(look.light) if look.light else 'white'} face mask",
        "urajiro": "with pale cheeks",
        "sable": f"shaded with {mark}",
        "patches": f"with {mark} patches",
        "merle": f"marbled with {mark}",
        "roan": f"flecked with {mark}",
        "belton": f"flecked with {mark}",
        "brindle": f"with {mark} brindle stripes",
    }
    details = [patterns[look.pattern]] if look.pattern in patterns else []
    if look.has("mask"):
        details.append("a dark mask" if details else "with a dark mask")
    white = {
        "blaze": "a white blaze",
        "half": "a white muzzle and chest",
        "chin": "a white chin",
        "chest": "a white chest",
        "collar": "a white head",
    }.get(look.white)
    if white:
        details.append(white if details else f"with {white}")
    return " ".join([coat, " and ".join(details)]).strip()


def eye_words(look: Look) -> str:
    """The eyes, such as "blue eyes" or "one blue and one amber eye"."""
    left, right = EYES[look.eyes[0]][1], EYES[look.eyes[1]][1]
    return f"{left} eyes" if left == right else f"one {left} and one {right} eye"


def alt_text(
    look: Look, breed_name: str, *, variant: int = 0, prop: str | None = None, motion: Motion | None = None
) -> str:
    """One sentence for a picture drawn with the same variant, prop and motion."""
    worn = look.dressed(variant)
    species = look.species.capitalize()
    name = breed_name if breed_name.endswith(species) else f"{breed_name} {look.species}"
    if prop is not None:
        return f"A drawn {name} with a {coat_words(worn)} {PROPS[prop].words}."
    if motion is not None:
        return f"A drawn {name} with a {coat_words(worn)} {MOTIONS[motion]}."
    parts = [coat_words(worn)]
    ears = EARS.get(look.ears)
    parts.append(f"{ears} and {eye_words(worn)}" if ears else eye_words(worn))
    collar = collar_of(worn, seed_of(look, variant))
    if collar is not None:
        parts.append(f"a {collar} collar")
    return f"A drawn {name}{_expression(look, variant)}: {', '.join(parts)}."


def _expression(look: Look, variant: int) -> str:
    mood = mood_of(look, variant)
    if mood.tongue > 0:
        return " with its tongue out"
    if mood.left_lid > 0.85 and mood.right_lid > 0.85:
        return " with closed eyes"
    return " that winks" if mood.left_lid > 0.85 else ""
