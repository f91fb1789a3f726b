"""The words around the figures: gettext catalogues, statuses, and the sentence of every reason.

English is what the code says; `kpispec/locale/LANG/LC_MESSAGES/kpispec.po` holds the other languages, read as it is
written (no compiled copy to go stale). A language without a catalogue is worded in English, with its own figures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from kpispec.evaluate.report import Reason, Status
from kpispec.periods import Period
from kpispec.plan.ingredients import Without
from kpispec.render.format import format_day, format_days, format_period, locale_of, number

_LOCALES = Path(__file__).parent.parent / "locale"


def _(message: str) -> str:
    """Marks a message of a table for the catalogue; it is worded where it is used."""
    return message


STATUS_WORDS: Mapping[Status, str] = {
    Status.ERROR: _("Error"),
    Status.NOT_AVAILABLE: _("Not available"),
    Status.NO_DATA: _("No data"),
    Status.UNDEFINED: _("Not computable"),
    Status.SUPPRESSED: _("Withheld"),
    Status.TOO_FEW: _("Sample too small"),
    Status.STALE: _("Old data"),
    Status.PARTIAL: _("Period still running"),
    Status.NOT_JUDGED: _("Without thresholds"),
    Status.GOOD: _("Good"),
    Status.WATCH: _("Watch"),
    Status.BAD: _("Poor"),
    Status.WAIVED: _("Accepted"),
}

# A sentence for each reason's code, with the names of its values; what they mean is in evaluate/report.py.
REASON_SENTENCES: Mapping[str, str] = {
    "engine-failed": _("The query failed: {message}"),
    "upstream": _("Not computed, because {kpi} is: {status}."),
    "column-missing": _("The data set {dataset} lacks {columns}."),
    "not-bound": _("No file is bound to the data set {dataset}."),
    "dimension-missing": _("The data set {dataset} has no dimension {dimension}."),
    "not-computed": _("Not computed: {message}"),
    "no-clock": _("The data set {dataset} has no clock, so it cannot be cut into periods."),
    "invalid-cells": _("Cells of {columns} break a promise that has to hold (`invalid: fail`): {count}."),
    "no-rows": _("No row gave a value for this period."),
    "before-data": _("The data begins on {first}."),
    "not-loaded": _("Not loaded yet: the data ends on {last}."),
    "denominator-zero": _("The denominator is zero."),
    "not-finite": _("A part of the formula has no value, or the result is no finite number."),
    "too-few": _("n = {n}, fewer than the minimum of {min_n}: status withheld."),
    "stale": _("The latest data is of {newest}, {age_days} old (at most {max_age_days})."),
    "running": _("The period is still running: day {elapsed} of {days}."),
    "settling": _("Rows are decided {settles_days} after they begin: the last ones of the period still may change."),
    "window-cut": _("The window reaches to before the data: {there} of {wanted} {periods}."),
    "too-fine": _("The rows of {dataset} are one a period ({every}), and cannot be cut by {period}."),
    "offset-not-whole": _("An offset of {offset} is no whole number of periods ({period})."),
    "no-bands": _("No threshold is defined."),
    "suppressed": _("Withheld, so that nothing is told of a few."),
    "whole-bands": _("The thresholds are meant for the whole."),
    "other-period": _("The thresholds are meant for another period: {period}."),
    "bound-unknown": _("A threshold is not known: {bound}."),
    "waived": _("Accepted until {until}: {reason}"),
    "split-shape": _("No split into mix and rate: the formula is not one sum divided by another."),
    "split-sum": _("No split into mix and rate: the value is a sum, and its change that of its segments together."),
    "split-function": _("No split into mix and rate: {function} of the whole does not follow from its segments."),
    "split-earlier": _("No split into mix and rate: the formula looks at an earlier period."),
    "split-whole": _("No split into mix and rate: an input is not cut by {dimension}."),
    "split-overlap": _("No split into mix and rate: the segments do not add up to the whole."),
    "split-negative": _("No split into mix and rate: a segment's part of the denominator is below zero ({segment})."),
    "split-hidden": _("No split into mix and rate: figures of a few would be told."),
    "split-no-value": _("No split into mix and rate: one of the two periods has no value."),
}

# How an interval was found, by the method that a result names.
METHOD_WORDS: Mapping[str, str] = {
    "wilson": _("of a share, after Wilson (1927)"),
    "t": _("of a mean, Student's t"),
    "order_statistics": _("of a quantile, by order statistics"),
    "garwood": _("of a count, exact after Garwood (1936)"),
    "kaplan_meier": _("of durations that are not all over, after Kaplan and Meier (log-log)"),
    "feldt": _("of Cronbach's alpha, after Feldt (1965)"),
    "delta": _("by the linearised variance of the formula"),
    "adjusted": _("of answers that are all alike: three are added, one at each end and one between"),
    "bootstrap": _("by resampling"),
}

# Why a value has no interval; what the values mean is in plan/ingredients.py.
WITHOUT_SENTENCES: Mapping[str, str] = {
    "complete": _("None: the whole population is counted."),
    "not-asked": _("None: the definition asks for none."),
    "one-figure": _("None: the figure is not made of rows."),
    "one-a-period": _("None: the rows of `{dataset}` are one a period, no sample."),
    "not-smooth": _("None: `{function}` jumps, so the formula has no derivative."),
    "no-method": _("None: no method is known for `{function}` in this formula."),
    "rows-shared": _("None: the same rows of `{dataset}` are counted on several sides of the formula."),
    "units-cross": _("None: units of `{unit}` lie in several groups at once."),
    "several-units": _("None: rows cannot be summed up by several units at once ({units})."),
    "few": _("None: too few answers bound nothing (n = {n})."),
    "alike": _("None: the values do not vary."),
    "digits": _("None: the values differ too little for their size."),
    "no-unit": _("None: nothing says what a row of `{dataset}` is one of: name its `key`, or a `sample_unit`."),
    "draws-earlier": _("None: the formula reads earlier periods, which are not resampled."),
    "too-many-units": _("None: {units} units in periods and segments are too many to resample (at most {most})."),
    "few-replicates": _("None: only {there} of {of} samples drawn give a value."),
    "replicates-alike": _("None: nearly all samples drawn give the same value."),
    "replicates-apart": _("None: samples that are drawn anew lie to one side of the value."),
    "not-differentiable": _("None: the formula has no derivative at these values."),
}

FIGURE_WORDS: Mapping[str, str] = {
    "target": _("the target"),
    "benchmark": _("the benchmark"),
    "previous": _("the value of the period before"),
}

REJECT_WORDS: Mapping[str, str] = {
    "out_of_range": _("out of range"),
    "wrong_type": _("of the wrong type"),
    "not_in_values": _("not among the allowed values"),
    "not_null": _("empty where a value is required"),
    "missing_value": _("empty where a value is required"),
    "not_finite": _("not a finite number"),
    "undated": _("without a date"),
    "in_no_period": _("without a date, or in no period of the calendar"),
    "no_key": _("without a key"),
    "no_weight": _("without a weight"),
    "no_interval": _("without a beginning, or ending before it"),
    "unsettled": _("not yet settled"),
    "unmatched": _("without a match"),
}

LIFECYCLE_WORDS: Mapping[str, str] = {
    "draft": _("draft"),
    "proposed": _("proposed"),
    "active": _("active"),
    "certified": _("certified"),
    "deprecated": _("deprecated"),
    "retired": _("retired"),
}

GRAIN_WORDS: Mapping[str, str] = {
    "day": _("day"),
    "week": _("week"),
    "month": _("month"),
    "quarter": _("quarter"),
    "year": _("year"),
    "calendar_week": _("week"),
    "fiscal_period": _("fiscal period"),
    "fiscal_quarter": _("fiscal quarter"),
    "fiscal_year": _("fiscal year"),
    "all": _("whole period"),
}

GRAINS_WORDS: Mapping[str, str] = {
    "day": _("days"),
    "week": _("weeks"),
    "month": _("months"),
    "quarter": _("quarters"),
    "year": _("years"),
    "calendar_week": _("weeks"),
    "fiscal_period": _("fiscal periods"),
    "fiscal_quarter": _("fiscal quarters"),
    "fiscal_year": _("fiscal years"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of one language: `say` a message, `count` one that depends on a number."""

    language: str
    catalogue: NullTranslations

    def say(self, message: str, /, **values: object) -> str:
        text = self.catalogue.gettext(message) if message else ""
        return text.format_map(values) if values else text

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The form that `n` asks for; `{n}` in it is `n`, grouped."""
        text = self.catalogue.ngettext(one, many, n)
        return text.format_map({"n": number(n, self.language), **values})

    def status(self, status: Status) -> str:
        return self.say(STATUS_WORDS[status])

    def grain(self, grain: str) -> str:
        return self.say(GRAIN_WORDS.get(grain, grain))

    def reject(self, reason: str) -> str:
        """A reject's reason, with its column where that is named: ours in words, a code's own as the spec has them."""
        column, colon, rest = reason.rpartition(": ")
        if colon:
            return self.say(_("{column}: {reason}"), column=column, reason=self.reject(rest))
        return self.say(REJECT_WORDS[reason]) if reason in REJECT_WORDS else reason.replace("_", " ")

    def lifecycle(self, state: str) -> str:
        return self.say(LIFECYCLE_WORDS.get(state, state))

    def period(self, period: Period, *, short: bool = False) -> str:
        return format_period(period, self.language, short=short) or self.say(_("All data"))

    def sentence(self, reason: Reason) -> str:
        """Why a reading is what it is, as one sentence. A code that the table does not hold says its status."""
        sentence = REASON_SENTENCES.get(reason.code)
        if sentence is None:
            return self.status(reason.status) + "."
        return self.say(sentence, **{name: self._value(name, value) for name, value in reason.values})

    def without(self, lack: Without) -> str:
        """Why a value has no interval, as a sentence."""
        values = {n: number(v, self.language) if isinstance(v, int) else v for n, v in lack.values}
        return self.say(WITHOUT_SENTENCES[lack.code], **values)

    def _value(self, name: str, value: object) -> str:
        match value:
            case date():
                return format_day(value, self.language)
            case Status():
                return self.status(value).lower()
            case int() | float() if name.endswith("_days"):
                return format_days(value, self.language)
            case int():
                return number(value, self.language)
            case tuple() | list():
                return ", ".join(f"`{item}`" for item in value)
            case _ if name == "status" and value in set(Status):
                return self.status(Status(str(value))).lower()
            case _ if name in ("period", "every"):
                return self.grain(str(value))
            case _ if name == "periods":
                return self.say(GRAINS_WORDS.get(str(value), str(value)))
            case _ if name == "bound":
                return self.say(FIGURE_WORDS.get(str(value), str(value)))
            case _ if name in ("kpi", "dataset", "dimension", "columns", "function"):
                return f"`{value}`"
            case _:
                return str(value)


@lru_cache(maxsize=16)
def words(language: str) -> Words:
    """The wording of a language."""
    tag = locale_of(language).language
    path = _LOCALES / tag / "LC_MESSAGES" / "kpispec.po"
    if not path.is_file():
        return Words(language, NullTranslations())
    return Words(language, _read(path, tag))


def sentence(reason: Reason, language: str = "en") -> str:
    """The sentence of a reason, in English unless told: what JSON and the command line say."""
    return words(language).sentence(reason)


def set_french(text: str) -> str:
    """French spaces: narrow no-break before `; ? !` and inside quotes and numbers, no-break before `:` `%` `€`."""
    text = re.sub(r" ([;?!»])", "\u202f\\1", text.replace("« ", "«\u202f"))
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", "\u202f", text)
    return re.sub(r" ([:%€])", "\u00a0\\1", text).replace("'", "’")


def _read(path: Path, tag: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale=tag)
    if tag == "fr":
        for message in catalogue:
            if message.id:
                forms = message.string
                message.string = set_french(forms) if isinstance(forms, str) else tuple(map(set_french, forms or ()))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
