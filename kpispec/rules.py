"""The table of rules: every finding's slug, how grave it is, and its title. Their pages are `docs/rules/SLUG.md`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    slug: str
    severity: Literal["error", "warning", "note"]
    title: str


def _table(*rules: Rule) -> dict[str, Rule]:
    return {rule.slug: rule for rule in rules}


RULES: dict[str, Rule] = _table(
    # how a file is written
    Rule("unreadable-file", "error", "the file cannot be read as UTF-8 text"),
    Rule("yaml-syntax", "error", "the YAML cannot be read"),
    Rule("bad-indentation", "error", "a line is indented so that YAML reads it as something else"),
    Rule("unquoted-operator", "error", "a value begins with a character that YAML keeps for itself"),
    Rule("flow-comma", "error", "an unquoted comma splits a value written between braces"),
    Rule("duplicate-key", "error", "a key stands twice in one map"),
    Rule("merge-key", "error", "a YAML merge key is used"),
    Rule("forbidden-yaml", "error", "a YAML feature that specs may not use"),
    Rule("comment-in-value", "error", "a `#` cuts a value short"),
    Rule("hidden-character", "error", "a character that cannot be seen or that reorders the text around it"),
    Rule("too-large", "error", "a text is past a limit of the language"),
    Rule("unused-ignore", "warning", "an ignore comment silences nothing"),
    # how a document is shaped
    Rule("unknown-kind", "error", "the first key names no kind of document"),
    Rule("unknown-key", "error", "a key that the language does not have"),
    Rule("missing-key", "error", "a required key is missing"),
    Rule("wrong-type", "error", "a value of the wrong type"),
    Rule("wrong-enum", "error", "a value that is none of those allowed"),
    Rule("bad-value", "error", "a value that cannot be read"),
    Rule("bad-id", "error", "an id or a name that the language does not allow"),
    Rule("missing-language", "note", "a text has no translation into a language of the project"),
    # how documents refer to each other
    Rule("duplicate-id", "error", "two documents of a kind share an id"),
    Rule("dangling-extends", "error", "`extends` names no document"),
    Rule("extends-cycle", "error", "documents extend each other in a circle"),
    Rule("shadows-library", "note", "a project document takes the place of a library one"),
    Rule("unknown-dataset", "error", "a data set that no document declares and no binding names"),
    Rule("unknown-column", "error", "a column that the data set does not declare"),
    Rule("unknown-kpi", "error", "a KPI that no document defines"),
    Rule("unknown-benchmark", "error", "a benchmark set or entry that does not exist"),
    Rule("unknown-scorecard-entry", "error", "a scorecard lists a KPI that no document defines"),
    Rule("read-alone", "note", "a scorecard shows a KPI without those it should be read with"),
    Rule("unknown-dimension", "error", "a segment that no data set declares as a dimension"),
    Rule("cycle", "error", "KPIs are computed from each other in a circle"),
    Rule("undeclared-dataset", "note", "a data set is bound but has no document"),
    Rule("missing-when", "error", "an input of intervals does not say what places a row in a period"),
    Rule("needs-interval", "error", "`when` speaks of rows in force, and the data set has no interval"),
    Rule("window-of-stock", "error", "a window over rows that are counted at one moment"),
    Rule("window-of-periods", "error", "a window over a KPI that counts periods itself"),
    Rule("not-a-holiday", "warning", "a calendar takes a day from the public holidays that is none"),
    Rule("unused-input", "warning", "the formula does not use an input"),
    # formulas
    Rule("formula-syntax", "error", "the formula cannot be read"),
    Rule("unknown-input", "error", "the formula uses a name that no input declares"),
    Rule("unknown-function", "error", "a function that the language does not have"),
    Rule("argument-count", "error", "a function is given too few or too many arguments"),
    Rule("argument-type", "error", "values of types that do not go together"),
    Rule("input-outside-aggregate", "error", "a row input stands outside an aggregate"),
    Rule("nested-aggregate", "error", "an aggregate stands inside an aggregate"),
    Rule("aggregate-in-row", "error", "an aggregate stands where only one row is seen"),
    Rule("window-not-allowed", "error", "a window function stands outside a data set's computed column"),
    Rule("mixed-row-sets", "error", "one aggregate reads inputs of two row sets"),
    Rule("mixed-weights", "error", "one aggregate reads inputs that are weighed differently"),
    Rule("cast-to-integer", "error", "a cast to integer does not say how it rounds"),
    Rule("function-cycle", "error", "functions call each other in a circle"),
    Rule("nullable-comparison", "warning", "`<>` or `not in` drops the rows without a value"),
    Rule("date-diff-counts-boundaries", "warning", "`date_diff` counts boundaries crossed, not time elapsed"),
    Rule("sum-filter-null", "warning", "a filtered sum is null where nothing matches"),
    # units, bands, targets, benchmarks
    Rule("unknown-unit", "error", "a unit that the language does not know"),
    Rule("unit-mismatch", "error", "a bound or figure in a unit of another family"),
    Rule("band-syntax", "error", "a band cannot be read"),
    Rule("band-out-of-reach", "error", "a bound that the unit cannot reach"),
    Rule("overlapping-bands", "error", "two bands claim the same value"),
    Rule("band-hole", "error", "three bands leave values that belong to none"),
    Rule("bands-against-direction", "error", "the bands say the opposite of the direction"),
    Rule("unreachable-band", "error", "a band that no value can reach"),
    Rule("missing-direction", "error", "nothing says which direction is better"),
    Rule("mixed-bands", "warning", "bands follow different figures, and may claim the same value"),
    Rule("bound-unknown", "warning", "a band follows a figure that the KPI does not have"),
    Rule("ambiguous-segment", "error", "two entries of one size match the same segment"),
    Rule("period-needed", "warning", "bounds do not say for which period they are meant"),
    Rule("share-not-percent", "warning", "a share between 0 and 1 is called a percentage"),
    Rule("undirected-improvement", "error", "an improvement needs a direction"),
    Rule("overlapping-targets", "error", "two targets are in force on the same day"),
    Rule("benchmark-without-source", "error", "a benchmark names no source or no year"),
    Rule("expired", "warning", "something dated is past its date"),
    # calendars
    Rule("overlapping-hours", "error", "two working hours of a calendar overlap"),
    Rule("uneven-periods", "error", "periods of a calendar leave a gap, or overlap"),
    Rule("unknown-calendar", "error", "a calendar that no document defines, or that lacks what is asked of it"),
    Rule("unknown-period", "error", "a period that neither the language nor the project's calendar has"),
    # tests and data
    Rule("unreadable-test", "error", "a test cannot be read"),
    Rule("missing-column", "error", "the data has no column that a document needs"),
    Rule("bad-binding", "error", "a binding of the project file cannot be used"),
)


def rule_of(slug: str) -> Rule:
    """The rule of a slug. Raises KeyError for one that the table does not hold: a bug, never a user's mistake."""
    return RULES[slug]
