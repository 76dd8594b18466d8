"""Weights, heights and years as a person reads them: kilograms or pounds, with their language's decimals."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.i18n import Texts
from bot.models import Breed, Span, Units


def units_for(interaction: discord.Interaction[Any]) -> Units:
    """Return the units of the person who used a command or pressed a button."""
    return Units.IMPERIAL if interaction.locale is discord.Locale.american_english else Units.METRIC


def units_in(ctx: commands.Context[Any]) -> Units:
    """Return the units for the answer to a command, be it a slash command or a mention.

    A mention tells nothing of the person, so the server's language counts; but American English is also that of every
    server that chose none.
    """
    if ctx.interaction is not None:
        return units_for(ctx.interaction)
    if ctx.guild is None or ctx.guild.preferred_locale is discord.Locale.american_english:
        return Units.BOTH
    return Units.METRIC


def weight(breed: Breed, units: Units, say: Texts) -> str | None:
    """Return what a breed weighs, None when it is not known."""
    kilograms = say("measure.kilograms", span=span(breed.weight, say)) if breed.weight else None
    pounds = say("measure.pounds", span=span(breed.weight_pounds, say)) if breed.weight_pounds else None
    return _in(units, kilograms, pounds, say)


def height(breed: Breed, units: Units, say: Texts) -> str | None:
    """Return how high a breed stands, None when it is not known."""
    centimetres = say("measure.centimetres", span=span(breed.height, say)) if breed.height else None
    inches = say("measure.inches", span=span(breed.height_inches, say)) if breed.height_inches else None
    return _in(units, centimetres, inches, say)


def years(breed: Breed, say: Texts) -> str | None:
    """Return how many years a breed lives, None when it is not known."""
    life = breed.life_span
    if life is None:
        return None
    if life.low == life.high:
        return say.plural("measure.years", round(life.high))
    return say.plural("measure.years.span", round(life.high), low=say.number(life.low))


def span(numbers: Span, say: Texts) -> str:
    """Write a range, or the one number that it is."""
    low, high = say.number(numbers.low), say.number(numbers.high)
    return low if low == high else say("measure.span", low=low, high=high)


def _in(units: Units, metric: str | None, imperial: str | None, say: Texts) -> str | None:
    if units is Units.BOTH and metric and imperial:
        return say("measure.both", metric=metric, imperial=imperial)
    return (imperial or metric) if units is Units.IMPERIAL else (metric or imperial)
