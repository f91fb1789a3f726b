"""Row inputs bound: their rows, the moment that places them, the unit they are summed up by, windows and weights."""

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from kpispec.catalog.checks import checked_input
from kpispec.catalog.clocks import unknown_column
from kpispec.catalog.datasets import Macros, checked_filters, row_scope
from kpispec.catalog.model import BoundRows, Dataset, Kpi
from kpispec.catalog.names import unknown
from kpispec.catalog.params import Params, with_params
from kpispec.diagnostics import Findings
from kpispec.formula.check import check, names
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope
from kpispec.formula.tree import Binary, Call, Duration, Expr, Name, Place, Type, rebuild
from kpispec.source import Text
from kpispec.spec import WHENS, KpiInput, KpiSpec, RowInput
from kpispec.syntax.shapes import NAME
from kpispec.units import duration_seconds
from kpispec.windows import Length, parse_offset, parse_window

STOCKS = ("at_start", "at_end")


def bind_rows(
    spec: KpiSpec,
    item: RowInput,
    params: Params,
    datasets: Mapping[str, Dataset],
    written: Set[tuple[str, str]],
    macros: Macros,
    findings: Findings,
) -> BoundRows | None:
    subject = f"kpi.{spec.id}.inputs.{item.name}"
    dataset = datasets.get(item.dataset.value)
    if dataset is None and ("dataset", item.dataset.value) in written:
        return None
    if dataset is None:
        _unknown_dataset(item, datasets, subject, findings)
        return None
    return _Binder(spec, item, params, dataset, row_scope(dataset, macros), subject, findings).bound()


def _unknown_dataset(item: RowInput, datasets: Mapping[str, Dataset], subject: str, findings: Findings) -> None:
    unknown(
        "unknown-dataset",
        f"no document declares data set `{item.dataset.value}`, and no binding names it",
        item.dataset,
        datasets,
        subject,
        findings,
        f"add a `dataset: {item.dataset.value}` document, or bind it under `data:` in kpispec.yml",
    )


class _Binder:
    """One row input against its data set."""

    def __init__(
        self,
        spec: KpiSpec,
        item: RowInput,
        params: Params,
        dataset: Dataset,
        scope: Scope,
        subject: str,
        findings: Findings,
    ) -> None:
        self.spec = spec
        self.item = item
        self.params = params
        self.dataset = dataset
        self.scope = scope
        self.subject = subject
        self.findings = findings

    def bound(self) -> BoundRows | None:
        before = self.findings.errors
        item, findings = self.item, self.findings
        where = (
            *checked_filters(self.spec.where, self.scope, f"kpi.{self.spec.id}.where", findings, self.params),
            *checked_filters(item.where, self.scope, f"{self.subject}.where", findings, self.params),
        )
        per = self._per()
        typed = self._expr()
        when = self._when()
        window = read_window(item.window, self.params, f"{self.subject}.window", findings)
        self._window_fits(when)
        settles = self._settles()
        whole = self._whole()
        weight = self._weight()
        unit = self._named(self.spec.sample_unit, "sample_unit") if self.spec.sample_unit is not None else None
        self._params_are_no_columns()
        if typed is None or findings.errors > before:
            return None
        expr, rejects = checked_input(item, typed, self.subject, findings)
        return BoundRows(item, self.dataset.id, expr, where, rejects, when, per, window, settles, whole, weight, unit)

    def _expr(self) -> Expr | None:
        parsed = parse(self.item.expr, self.subject, self.findings)
        if parsed is None:
            return None
        scope = self.scope
        if self.item.per:
            symbols = {name: replace(s, row_set=self.dataset.id) for name, s in scope.symbols.items()}
            scope = replace(scope, kind="units", symbols=symbols)
        return check(in_force(with_params(parsed, self.params), self.dataset), scope, self.subject, self.findings)

    def _params_are_no_columns(self) -> None:
        """A name that could be a constant or a column, in an expression over the columns."""
        taken = self.params.keys() & self.scope.symbols.keys()
        if not taken:
            return
        told = Findings()  # by those who read them for their own sake
        parsed = (parse(text, self.subject, told) for text in (self.item.expr, *self.item.where, *self.spec.where))
        read = {name for expr in parsed if expr is not None for name in names(expr)}
        for name, _ in self.spec.params:
            if name.value in taken & read:
                message = f"`{name.value}` is a column of `{self.dataset.id}`, and cannot be the name of a param"
                help = f"give the param another name, such as `{name.value}_value`"
                subject = f"kpi.{self.spec.id}.params.{name.value}"
                self.findings.add("bad-id", message, subject=subject, span=name.span, help=help)

    def _column(self, named: Text, key: str) -> Type | None:
        """The type of a column of the data set or of a join; a name of none is a finding."""
        symbol = self.scope.symbols.get(named.value)
        if symbol is not None:
            return symbol.type
        if self.scope.open:
            return Type.UNKNOWN
        unknown_column(self.dataset.spec, named, f"{self.subject}.{key}", self.findings)
        return None

    def _named(self, named: Text, key: str) -> Expr | None:
        kind = self._column(named, key)
        return None if kind is None else Name(named.value, place=Place(named, 0, len(named.value)), type=kind)

    def _per(self) -> tuple[str, ...]:
        return tuple(named.value for named in self.item.per if self._column(named, "per") is not None)

    def _when(self) -> str | None:
        named, spec = self.item.when, self.dataset.spec
        subject = f"{self.subject}.when"
        if named is None:
            if spec.interval is not None and spec.time is None:
                message = f"rows of data set `{spec.id}` are in force over a time, and nothing says which of it counts"
                help = f"add `when:` to the input: one of {', '.join(f'`{w}`' for w in WHENS)}"
                self.findings.add("missing-when", message, subject=subject, span=self.item.span, help=help)
            return None
        if named.value in WHENS and spec.column(named.value) is None:
            if spec.interval is None:
                message = f"`{named.value}` needs rows that are in force over a time, and data set `{spec.id}` has none"
                help = f"add `interval: {{from: ..., to: ...}}` to data set `{spec.id}`, or name a column of moments"
                self.findings.add("needs-interval", message, subject=subject, span=named.span, help=help)
            return named.value
        kind = self._column(named, "when")
        if kind is not None and kind not in (Type.DATE, Type.TIMESTAMP, Type.UNKNOWN):
            message = f"`when` names `{named.value}`, which is declared as {kind}"
            help = f"name a column of dates or timestamps, or one of {', '.join(f'`{w}`' for w in WHENS)}"
            self.findings.add("wrong-type", message, subject=subject, span=named.span, help=help)
        return named.value

    def _window_fits(self, when: str | None) -> None:
        """What is in force at one moment has no longer time to look at."""
        if self.item.window is None or when not in STOCKS:
            return
        message = f"`{when}` looks at one moment, and `window` at a longer time"
        help = "use `entered`, `left` or `in_force` with `window`, or remove one of the two"
        subject = f"{self.subject}.window"
        self.findings.add("window-of-stock", message, subject=subject, span=self.item.window.span, help=help)

    def _settles(self) -> float:
        named = self.item.settles_after
        if named is None:
            return 0.0
        constant = self.params.get(named.value)
        seconds = constant.seconds if isinstance(constant, Duration) else duration_seconds(named.value)
        if seconds is not None:
            return seconds
        message = f"`{named.value}` is not a duration"
        help = "write a number and `h`, `days` or `weeks`: `7 days`, or the name of a param that holds one"
        self.findings.add("bad-value", message, subject=f"{self.subject}.settles_after", span=named.span, help=help)
        return 0.0

    def _whole(self) -> tuple[str, ...] | None:
        if self.item.whole:
            return None
        return tuple(named.value for named in self.item.whole_of)

    def _weight(self) -> Expr | None:
        table = dict(self.spec.weight)
        named = table.get(self.item.name, table.get(""))
        if named is None:
            return None
        if self.item.per:
            message = (
                f"`weight` is of rows, and input `{self.item.name}` gives one value for each `{self.item.per[0].value}`"
            )
            help = "write it as an input with the same `per`, and into the formula: `sum(x * weight) / sum(weight)`"
            self.findings.add("bad-value", message, subject=f"kpi.{self.spec.id}.weight", span=named.span, help=help)
            return None
        kind = self._column(named, "weight")
        if kind is None or kind in (Type.INTEGER, Type.NUMBER, Type.UNKNOWN):
            return self._named(named, "weight") if kind is not None else None
        message = f"`weight` names `{named.value}`, which is declared as {kind}"
        help = "name a column of numbers"
        self.findings.add("wrong-type", message, subject=f"kpi.{self.spec.id}.weight", span=named.span, help=help)
        return None


def in_force(expr: Expr, dataset: Dataset) -> Expr:
    """The expression with `days_in_force()` written out: from the later beginning to the earlier end."""
    interval = dataset.spec.interval
    if interval is None:
        return expr
    if not isinstance(expr, Call) or expr.name != "days_in_force" or expr.args:
        return rebuild(expr, lambda child: in_force(child, dataset))
    place = expr.place
    start, end = (Name(named.value, place=place) for named in (interval.start, interval.end))
    until = Call("least", (end, Call("observed_until", (), place=place)), place=place)
    since = Call("greatest", (start, Call("period_start", (), place=place)), place=place)
    return Binary("/", Binary("-", until, since, place=place), Duration(86_400, place=place), place=place)


def read_window(named: Text | None, params: Params, subject: str, findings: Findings) -> Length | None:
    """The window that a text, or the param that it names, stands for."""
    if named is None:
        return None
    words = named.value
    if words in params and re.match(NAME, words):
        words = params[words].place.origin.value
    found = parse_window(words)
    if found is None:
        help = "write `12 months`, `90 days`, `2 periods`, `year_to_date`, `quarter_to_date`, `month_to_date` or `all`"
        findings.add("bad-value", f"`{words}` is no window", subject=subject, span=named.span, help=help)
    return found


def read_offset(named: Text | None, subject: str, findings: Findings) -> Length | None:
    if named is None:
        return None
    found = parse_offset(named.value)
    if found is None:
        help = "write `-1 period`, `-1 year`, or another number of days, weeks, months, quarters or years back"
        findings.add("bad-value", f"`{named.value}` is no offset", subject=subject, span=named.span, help=help)
    return found


def check_window_of(item: KpiInput, kpi: Kpi, done: Mapping[str, Kpi], subject: str, findings: Findings) -> None:
    """A window takes the place of the period, so that periods counted inside of it would mean nothing.

    What goes by the calendar does: an offset of a year moves the window by one, and another window ends where it does.
    """
    inside = next((r for r in kpi.rows if r.window is not None and r.window.unit == "period"), None)
    if inside is not None and item.window is not None:
        message = f"`{kpi.id}` reads a window of periods, and a period of {item.window.value} has none before it"
        help = f"give input `{inside.spec.name}` of `{kpi.id}` a window in days or months"
        findings.add("window-of-periods", message, subject=subject, span=item.window.span, help=help)
    for upstream in kpi.kpis:
        lengths = (upstream.offset, upstream.window)
        counted = next((length for length in lengths if length is not None and length.unit == "period"), None)
        if counted is not None:
            message = f"`{kpi.id}` counts periods itself (`{counted.words}`), and a window is none of them"
            help = f"give input `{upstream.spec.name}` of `{kpi.id}` an offset or a window in days, months or years"
            span = item.window.span if item.window is not None else item.span
            findings.add("window-of-periods", message, subject=subject, span=span, help=help)
            return
        if upstream.window is None:
            check_window_of(item, done[upstream.kpi], done, subject, findings)


def row_set_name(rows: BoundRows) -> str:
    """A row set in words: the data set, how a row is placed, and its filters as written."""
    if rows.per:
        return f"one value for each {', '.join(rows.per)}" + ("" if rows.whole == () else " of the whole")
    placed = [f"when {rows.when}" if rows.when is not None else ""]
    placed += [f"over {rows.window.words}" if rows.window is not None else ""]
    placed += [f"settled after {rows.spec.settles_after.value}" if rows.spec.settles_after is not None else ""]
    placed += ["of the whole" if rows.whole != () else ""]
    filters = " and ".join(sorted(w.place.text for w in rows.where))
    placed += [f"where {filters}" if filters else ""]
    return " ".join([rows.dataset, *(p for p in placed if p)])
