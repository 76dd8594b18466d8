"""`python -m bot` and the console script `pawprint`: hand over to the command line."""

from __future__ import annotations

import sys

from bot.commands.line import main

if __name__ == "__main__":
    sys.exit(main())
