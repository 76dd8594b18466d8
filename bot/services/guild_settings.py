"""What the admins of a server may set, as one frozen Struct; as it comes, all is as in a server that set nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from bot.models import Picture
from bot.reactions import Emojis

MOST: Final = 25
"""How many channels, roles, breeds or categories one setting holds: as many as a list in Discord lets choose."""

LONGEST_COOLDOWN: Final = 86_400
"""In seconds."""


class Voting(StrEnum):
    """Through what the members of a server vote; the message menu works as long as they vote at all."""

    BOTH = "both"
    BUTTONS = "buttons"
    REACTIONS = "reactions"
    OFF = "off"


class Delivery(StrEnum):
    """How pictures come: as a link where one lasts, or always as an upload."""

    AUTO = "auto"
    UPLOAD = "upload"


class Again(StrEnum):
    """What 🔁 does: another picture in place while nobody voted (for who asked), always a new post, or nothing."""

    IN_PLACE = "in_place"
    NEW_POST = "new_post"
    OFF = "off"


Id = Annotated[int, Meta(gt=0, le=2**63 - 1)]
Ids = Annotated[tuple[Id, ...], Meta(max_length=MOST)]
Seconds = Annotated[int, Meta(ge=0, le=LONGEST_COOLDOWN)]
Named = Annotated[str, Meta(pattern=r"^(cat|dog):[A-Za-z0-9_.-]{1,40}$")]
Names = Annotated[tuple[Named, ...], Meta(max_length=MOST)]
Act = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,32}$")]

Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$")]

VOTE: Final = "vote"
"""Stands beside the names of commands among what roles may use: pressing a thumb, or leaving one."""


class GuildSettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that a server can set. Ids are Discord's, times seconds; breeds and categories `species:id`."""

    channels: Annotated[Ids, Meta(description="Channels and categories where commands may be used; none: all.")] = ()
    log_channel: Annotated[
        Id | None, Meta(description="The channel that is told of each change of a setting; none: nobody is.")
    ] = None
    voting: Annotated[Voting, Meta(description="Voting by `buttons`, by `reactions`, by `both`, or `off`.")] = (
        Voting.BOTH
    )
    seed_reactions: Annotated[
        bool | None,
        Meta(description="Whether the bot leaves the reactions to press; none: as the bot's operator set it."),
    ] = None
    own_votes: Annotated[bool, Meta(description="Whether one may vote on a picture that one asked for.")] = True
    emojis: Annotated[
        Emojis, Meta(description="The emojis for up, down and save; a server's own are written `<:name:id>`.")
    ] = Emojis()
    person_cooldown: Annotated[
        Seconds, Meta(description="Seconds before the same person may use a command again, up to a day.")
    ] = 0
    channel_cooldown: Annotated[
        Seconds, Meta(description="Seconds before anybody may use a command again in a channel, up to a day.")
    ] = 0
    exempt_roles: Annotated[Ids, Meta(description="Roles that need not wait.")] = ()
    roles: Annotated[
        dict[Act, Ids],
        Meta(
            description="Roles that may use a command, by its name, or `vote`; what is not named is everybody's. Who "
            "manages the server may use all."
        ),
    ] = msgspec.field(default_factory=dict)
    language: Annotated[
        Language | None, Meta(description="The language of what everybody sees; none: the server's own.")
    ] = None
    delivery: Annotated[
        Delivery, Meta(description="Pictures as a link where one lasts (`auto`), or always as an `upload`.")
    ] = Delivery.AUTO
    again: Annotated[
        Again,
        Meta(
            description="🔁 puts another picture `in_place` for who asked while nobody voted, always as a `new_post`, "
            "or is `off`."
        ),
    ] = Again.IN_PLACE
    excluded_breeds: Annotated[Names, Meta(description="Breeds that are not shown here, as `cat:abys`.")] = ()
    excluded_categories: Annotated[Names, Meta(description="Categories that are not shown here, as `cat:5`.")] = ()

    def __post_init__(self) -> None:
        """Keep lists in order and each thing once, so that equal settings are equal."""
        for name in ("channels", "exempt_roles", "excluded_breeds", "excluded_categories"):
            msgspec.structs.force_setattr(self, name, tuple(sorted(set(getattr(self, name)))))
        roles = {act: tuple(sorted(set(ids))) for act, ids in sorted(self.roles.items())}
        msgspec.structs.force_setattr(self, "roles", roles)

    @property
    def uploads(self) -> bool:
        """Whether every picture is to be uploaded, even where a link would last."""
        return self.delivery is Delivery.UPLOAD

    @property
    def vote_buttons(self) -> bool:
        """Whether cards have thumbs to press."""
        return self.voting in (Voting.BOTH, Voting.BUTTONS)

    @property
    def vote_reactions(self) -> bool:
        """Whether reactions count."""
        return self.voting in (Voting.BOTH, Voting.REACTIONS)

    def seeds(self, usual: bool) -> bool:
        """Whether the bot leaves the reactions below a picture; `usual` is what its operator set.

        Without buttons it does unless the server says otherwise: nobody would know what to press.
        """
        wanted = self.seed_reactions if self.seed_reactions is not None else usual or not self.vote_buttons
        return self.vote_reactions and wanted

    def shows(self, picture: Picture) -> bool:
        """Whether a picture shows nothing that the server excluded, as far as its service says what it shows."""
        breeds = {f"{picture.species}:{breed.id}" for breed in picture.breeds}
        categories = {f"{picture.species}:{category.id}" for category in picture.categories}
        return breeds.isdisjoint(self.excluded_breeds) and categories.isdisjoint(self.excluded_categories)


FIELDS: Final = {field.name: field for field in msgspec.structs.fields(GuildSettings)}
"""The settings by name, in the order in which they are shown."""

DEFAULTS: Final = GuildSettings()


def differing(before: GuildSettings, after: GuildSettings) -> list[str]:
    """Return the names of the settings that differ."""
    return [name for name in FIELDS if getattr(before, name) != getattr(after, name)]


def read(raw: Mapping[str, Any]) -> tuple[GuildSettings, dict[str, Any]]:
    """Return the settings that JSON holds, and what of it cannot be used, by name; such a setting is as it comes."""
    good: dict[str, Any] = {}
    faults: dict[str, Any] = {}
    for name, value in raw.items():
        field = FIELDS.get(name)
        try:
            if field is None:
                raise msgspec.ValidationError(name)
            good[name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            faults[name] = value
    return GuildSettings(**good), faults
