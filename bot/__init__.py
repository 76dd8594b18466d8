"""Pawprint: a self-hosted Discord bot for cat and dog pictures."""

__version__ = "0.1.0"
