"""Discord's own OpenAPI document, as the judge of what the bot sends."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker, ValidationError  # type: ignore[import-untyped]
from jsonschema.validators import extend  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.wire.discord_double import Asked
from tests.wire.discord_shapes import Json

_Keyword = Callable[[Any, list[Json], Any, Json], Iterator[ValidationError]]

_DOCUMENT = "urn:discord"
_SHOWN = 160


def _within(bits: int) -> Callable[[object], bool]:
    half = 1 << (bits - 1)
    return lambda value: not isinstance(value, int) or -half <= value < half


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or (bool(urlsplit(value).scheme) and not re.search(r"\s", value))


_FORMATS = FormatChecker(())
_FORMATS.checks("int32")(_within(32))
_FORMATS.checks("int64")(_within(64))
_FORMATS.checks("snowflake")(lambda value: not isinstance(value, str) or not value.isdigit() or int(value) < 1 << 64)
_FORMATS.checks("uri")(_is_uri)


class DiscordDocument:
    """The document's operations by method and path; `violations` says what a request does against them.

    Fields that the document does not name are let through, as it lets them through itself.
    """

    def __init__(self, document: Json) -> None:
        self._paths: Json = document["paths"]
        # The most literal template comes first: "@original" is also somebody's {message_id}.
        self._templates = [(_pattern(path), path) for path in sorted(self._paths, key=lambda path: path.count("{"))]
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(_DOCUMENT, resource)
        self._schemas: Json = document["components"]["schemas"]
        unions = {union: self._tagged(Draft202012Validator.VALIDATORS[union]) for union in ("oneOf", "anyOf")}
        self._kind: Any = extend(Draft202012Validator, unions)
        self._validator = cache(self._make_validator)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the document from a file."""
        return cls(json.loads(path.read_text("utf-8")))

    def violations(self, asked: Asked) -> list[str]:
        """Return what is wrong with a request, each as "METHOD path: where: what"; empty when nothing is."""
        template = self.template(asked.path)
        if template is None:
            return [f"{asked.method} {asked.path}: no such path"]
        if asked.method.lower() not in self._paths[template]:
            return [f"{asked.method} {template}: no such method"]
        found = (*self._in_address(asked, template), *self._in_body(asked, template))
        return [f"{asked.method} {template}: {complaint}" for complaint in found]

    def template(self, path: str) -> str | None:
        """Return the document's path that a request's path is one of."""
        return next((template for pattern, template in self._templates if pattern.fullmatch(path)), None)

    def _in_address(self, asked: Asked, template: str) -> Iterator[str]:
        item = self._paths[template]
        match = _pattern(template).fullmatch(asked.path)
        assert match is not None
        named = [(given["name"], given["in"], given["schema"]) for given in item.get("parameters", ())]
        named += [(given["name"], given["in"], None) for given in item[asked.method.lower()].get("parameters", ())]
        # Everything in a path is a text; numbers are found by their pattern only.
        for name, where, schema in named:
            if where == "path" and schema is not None and schema.get("type") != "integer":
                for complaint in self._complaints(schema, match[name]):
                    yield f"{name}: {complaint}"
        for name in asked.query.keys() - {name for name, where, _ in named if where == "query"}:
            yield f"?{name}: no such parameter"

    def _in_body(self, asked: Asked, template: str) -> Iterator[str]:
        method = asked.method.lower()
        wanted = self._paths[template][method].get("requestBody")
        if wanted is None:
            if asked.body is not None:
                yield "a body where none is read"
        elif asked.body is None:
            if wanted.get("required"):
                yield "no body"
        elif asked.content_type not in wanted["content"]:
            yield f"{asked.content_type} is not read here"
        else:
            steps = ("paths", template, method, "requestBody", "content", asked.content_type, "schema")
            pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
            yield from self._complaints({"$ref": f"{_DOCUMENT}#/{pointer}"}, _normal(asked.body))

    def _complaints(self, schema: Json, value: object) -> Iterator[str]:
        for error in self._validator(json.dumps(schema)).iter_errors(value):
            for nearest in _nearest(error):
                text = nearest.message
                yield f"{_place(nearest)}: {text if len(text) <= _SHOWN else '…' + text[-_SHOWN:]}"

    def _make_validator(self, schema: str) -> Any:
        # References within the document are read from its root, wherever the schema stands in it.
        rooted = schema.replace('"#/', f'"{_DOCUMENT}#/')
        return self._kind(json.loads(rooted), registry=self._registry, format_checker=_FORMATS)

    def _tagged(self, union: _Keyword) -> _Keyword:
        """Look only at the branches that the value or its `type` does not rule out, which changes no outcome."""

        def check(validator: Any, branches: list[Json], value: Any, schema: Json) -> Iterator[ValidationError]:
            possible = [branch for branch in branches if self._may_be(branch, value)]
            return union(validator, possible or branches, value, schema)

        return check

    def _may_be(self, branch: Json, value: Any) -> bool:
        if "const" in branch:
            return bool(branch["const"] == value)
        if not isinstance(value, dict) or "type" not in value:
            return True
        meant: Json = self._schemas[branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
        kinds = meant.get("properties", {}).get("type", {}).get("enum")
        return kinds is None or value["type"] in kinds


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)))


def _normal(body: Any) -> Any:
    """Write as text the ids that discord.py writes as numbers: of attachments, of what a list has chosen, of a message
    that is replied to.

    Discord takes both, its document names the one. Nothing else is let through so.
    """
    body = copy.deepcopy(body)
    if not isinstance(body, dict):
        return body
    for holder in (body, body.get("data")):
        listed = holder.get("attachments") if isinstance(holder, dict) else None
        for attachment in listed if isinstance(listed, list) else ():
            _write_ids(attachment, ("id",))
        for chosen in _chosen(holder):
            _write_ids(chosen, ("id",))
    _write_ids(body.get("message_reference"), ("guild_id", "channel_id", "message_id"))
    return body


def _chosen(value: Any) -> Iterator[Any]:
    """Yield what the lists among components have chosen, wherever they stand."""
    if isinstance(value, dict):
        yield from value.get("default_values", ())
        for part in value.values():
            yield from _chosen(part)
    elif isinstance(value, list):
        for part in value:
            yield from _chosen(part)


def _write_ids(holder: Any, names: tuple[str, ...]) -> None:
    for name in names if isinstance(holder, dict) else ():
        if type(holder.get(name)) is int:
            holder[name] = str(holder[name])


def _nearest(error: ValidationError) -> list[ValidationError]:
    """Return what is wrong with the branch of a union that was meant; the error itself when none shows."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    possible = [errors for errors in branches.values() if not any(map(_is_another, errors))]
    meant = [[nearest for inner in errors for nearest in _nearest(inner)] for errors in possible]
    return min(meant, key=len, default=[error])


def _is_another(error: ValidationError) -> bool:
    """Tell whether an error says that the value is of another kind: null, or a `type` of its own."""
    place = list(error.relative_path)
    return place == ["type"] or (not place and error.validator == "type")


def _place(error: ValidationError) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return "".join(steps).removeprefix(".") or "the whole"
