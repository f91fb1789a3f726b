"""The pieces that the JSON Schemas of all kinds are made of.

A shape is a JSON Schema. Unions tell their members apart by type (text or map) or by one key, so that a mistake breaks
one rule and not every branch of an `anyOf`.
"""

from collections.abc import Mapping
from typing import Any

Shape = dict[str, Any]

ID = r"^(?!.*__)[a-z][a-z0-9_]*[a-z0-9]$"
REFERENCE = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"
NAME = r"^[a-z_][a-z0-9_]*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
COLUMN = r"^[a-z_][a-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$"
VERSION = r"^\d+\.\d+\.\d+$"
DURATION = r"^\d+(\.\d+)? ?[a-z]+$"
NAMED_DURATION = r"^(\d+(\.\d+)? ?[a-z]+|[a-z_][a-z0-9_]*)$"  # a duration, or the param that holds one
WINDOW = r"^(\d+ [a-z]+|[a-z_][a-z0-9_]*)$"
OFFSET = r"^-\d+ [a-z]+$"

TYPES = ("string", "integer", "number", "boolean", "date", "timestamp")
PERIODS = ("day", "week", "month", "quarter", "year")
READERS = ("strategic", "tactical", "operational")
METHODS = ("auto", "none", "bootstrap")
READER = rf"^({'|'.join(READERS)})$"
METHOD = rf"^({'|'.join(METHODS)})$"


def text(description: str, pattern: str | None = None, longest: int | None = None) -> Shape:
    shape: Shape = {"description": description, "type": "string", "minLength": 1}
    if pattern:
        shape["pattern"] = pattern
    if longest:
        shape["maxLength"] = longest
    return shape


def choice(description: str, *words: str) -> Shape:
    return {"description": description, "enum": list(words)}


def flag(description: str) -> Shape:
    return {"description": description, "type": "boolean"}


def whole(description: str, minimum: int = 0, maximum: int | None = None) -> Shape:
    found: dict[str, object] = {"description": description, "type": "integer", "minimum": minimum}
    return found if maximum is None else {**found, "maximum": maximum}


def number(description: str, **bounds: float) -> Shape:
    return {"description": description, "type": "number", **bounds}


def amount(description: str) -> Shape:
    """A figure, or text of a figure with its unit."""
    return {"description": description, "type": ["number", "string"], "minLength": 1}


def cell(description: str, *, null: bool = False) -> Shape:
    kinds = ["string", "number", "boolean"]
    return {"description": description, "type": [*kinds, "null"] if null else kinds}


def day(description: str) -> Shape:
    return {"description": f"{description} A whole day, such as 2026-01-31.", "type": "string", "pattern": DATE}


def items(description: str, shape: Shape, least: int = 0) -> Shape:
    return {"description": description, "type": "array", "items": shape, "minItems": least}


def one_or_more(description: str, shape: Shape) -> Shape:
    """One text, or a list of texts."""
    return {**shape, "description": description, "type": ["string", "array"], "items": shape, "minItems": 1}


def keys(description: str, properties: Mapping[str, Shape], required: tuple[str, ...] = (), **more: object) -> Shape:
    """A map with these keys and no others."""
    shape: Shape = {
        "description": description,
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        **more,
    }
    if required:
        shape["required"] = list(required)
    return shape


def named(description: str, shape: Shape, pattern: str | None = None, least: int = 0) -> Shape:
    """A map whose keys are the writer's own names."""
    made: Shape = {"description": description, "type": "object", "additionalProperties": shape, "minProperties": least}
    if pattern:
        made["propertyNames"] = {"pattern": pattern}
    return made


def human(description: str, longest: int = 4000) -> Shape:
    """Text for people: a string in the project's language, or a map of languages."""
    return {
        "description": f"{description} A text, or a map of languages: `{{en: ..., fr: ...}}`.",
        "type": ["string", "object"],
        "minLength": 1,
        "maxLength": longest,
        "propertyNames": {"pattern": LANGUAGE},
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": longest},
        "minProperties": 1,
    }


def either(
    shape: Shape, key: str, then: tuple[str, ...], otherwise: tuple[str, ...], needed: tuple[str, ...] = ()
) -> Shape:
    """A map of two forms, told apart by a key.

    With it only the keys of `then` stand, of which some may be `needed`; without it those of `otherwise` are required.
    """
    properties = dict.fromkeys(then, True)
    return {
        **shape,
        "if": {"required": [key]},
        "then": {"properties": properties, "additionalProperties": False, "required": [key, *needed]},
        "else": {"required": list(otherwise)},
    }


def where(of: str) -> Shape:
    return one_or_more(
        f"Which rows of {of} count: a condition on its columns. In a list, all conditions must hold.",
        text("A condition on the columns."),
    )


RANGE: Shape = {
    "description": "Lowest and highest value that can be true, ends included; `null` leaves a side open.",
    "type": "array",
    "items": {"type": ["number", "string", "null"]},
    "minItems": 2,
    "maxItems": 2,
}

CHECKS: dict[str, Shape] = {
    "type": choice("What the values are. A cell of another type is rejected and counted.", *TYPES),
    "range": RANGE,
    "values": {
        "description": "The values that can be true. A map gives each its label: `{phone: {en: Phone}}`.",
        "type": ["array", "object"],
        "items": cell("A value."),
        "additionalProperties": human("What people read for this value.", 200),
        "minItems": 1,
        "minProperties": 1,
    },
    "missing": named(
        "Codes that stand for no answer, each with the reason that is counted: `{-99: refused}`.",
        text("Why there is no value."),
        least=1,
    ),
    "not_null": flag("Whether an empty value is rejected."),
    "invalid": choice("`fail` makes a rejected value an error instead of a counted one.", "reject", "fail"),
}

OWNER = keys(
    "Who answers for it.",
    {"business": text("Who decides what it means."), "technical": text("Who keeps it computed.")},
)

LIFECYCLE = keys(
    "Where it stands between proposal and retirement.",
    {
        "state": choice("How far it is trusted.", "draft", "proposed", "certified", "deprecated", "retired"),
        "version": text("Its version, three numbers: 1.2.0.", VERSION),
        "since": day("First day of this version."),
        "review_by": day("Last day before somebody must look at it again."),
    },
)

FIGURE: dict[str, Shape] = {
    "label": human("What the figure is of.", 200),
    "value": amount("The figure."),
    "low": amount("Lower end of a range."),
    "high": amount("Upper end of a range."),
    "unit": text("Its unit, where it is not the KPI's."),
    "year": {"description": "The year it is of.", "type": "integer", "minimum": 1900, "maximum": 2200},
    "n": whole("How many answers or cases it rests on.", 1),
    "region": text("Of which region."),
    "industry": text("Of which industry."),
    "variant": text("Which variant of the indicator it was measured with."),
    "source": text("Who published it."),
    "url": text("Where it can be read.", r"^https?://\S+$"),
    "expires": day("Last day on which it may be used."),
}

_REJECTED = named("How many values are rejected, by reason.", whole("A count."))
_OUTCOME: dict[str, Shape] = {
    "segment": named("Which segment: `{channel: phone}`.", cell("Its value.", null=True)),
    "value": {"description": "The value, or a constant expression: `200 / 3`.", "type": ["number", "string", "null"]},
    "low": amount("Lower confidence bound."),
    "high": amount("Upper confidence bound."),
    "status": choice(
        "The status.",
        *("error", "not_available", "no_data", "undefined", "suppressed", "too_few", "stale", "partial"),
        *("not_judged", "good", "watch", "bad", "waived"),
    ),
    "n": whole("How many answers or cases count."),
    "tolerance": number("How far the value may be from the one expected.", minimum=0),
    "rejected": _REJECTED,
}
_EXPECTED: Shape = {**keys("What one segment must give.", _OUTCOME), "minProperties": 1}

_TEST: dict[str, Shape] = {
    "name": text("What it shows."),
    "period": {
        "description": "The period looked at: `2026`, `2026-Q3`, `2026-03`, `2026-W07`, `2026-03-15`.",
        "type": ["string", "integer"],
    },
    "as_of": text("The moment it is computed at, such as 2026-03-31 or 2026-03-31T12:00."),
    "by": one_or_more("Dimensions to cut by.", text("A dimension.")),
    "given": {
        "description": "Rows by data set or input, or the value of a KPI input: `{tickets: [{wait: 10 s}]}`.",
        "type": "object",
        "additionalProperties": {
            "type": ["array", "number", "string", "null"],
            "items": {
                "type": ["object", "number", "string", "boolean", "null"],
                "additionalProperties": cell("A cell.", null=True),
            },
        },
    },
    "expect": {
        **_EXPECTED,
        "description": "The value, `null`, or a map of what must be found; with `by`, a list of such maps.",
        "type": ["number", "string", "null", "object", "array"],
        "items": _EXPECTED,
    },
}
_NEEDED = ("given", "expect")
TEST = keys("A worked example: rows in, a value out.", _TEST, _NEEDED)

# A function knows no segments.
_ONE = {name: shape for name, shape in _OUTCOME.items() if name != "segment"}
FUNCTION_TEST = keys(
    "A worked example: arguments in, a value out.",
    {
        **{name: shape for name, shape in _TEST.items() if name != "by"},
        "given": {**_TEST["given"], "description": "A list of values, or one value, by argument: `{score: [9, 10]}`."},
        "expect": {
            **keys("The value, `null`, or a map of what must be found.", _ONE, minProperties=1),
            "type": ["number", "string", "null", "object"],
        },
    },
    _NEEDED,
)
