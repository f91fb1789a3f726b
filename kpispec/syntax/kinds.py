"""The keys of every kind of document, as JSON Schemas (draft 2020-12): the validator checks, editors complete them."""

from functools import cache

from kpispec.syntax.project_kind import PROJECT
from kpispec.syntax.shapes import (
    CHECKS,
    COLUMN,
    DURATION,
    FIGURE,
    ID,
    LIFECYCLE,
    NAME,
    NAMED_DURATION,
    OFFSET,
    OWNER,
    PERIODS,
    REFERENCE,
    TEST,
    WINDOW,
    Shape,
    amount,
    cell,
    choice,
    day,
    either,
    flag,
    human,
    items,
    keys,
    named,
    number,
    one_or_more,
    text,
    where,
    whole,
)
from kpispec.words import KINDS

_COMMON: dict[str, Shape] = {
    "extends": text("The id of a document of this kind that this one adds to.", REFERENCE),
    "label": human("What people read for it.", 200),
    "description": human("What it tells and what it does not, in Markdown."),
}


def _id(kind: str) -> Shape:
    return text(f"The id of the {kind}: small letters, digits and single underscores.", ID)


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
        "label": _COMMON["label"],
        "description": _COMMON["description"],
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

_DATASET: dict[str, Shape] = {
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

_INPUT = either(
    {
        **keys(
            "What the formula reads: a column (`tickets.wait`), a row expression over a data set, or another KPI.",
            {
                "dataset": text("The data set whose rows are read.", REFERENCE),
                "expr": {
                    **text("A column, or an expression over the columns of one row."),
                    "type": ["string", "number", "boolean"],
                },
                "kpi": text("The KPI whose value is read.", REFERENCE),
                "where": where("the input"),
                "per": one_or_more(
                    "The columns that name a unit: `expr` then makes one value of all rows of a unit.",
                    text("A column."),
                ),
                "when": text(
                    "What places a row in a period: a column, `at_start`, `at_end`, `entered`, `left`, `in_force`.",
                    NAME,
                ),
                "window": text(
                    "Rows of a longer time up to the period's end: `12 months`, `2 periods`, `year_to_date`.",
                    WINDOW,
                ),
                "offset": text("The value of an earlier period: `-1 period`, `-1 year`.", OFFSET),
                "settles_after": text("Younger rows are left out, and counted as `unsettled`.", NAMED_DURATION),
                "whole": {
                    "description": "Not cut by segments; in a list, not by these dimensions.",
                    "type": ["boolean", "array"],
                    "items": text("A dimension.", NAME),
                    "minItems": 1,
                },
                **CHECKS,
            },
        ),
        "type": ["string", "object"],
        "pattern": COLUMN,
    },
    "kpi",
    ("kpi", "where", "offset", "window"),
    ("dataset", "expr"),
)

_BAND = text('A comparison or an interval, between quotes: `">= 80"`, `"[45, 55)"`.')
_BANDS = {"good": _BAND, "watch": _BAND, "bad": _BAND}
BANDS = tuple(_BANDS)
_SEGMENT = named("Which segment: `{channel: chat}`.", cell("Its value."), least=1)

_THRESHOLDS = keys(
    "Which values are good and which are bad. What neither names is `watch`.",
    {
        **_BANDS,
        "by": items(
            "Bands of single segments.",
            keys("Bands of a segment.", {"segment": _SEGMENT, **_BANDS}, ("segment",)),
            1,
        ),
    },
    minProperties=1,
)

_TARGET = keys(
    "A value to reach, in force between two days.",
    {
        "from": day("First day in force."),
        "to": day("Last day in force; until the next target without it."),
        "value": amount("The value to reach, with or without a unit: `82`, `4 h`."),
        "source": text("Who set it."),
        "review_by": day("Last day before somebody must look at it again."),
    },
    ("from", "value"),
)

_BENCHMARK = either(
    keys(
        "An outside figure, or an entry of a benchmark document.",
        {
            "set": text("The id of a benchmark document.", REFERENCE),
            "entry": text("One of its entries."),
            **FIGURE,
        },
    ),
    "set",
    ("set", "entry"),
    (),
    ("entry",),
)

_KPI: dict[str, Shape] = {
    "extends": _COMMON["extends"],
    "label": _COMMON["label"],
    "question": human("The question that it answers.", 400),
    "description": _COMMON["description"],
    "owner": OWNER,
    "lifecycle": LIFECYCLE,
    "tags": items("Words to find it by.", text("A tag.")),
    "level": number("The level of the confidence interval: 0.95.", exclusiveMinimum=0, exclusiveMaximum=1),
    "variant": text("Which of the usual variants of the indicator this is."),
    "unit": text("The unit of its value: `percent`, `points`, `s`, `EUR`, `count`, `per 1000 subscribers`."),
    "decimals": {"description": "How many decimals are shown.", "type": "integer", "minimum": 0, "maximum": 10},
    "compact": flag("Whether large values are shown short: 1.2M."),
    "direction": choice("Which way is better.", "higher_is_better", "lower_is_better", "closer_to_target"),
    "period": choice("The period that bounds and targets are meant for.", *PERIODS, "all"),
    "where": where("all inputs"),
    "inputs": named("What the formula reads, by the names it uses.", _INPUT, NAME, least=1),
    "params": named(
        "Constants by name, for `formula`, `expr`, `where`, `window`, `settles_after` and `min_n`.",
        cell("A number, a duration such as `7 days`, a text, or true or false."),
        NAME,
    ),
    "formula": {
        **text("Computes the value from the inputs: `100 * count_if(score >= 9) / count(score)`.", longest=8000),
        "type": ["string", "number"],
    },
    "weight": {
        "description": "The column by which rows count; where inputs read several data sets, a map of input to column.",
        "type": ["string", "object"],
        "minLength": 1,
        "propertyNames": {"pattern": NAME},
        "additionalProperties": text("A column."),
        "minProperties": 1,
    },
    "sample_unit": text("The column that names a unit of the sample: the rows of one respondent belong together."),
    "min_n": {
        "description": "With fewer answers or cases than this, no status is given. A whole number, or a param.",
        "type": ["integer", "string"],
        "minimum": 1,
    },
    "confidence": choice("Whether a confidence interval is computed.", "auto", "none"),
    "population": choice("Whether the rows are a sample, or all there is.", "sample", "complete"),
    "thresholds": _THRESHOLDS,
    "targets": items("Values to reach, by date.", _TARGET),
    "benchmarks": items("Outside figures to stand beside.", _BENCHMARK),
    "accept": keys(
        "A bad status taken on knowingly, until a day.",
        {
            "until": day("Last day."),
            "reason": text("Why."),
            "ticket": text("Where it is followed."),
            "by": text("Who took it on."),
        },
        ("until", "reason"),
    ),
    "judge": choice("`confident` leaves `watch` only where the confidence interval is clear.", "point", "confident"),
    "read_with": items("KPIs that it should not be read without.", text("A KPI.", REFERENCE)),
    "drivers": items("KPIs that move it.", text("A KPI.", REFERENCE)),
    "caveats": items("What a reader must know.", human("A caveat.")),
    "references": items("Where it is defined.", text("A reference.")),
    "tests": items("Worked examples.", TEST),
}

_FUNCTION: dict[str, Shape] = {
    "args": items("The names of its arguments.", text("An argument.", NAME), 1),
    "formula": _KPI["formula"],
    "tests": _KPI["tests"],
}

_ENTRIES = {name: shape for name, shape in FIGURE.items() if name not in ("label", "value", "low", "high")}
_BENCHMARK_SET: dict[str, Shape] = {
    **_ENTRIES,
    "entries": named("The figures, by name.", keys("A figure.", FIGURE), least=1),
}

_SCORECARD: dict[str, Shape] = {
    "period": choice("The period of its columns.", *PERIODS),
    "history": whole("How many periods are shown.", 1),
    "compare": items(
        "What the headline is compared with.",
        choice("An earlier period.", "previous_period", "same_period_last_year"),
    ),
    "segments": items("Dimensions to cut by.", text("A dimension.", NAME)),
    "sections": items(
        "The sections of the page.",
        keys(
            "A section.",
            {
                "label": _COMMON["label"],
                "level": choice("Who acts on it.", "strategic", "tactical", "operational"),
                "perspective": text("Leg of a balanced scorecard: customer, process, finance, learning."),
                "kpis": items(
                    "Its KPIs: ids, or `{kpi: ID, weight: 2}`.",
                    {
                        **keys(
                            "A KPI.",
                            {
                                "kpi": text("Its id.", REFERENCE),
                                "weight": number("Its weight in the section's score.", exclusiveMinimum=0),
                            },
                            ("kpi",),
                        ),
                        "type": ["string", "object"],
                        "pattern": REFERENCE,
                    },
                    1,
                ),
            },
            ("label", "kpis"),
        ),
        1,
    ),
}

_TITLES = {
    "dataset": "A data set: what the rows are",
    "kpi": "A KPI: an indicator and how it is judged",
    "benchmark": "A set of outside figures",
    "scorecard": "A scorecard: which KPIs stand on a page",
    "function": "A function for formulas",
    "project": "A project: where its documents and data are",
}
_KEYS: dict[str, tuple[dict[str, Shape], tuple[str, ...]]] = {
    "dataset": ({**_COMMON, **_DATASET}, ()),
    "kpi": (_KPI, ("inputs", "formula")),
    "benchmark": ({**_COMMON, **_BENCHMARK_SET}, ("entries",)),
    "scorecard": ({**_COMMON, **_SCORECARD}, ("sections",)),
    "function": ({**_COMMON, **_FUNCTION}, ("args", "formula")),
    "project": (PROJECT, ()),
}
SCHEMA_KINDS = (*KINDS, "project")


@cache
def schema(kind: str) -> Shape:
    """The JSON Schema of a kind of document, or of `project`: kpispec.yml. Raises KeyError for another word."""
    own, required = _KEYS[kind]
    name = text("The name of the project.", r"^[A-Za-z0-9][A-Za-z0-9_. -]*$") if kind == "project" else _id(kind)
    shape = keys(_TITLES[kind], {kind: name, **own}, (kind, *required))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": _TITLES[kind], **_titled(shape)}


def _titled(shape: Shape) -> Shape:
    """The shape with a title on every key of its maps: its own name in words."""
    made = dict(shape)
    for word in ("items", "additionalProperties"):
        if isinstance(made.get(word), dict):
            made[word] = _titled(made[word])
    if "properties" in made:
        made["properties"] = {
            name: {"title": name.replace("_", " "), **_titled(inner)} if isinstance(inner, dict) else inner
            for name, inner in made["properties"].items()
        }
    return made
