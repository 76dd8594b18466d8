"""The error tree. Each leaf is one thing that can go wrong; `failures.py` knows what each says to a person.

PawprintError
├── OperatorError               a start that cannot go on: one sentence, a non-zero exit
│   ├── SettingsError
│   ├── DataFolderError
│   ├── AlreadyRunning
│   ├── StoreTooNew
│   ├── StoreUnreachable
│   ├── StoreDamaged
│   ├── NothingToBackUp
│   ├── BackupUnusable
│   ├── DataInTheWay
│   ├── TokenRefused
│   ├── DiscordUnreachable
│   ├── PortTaken
│   ├── UnclearPicture
│   └── SandboxMissing
├── BackendError                a service did not give what was asked
│   ├── BackendUnavailable      no answer, a 5XX, an open circuit, the deadline passed
│   ├── BackendLimited          429: too many calls; carries the seconds to wait
│   ├── BackendRefused          401 or 403: no key, a wrong key, not in the plan
│   ├── BackendNotFound         what was named does not exist there
│   ├── BackendRejected         400, 409, 415, 422: the service does not take the request as it is
│   │   └── AlreadyThere        a duplicate (favourite)
│   ├── BackendConfused         an answer that cannot be read, or is too large
│   └── Unsupported             this generation of the service cannot do it
└── PersonError                 something a person can mend by asking differently
    ├── UnknownBreed
    ├── UnknownBreedId          "cat:" or "dog:" with what is no breed's id
    ├── UnknownBreedValue       no group, country or trait of breeds by that name
    ├── SameBreed               one breed to be compared with itself
    ├── DifferentSpecies        a cat to be compared with a dog
    ├── UnknownCategory
    ├── UnknownGroup            no group of breeds by that name
    ├── UnknownCommand          `/help` was asked for a command that there is not
    ├── NoPictures
    ├── CardGone                the picture behind a button is no longer known
    ├── NoCardHere              nothing of ours was shown in this channel yet
    ├── UnknownPicture          no picture by that id, or no message of ours by that link
    ├── UnknownId               no service knows a picture by this id
    ├── OddId                   what was typed can be no picture's id
    ├── KeptPrivate             somebody keeps their favourites to themselves
    ├── QuizRunning             a question of the quiz is open in this channel
    ├── QuizNotHere             a server where the bot is not: it could not tell the solution there
    ├── NotYours                a private list or question of somebody else's
    ├── HiddenPicture           a picture that moderators or the operator hid
    ├── NotHidden               nothing that was named is hidden here
    ├── KeptFromVoting          a server takes no votes of somebody
    ├── TooManyHidden           a server hid as many pictures as it may
    ├── NoCard                  a message that shows no picture of ours
    └── …                       those that the settings of a server bring about: refused.py
"""

from __future__ import annotations

from collections.abc import Sequence


class PawprintError(Exception):
    """The root of every error that this project raises on purpose."""


class OperatorError(PawprintError):
    """A start that cannot go on; the text is one sentence that says what to do."""

    exit_code = 2


class SettingsError(OperatorError):
    """Settings that cannot be used, every fault named."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("Settings cannot be used:\n" + "\n".join(f"  - {fault}" for fault in self.faults))


class DataFolderError(OperatorError):
    """The data folder cannot be written."""


class AlreadyRunning(OperatorError):
    """Another copy of the bot holds the data folder or the database."""


class StoreTooNew(OperatorError):
    """The database was written by a newer version."""


class StoreUnreachable(OperatorError):
    """The database does not answer; it may a moment later, so that whoever started the bot may try again."""

    exit_code = 1


class StoreDamaged(OperatorError):
    """A database file is no database, or damaged; `reason` is SQLite's word."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"The database file {path} cannot be used ({reason}): restore a backup.")
        self.reason = reason


class NothingToBackUp(OperatorError):
    """There is no data that a backup could hold."""


class BackupUnusable(OperatorError):
    """A backup that cannot be read, or does not belong here."""


class DataInTheWay(OperatorError):
    """There is data already where some is to be restored."""


class TokenRefused(OperatorError):
    """Discord does not take the token, or there is none."""

    def __init__(
        self,
        text: str = "Discord does not take the token: copy it anew from the developer portal (Bot, Reset Token) to "
        "DISCORD_TOKEN.",
    ) -> None:
        super().__init__(text)


class DiscordUnreachable(OperatorError):
    """Discord does not answer at the start; whoever started the bot may try again, so the exit code is another."""

    exit_code = 1

    def __init__(self, reason: str) -> None:
        super().__init__(f"Discord does not answer ({reason}): see the network, and DISCORD_API_URL if it is set.")


class PortTaken(OperatorError):
    """The address for health and metrics cannot be listened at; `reason` is the system's word."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Health and metrics cannot listen at port {port} of {host} ({reason}): see HTTP_PORT and HTTP_HOST."
        )


class UnclearPicture(OperatorError):
    """What an operator typed names no picture of one source for certain."""

    def __init__(self, asked: str) -> None:
        super().__init__(f"{asked} names no picture for certain: write its source before its id, as in catapi:abc.")


class SandboxMissing(OperatorError):
    """No token, and the sandbox's packages are not installed."""


class BackendError(PawprintError):
    """A service did not give what was asked; `service` is its name, `status` the HTTP status where there was one."""

    def __init__(self, service: str, reason: str, *, status: int | None = None) -> None:
        self.service = service
        self.reason = reason
        self.status = status
        super().__init__(f"{service}: {reason}" + (f" (HTTP {status})" if status else ""))


class BackendUnavailable(BackendError):
    """No answer in time, a connection that broke, a 5XX, or a circuit that is open.

    `sent` is False when it is certain that the service has not seen the request.
    """

    def __init__(self, service: str, reason: str, *, status: int | None = None, sent: bool = True) -> None:
        super().__init__(service, reason, status=status)
        self.sent = sent


class BackendLimited(BackendError):
    """429: too many calls; `retry_after` is in seconds, None when the service did not say."""

    def __init__(self, service: str, retry_after: float | None = None) -> None:
        super().__init__(service, "too many calls", status=429)
        self.retry_after = retry_after


class BackendRefused(BackendError):
    """401 or 403: no key, a wrong or revoked key, or something the plan does not include."""


class BackendNotFound(BackendError):
    """What was named does not exist at the service."""


class BackendRejected(BackendError):
    """The service understood and does not take the request as it is."""


class AlreadyThere(BackendRejected):
    """The service already has it; for a favourite that is as good as success."""


class BackendConfused(BackendError):
    """An answer that cannot be read: not JSON, not the expected shape, cut off, or over the size limit."""


class Unsupported(BackendError):
    """This generation of the service has no such call."""


class PersonError(PawprintError):
    """Something a person can mend by asking differently."""


class UnknownBreed(PersonError):
    """No breed by that name; `nearest` holds the names that come closest."""

    def __init__(self, asked: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(asked)
        self.asked = asked
        self.nearest = tuple(nearest)


class UnknownBreedId(PersonError):
    """What was typed has the form of a breed's id, and is none."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class UnknownBreedValue(PersonError):
    """No group of breeds, no country and no trait by that name."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class SameBreed(PersonError):
    """A breed cannot be compared with itself; `name` is what it is called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class DifferentSpecies(PersonError):
    """A cat and a dog have too little in common to be compared."""


class UnknownCategory(PersonError):
    """No category by that name; `known` holds those there are."""

    def __init__(self, asked: str, known: Sequence[str] = ()) -> None:
        super().__init__(asked)
        self.asked = asked
        self.known = tuple(known)


class UnknownGroup(PersonError):
    """No group of breeds by that name; `known` holds those there are."""

    def __init__(self, asked: str, known: Sequence[str] = ()) -> None:
        super().__init__(asked)
        self.asked = asked
        self.known = tuple(known)


class UnknownCommand(PersonError):
    """There is no command by that name; `nearest` holds those that come closest, as one types them."""

    def __init__(self, asked: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(asked)
        self.asked = asked
        self.nearest = tuple(nearest)


class UnknownFact(PersonError):
    """No fact has that id; `example` is one that there is."""

    def __init__(self, asked: str, example: str) -> None:
        super().__init__(asked)
        self.asked = asked
        self.example = example


class UnknownLanguage(PersonError):
    """What was typed can be no language's code."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class NoFacts(PersonError):
    """There is no fact about that breed."""


class NoPictures(PersonError):
    """Nothing matches what was asked for."""


class CardGone(PersonError):
    """The picture behind a button or a message is no longer known."""


class NoCard(PersonError):
    """The message shows no picture of ours."""


class NoCardHere(PersonError):
    """Nothing of ours was shown in this channel yet."""


class UnknownPicture(PersonError):
    """What was typed is no picture's id that a source knows, nor a link to a message of ours in this space."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class UnknownId(PersonError):
    """No service knows a picture by this id."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class OddId(PersonError):
    """What was typed has not the form of a picture's id, nor of an address that tells one."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class KeptPrivate(PersonError):
    """Somebody keeps their favourites to themselves."""


class NotYours(PersonError):
    """A private list or a question that only somebody else may turn or answer."""


class HiddenPicture(PersonError):
    """A picture that is hidden in this server, or `everywhere` by the bot's operator."""

    def __init__(self, *, everywhere: bool) -> None:
        super().__init__("everywhere" if everywhere else "here")
        self.everywhere = everywhere


class NotHidden(PersonError):
    """Nothing that was named is hidden in this server."""


class KeptFromVoting(PersonError):
    """The moderators of a server take no votes of somebody."""


class TooManyHidden(PersonError):
    """A server hid as many pictures, or keeps as many people from voting, as it may; `most` is how many."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class QuizRunning(PersonError):
    """A channel has one question of the quiz at a time; `link` leads to it, None while it is being posted."""

    def __init__(self, link: str | None = None) -> None:
        super().__init__(link)
        self.link = link


class QuizNotHere(PersonError):
    """A quiz needs the bot itself in the server, which posts the solution."""
