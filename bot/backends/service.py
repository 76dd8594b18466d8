"""What the transport has to know of a service: its address, its key, its hosts and its limits."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import IntEnum

from yarl import URL

KIB = 1024
MIB = 1024 * KIB


class Priority(IntEnum):
    """Whose turn it is when a service takes only so many calls: people, then pools of pictures, then the sync."""

    PEOPLE = 0
    POOL = 1
    SYNC = 2

    @property
    def deadline(self) -> float:
        """The seconds that a whole request may take, retries and waits included, where the caller names none."""
        return (10.0, 30.0, 60.0)[self]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Service:
    """A service as its operator named it; `base_url` includes the version and its host may be private.

    `hosts` are where its pictures may be besides the base host, over https only: `host`, `*.domain`, or
    `host/folder/` where the host is shared with strangers. Limits are bytes. `rate` is for a service that does not
    tell its own; without one the transport learns it from the service's `ratelimit-limit` header.
    """

    name: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    hosts: tuple[str, ...] = ()
    key_header: str = "x-api-key"
    key_prefix: str = ""
    json_limit: int = 4 * MIB
    picture_limit: int = 10 * MIB
    rate: Rate | None = None

    @property
    def keyed(self) -> bool:
        """Whether there is a key."""
        return bool(self.key)

    @property
    def base(self) -> URL:
        """The base address without a slash at its end."""
        return URL(self.base_url.rstrip("/"))

    @property
    def own(self) -> bool:
        """Whether the operator put a service of their own in the place of the public one."""
        return not self.knows(URL.build(scheme="https", host=self.base.host or "", path=self.base.path))

    def address(self, path: str) -> URL:
        """Return the address of a path whose segments are percent-encoded already."""
        return URL(f"{self.base_url.rstrip('/')}/{path.lstrip('/')}", encoded=True)

    def credentials(self, url: URL) -> dict[str, str]:
        """Return the headers that hold the key, empty for any address but the service's own."""
        if self.key and url.origin() == self.base.origin():
            return {self.key_header: self.key_prefix + self.key}
        return {}

    def knows(self, url: URL) -> bool:
        """Tell whether an address is https at one of the listed hosts."""
        if url.scheme != "https" or url.user is not None or url.port != 443 or ".." in url.parts:
            return False
        host = url.host or ""
        return any(_matches(pattern, host, url.path) for pattern in self.hosts)

    def vouched(self, url: URL) -> bool:
        """Tell whether the address's host was named in the code or by the operator."""
        base = self.base
        return (url.host == base.host and url.scheme in ("https", base.scheme)) or self.knows(url)

    def admits(self, url: URL) -> bool:
        """Tell whether an address may be shown and fetched.

        That is the base host, a listed host, and for an operator's own service any https address with a name in
        the public tree (what the name resolves to is for the transport's resolver to judge).
        """
        if not url.absolute or not url.host:
            return False
        return self.vouched(url) or (self.own and url.scheme == "https" and url.user is None and _public(url.host))


def _matches(pattern: str, host: str, path: str) -> bool:
    """Match `host`, `*.domain` or `host/folder/`."""
    name, slash, folder = pattern.partition("/")
    if slash and not path.startswith(f"/{folder}"):
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
