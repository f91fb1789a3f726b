"""The keys of `dataset:` documents, as JSON Schemas."""

from kpispec.syntax.shapes import (
    CHECKS,
    DURATION,
    NAME,
    PERIODS,
    REFERENCE,
    Shape,
    choice,
    day,
    flag,
    human,
    keys,
    named,
    one_or_more,
    text,
    where,
)

LABEL = human("What people read for it.", 200)
DESCRIPTION = human("What it tells and what it does not, in Markdown.")

_COLUMN = keys(
    "A column: what its cells promise to be.",
    {
        "type": CHECKS["type"],
        "dimension": flag("Whether values can be cut by it."),
        "expr": text("Computes the column from the others of its row; window functions may see other rows."),
        "unit": text("The unit of its values: `EUR`, `s`, `percent`."),
        **CHECKS,
        "empty": choice("`keep`: an empty text stays a text instead of becoming null.", "keep"),
        "optional": flag("Whether the column may be absent from the data."),
        "label": LABEL,
        "description": DESCRIPTION,
    },
)

_JOIN = keys(
    "A row of another data set beside each row of this one.",
    {
        "dataset": text("The data set that holds the row.", REFERENCE),
        "on": {
            "description": "The columns that name the row: one, a list, or a map of ours to theirs.",
            "type": ["string", "array", "object"],
            "pattern": NAME,
            "items": text("A column of both.", NAME),
            "minItems": 1,
            "propertyNames": {"pattern": NAME},
            "additionalProperties": text("A column of the other data set.", NAME),
            "minProperties": 1,
        },
        "at": text("For rows in force over a time: the column of ours that says when; the clock without it.", NAME),
    },
    ("dataset", "on"),
)

DATASET: dict[str, Shape] = {
    "grain": text("What one row is: `one row per ticket`."),
    "key": one_or_more("The columns that name a row.", text("A column.", NAME)),
    "time": text("The column whose date or timestamp places a row in a period.", NAME),
    "interval": keys(
        "The row is in force from one moment until before another.",
        {
            "from": text("The column of the moment from which.", NAME),
            "to": text("The column of the moment at which it ends; empty while it lasts.", NAME),
        },
        ("from", "to"),
    ),
    "every": choice("The rows are one a period of this length, and cannot be cut finer.", *PERIODS),
    "covers": keys(
        "Which days the data stands for, where its rows cannot tell.",
        {
            "from": day("First day covered."),
            "to": {
                "description": "Last day covered, or `as_of` for a feed that is silent when nothing happens.",
                "type": "string",
                "pattern": r"^(as_of|\d{4}-\d{2}-\d{2})$",
            },
        },
    ),
    "freshness": keys(
        "How old the newest row may be.",
        {"max_age": text("A duration: `2 days`.", DURATION)},
        ("max_age",),
    ),
    "where": where("the data set"),
    "joins": named("Other data sets whose columns stand beside these: `customer.region`.", _JOIN, NAME),
    "columns": named("The columns, by name.", _COLUMN, NAME),
}
