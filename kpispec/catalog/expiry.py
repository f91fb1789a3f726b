"""What is past its date: reviews, accepted statuses, benchmarks."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kpispec.catalog.model import Catalog
from kpispec.diagnostics import Findings
from kpispec.source import Span
from kpispec.spec import BenchmarkFigure, KpiSpec, TargetSpec


def expired(catalog: Catalog, today: date, findings: Findings) -> None:
    """A warning for each date of the project's own documents that lies before today; the day itself still counts."""
    for spec in catalog.specs.values():
        for key, day, span, help in _dates(spec, today) if spec.library is None else ():
            _past(key, day, span, help, f"kpi.{spec.id}", today, findings)
    for document in catalog.benchmarks.values():
        for name, figure in document.entries if document.library is None else ():
            key, day, span, help = _benchmark(figure)
            _past(key, day, span, help, f"benchmark.{document.id}.entries.{name}", today, findings)


_Dated = tuple[str, date | None, Span, str]


def _dates(spec: KpiSpec, today: date) -> Iterator[_Dated]:
    review = "look at the definition again, and set the next date"
    yield "lifecycle.review_by", spec.lifecycle.review_by, spec.at("lifecycle"), review
    for target in _not_over(spec.targets, today):
        yield "targets.review_by", target.review_by, target.span, "look at the target again, and set the next date"
    if spec.accept is not None:
        yield "accept.until", spec.accept.until, spec.accept.span, "set a later day with its reason, or remove `accept`"
    for figure in spec.benchmarks:
        if isinstance(figure, BenchmarkFigure):
            yield _benchmark(figure)


def _benchmark(figure: BenchmarkFigure) -> _Dated:
    return "expires", figure.expires, figure.span, "look for a newer figure, or take the benchmark out"


def _not_over(targets: Iterable[TargetSpec], today: date) -> tuple[TargetSpec, ...]:
    """The targets that are in force today or later: those of the past need no review."""
    found = sorted(targets, key=lambda t: t.first)
    return tuple(t for i, t in enumerate(found) if _end_of(t, found[i + 1 :]) > today)


def _end_of(target: TargetSpec, later: Iterable[TargetSpec]) -> date:
    """The first day on which a target is not in force any more."""
    if target.last is not None:
        return date.max if target.last == date.max else target.last + timedelta(days=1)
    return next((t.first for t in later if set(t.segment) == set(target.segment)), date.max)


def _past(route: str, day: date | None, span: Span, help: str, subject: str, today: date, findings: Findings) -> None:
    if day is None or day >= today:
        return
    key = route.rpartition(".")[2]
    message = f"`{key}: {day.isoformat()}` is past"
    findings.add("expired", message, subject=f"{subject}.{route}", span=_of(day, key, span), help=help)


def _of(day: date, key: str, span: Span) -> Span:
    """The characters of a day that stands under a key somewhere in a span; the whole span where it does not."""
    text = span.file.text
    found = text.find(day.isoformat(), max(text.find(f"{key}:", span.start), span.start), _end(span))
    return span if found < 0 else Span(span.file, found, found + 10)


def _end(span: Span) -> int:
    """An entry of a benchmark document is known by its key: what it says stands behind it."""
    line_end = span.file.text.find("\n", span.end)
    return max(span.end, line_end if line_end >= 0 else len(span.file.text))
