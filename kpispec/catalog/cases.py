"""Tests inside KPI documents, checked against what the KPI reads: names, columns, constants."""

from collections.abc import Iterable, Mapping

from kpispec.catalog.joins import with_joined
from kpispec.catalog.model import Dataset, Kpi
from kpispec.catalog.names import closest
from kpispec.diagnostics import Findings
from kpispec.formula.check import check
from kpispec.formula.parse import parse
from kpispec.formula.scope import ANY_COLUMN, Scope
from kpispec.formula.tree import Expr
from kpispec.source import Text
from kpispec.spec import Expectation, GivenRows, GivenValue

STATUSES = (
    *("error", "not_available", "no_data", "undefined", "suppressed", "too_few", "stale", "partial"),
    *("not_judged", "good", "watch", "bad", "waived"),
)


def check_tests(kpi: Kpi, datasets: Mapping[str, Dataset], reads: Iterable[str], findings: Findings) -> None:
    """Findings for tests that could not be run. `reads` are the data sets behind the KPI, other KPIs' included."""
    read = {id: datasets[id] for read in reads for id in with_joined(read, datasets)}
    for number, test in enumerate(kpi.spec.tests):
        subject = f"kpi.{kpi.id}.tests.{number}"
        for given in test.given:
            if isinstance(given, GivenRows):
                _check_rows(kpi, given, read, subject, findings)
            else:
                _check_value(kpi, given, subject, findings)
        for expected in test.expect:
            _check_expected(expected, subject, findings)


def _unreadable(message: str, at: Text, help: str, subject: str, findings: Findings) -> None:
    findings.add("unreadable-test", message, subject=subject, span=at.span, help=help)


def _check_rows(kpi: Kpi, given: GivenRows, read: Mapping[str, Dataset], subject: str, findings: Findings) -> None:
    inputs = {r.spec.name for r in kpi.rows}
    name = given.name.value
    if name not in read and name not in inputs:
        known = [*read, *sorted(inputs)]
        help = closest(name, known) or f"give rows of {', '.join(f'`{k}`' for k in known)}"
        _unreadable(f"`{name}` is neither a data set nor an input of `{kpi.id}`", given.name, help, subject, findings)
        return
    dataset = read.get(name)
    if dataset is None or not dataset.spec.declared:
        return
    known = [*(c.name for c in dataset.spec.columns), *inputs, *(joined for joined, _ in dataset.joined)]
    for row in given.rows:
        for column, text, _ in row:
            if column not in known and f"{column.partition('.')[0]}.{ANY_COLUMN}" not in known:
                help = closest(column, known) or f"the columns are {', '.join(f'`{k}`' for k in known[:10])}"
                message = f"a row gives `{column}`, which is no column of `{name}` and no input"
                _unreadable(message, text or given.name, help, subject, findings)
                return


def _check_value(kpi: Kpi, given: GivenValue, subject: str, findings: Findings) -> None:
    known = [k.spec.name for k in kpi.kpis]
    if given.name.value in known:
        if given.value is not None:
            constant(given.value, subject, findings)
        return
    message = f"`{given.name.value}` is given a single value, and is no input that reads another KPI"
    help = closest(given.name.value, known) or "give a list of rows"
    _unreadable(message, given.name, help, subject, findings)


def _check_expected(expected: Expectation, subject: str, findings: Findings) -> None:
    for text in (expected.value, expected.low, expected.high):
        if text is not None:
            constant(text, f"{subject}.expect", findings)
    if expected.status is not None and expected.status not in STATUSES:
        findings.add(
            "unreadable-test",
            f"`{expected.status}` is no status",
            subject=f"{subject}.expect",
            span=expected.span,
            help=closest(expected.status, STATUSES) or f"a status is one of {', '.join(STATUSES)}",
        )


def constant(text: Text, subject: str, findings: Findings) -> Expr | None:
    """A constant expression (`200 / 3`, `4 h`), checked; anything that is none is an unreadable test."""
    own = Findings()
    parsed = parse(text, subject, own)
    typed = check(parsed, Scope(symbols={}, kind="formula", noun="input"), subject, own) if parsed is not None else None
    if typed is None:
        _unreadable(
            f"`{text.value}` is no constant",
            text,
            "write a number, or an expression of numbers such as `200 / 3`",
            subject,
            findings,
        )
    return typed
