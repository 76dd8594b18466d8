"""The painter's process: orders come in on its standard input, portraits leave on its standard output.

An order is a line of JSON, `[species, breed id, variant]`. The reply is `+` or `-`, four bytes of length (big-endian)
and the JPEG, or what went wrong. The process ends when its input does, so also when its parent is killed.
"""

from __future__ import annotations

import struct
import sys

import msgspec

from .portraits import draw_portrait

HEAD = struct.Struct(">cI")
DONE, FAILED = b"+", b"-"


def main() -> None:
    """Draw until nobody orders any more."""
    replies = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever is printed by mistake must not come between the replies
    for order in sys.stdin.buffer:
        try:
            outcome, body = DONE, draw_portrait(*msgspec.json.decode(order, type=tuple[str, str, int]))
        except Exception as error:  # noqa: BLE001 - handed to the parent, which logs it
            outcome, body = FAILED, repr(error).encode()
        replies.write(HEAD.pack(outcome, len(body)) + body)
        replies.flush()


if __name__ == "__main__":
    main()
