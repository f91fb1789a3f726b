"""The keys of every kind of document, as JSON Schemas (draft 2020-12): the validator checks, editors complete them."""

from functools import cache

from kpispec.syntax.calendar_kind import CALENDAR
from kpispec.syntax.dataset_kind import DATASET, DESCRIPTION, LABEL
from kpispec.syntax.project_kind import PROJECT
from kpispec.syntax.shapes import (
    CHECKS,
    COLUMN,
    FIGURE,
    FUNCTION_TEST,
    ID,
    LIFECYCLE,
    METHOD,
    METHODS,
    NAME,
    NAMED_DURATION,
    OFFSET,
    OWNER,
    PERIODS,
    READER,
    READERS,
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
    "label": LABEL,
    "description": DESCRIPTION,
}


_PERIODS = f"{', '.join(f'`{p}`' for p in PERIODS)}, or one of a calendar"


def _id(kind: str) -> Shape:
    return text(f"The id of the {kind}: small letters, digits and single underscores.", ID)


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

# A bare figure is no band, and says so as one: its cure is an operator, not quotes.
_BAND = {
    **text('A comparison or an interval, between quotes: `">= 80"`, `"[45, 55)"`, `">= 0.95 * target"`.'),
    "type": ["string", "number"],
}
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

_DATED = ("from", "to", "segment", "source", "review_by")
_TARGET = either(
    keys(
        "A value to reach, or how much better than a baseline, in force between two days.",
        {
            "from": day("First day in force."),
            "to": day("Last day in force; until the next target of the same segment without it."),
            "segment": _SEGMENT,
            "value": amount("The value to reach, with or without a unit: `82`, `4 h`."),
            "improve": keys(
                "How much better than a baseline; which way is better follows `direction`.",
                {
                    "by": amount("`5 %` of the baseline, or an amount: `2 pt`, `10 min`, `0.2`."),
                    "of": {
                        **text("The baseline: `previous_year`, `previous_period`, or a period: `2025`, `2025-Q4`."),
                        "type": ["string", "integer"],
                    },
                },
                ("by", "of"),
            ),
            "source": text("Who set it."),
            "review_by": day("Last day before somebody must look at it again."),
        },
        ("from",),
    ),
    "improve",
    (*_DATED, "improve"),
    ("value",),
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

_PROCESS_CHANGE = keys(
    "A change of the process behind the figures.",
    {
        "at": {
            **text("The period that it begins with, or its first day: `2025-12`, `2025-12-15`, `2025-Q4`."),
            "type": ["string", "integer"],
        },
        "label": human("What changed.", 200),
    },
    ("at", "label"),
)

_KPI: dict[str, Shape] = {
    "extends": _COMMON["extends"],
    "label": _COMMON["label"],
    "question": human("The question that it answers.", 400),
    "description": _COMMON["description"],
    "owner": OWNER,
    "lifecycle": LIFECYCLE,
    "tags": items("Words to find it by.", text("A tag.")),
    "level": {
        **number("Who reads it; as a number, the level of the interval: 0.95.", exclusiveMinimum=0, exclusiveMaximum=1),
        "type": ["string", "number"],
        "pattern": READER,
    },
    "perspective": text("Leg of a balanced scorecard: customer, process, finance, learning."),
    "variant": text("Which of the usual variants of the indicator this is."),
    "unit": text("The unit of its value: `percent`, `points`, `s`, `EUR`, `count`, `per 1000 subscribers`."),
    "decimals": {"description": "How many decimals are shown.", "type": "integer", "minimum": 0, "maximum": 10},
    "compact": flag("Whether large values are shown short: 1.2M."),
    "direction": choice("Which way is better.", "higher_is_better", "lower_is_better", "closer_to_target"),
    "period": text(f"The period that bounds and targets are meant for: {_PERIODS}.", NAME),
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
    "suppress_below": {
        "description": "With fewer answers or cases nothing of the figure is shown. A whole number, or a param.",
        "type": ["integer", "string"],
        "minimum": 1,
    },
    "confidence": {
        **keys(
            "Whether and at which level a confidence interval is computed: a word, or a map of both.",
            {
                "method": choice("Whether it is computed, and whether by resampling.", *METHODS),
                "level": number("Its level: 0.95.", exclusiveMinimum=0, exclusiveMaximum=1),
            },
        ),
        "type": ["string", "object"],
        "pattern": METHOD,
    },
    "population": choice("Whether the rows are a sample, or all there is.", "sample", "complete"),
    "thresholds": _THRESHOLDS,
    "targets": items("Values to reach, by date.", _TARGET),
    "benchmarks": items("Outside figures to stand beside.", _BENCHMARK),
    "process_changes": items("Since when it is made in another way: limits begin anew there.", _PROCESS_CHANGE),
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
    "tests": items("Worked examples.", FUNCTION_TEST),
}

_ENTRIES = {name: shape for name, shape in FIGURE.items() if name not in ("label", "value", "low", "high")}
_BENCHMARK_SET: dict[str, Shape] = {
    **_ENTRIES,
    "entries": named("The figures, by name.", keys("A figure.", FIGURE), least=1),
}

_SCORECARD: dict[str, Shape] = {
    "period": text(f"The period of its columns: {_PERIODS}.", NAME),
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
                "level": choice("Who acts on it.", *READERS),
                "perspective": text("Leg of a balanced scorecard: customer, process, finance, learning."),
                "weight": number("Its weight in the scorecard's score.", exclusiveMinimum=0),
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
    "calendar": "A calendar: working hours, holidays, fiscal years",
    "project": "A project: where its documents and data are",
}
_KEYS: dict[str, tuple[dict[str, Shape], tuple[str, ...]]] = {
    "dataset": ({**_COMMON, **DATASET}, ()),
    "kpi": (_KPI, ("inputs", "formula")),
    "benchmark": ({**_COMMON, **_BENCHMARK_SET}, ("entries",)),
    "scorecard": ({**_COMMON, **_SCORECARD}, ("sections",)),
    "function": ({**_COMMON, **_FUNCTION}, ("args", "formula")),
    "calendar": ({**_COMMON, **CALENDAR}, ()),
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
