"""The verdict of `check`: one line a KPI, failed or not, as text, JUnit, annotations or JSON."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from kpispec.evaluate.report import KpiReport, Reading, Report, Status
from kpispec.periods import written
from kpispec.render.lines import cuts, figures_of
from kpispec.render.text import visible
from kpispec.render.wording import sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """A KPI, or one of its segments, in the period judged."""

    kpi: str
    place: str
    segment: str
    status: Status
    value: str
    reason: str
    failed: bool

    @property
    def name(self) -> str:
        return f"{self.kpi} [{self.segment}]" if self.segment else self.kpi

    @property
    def words(self) -> str:
        return f"{self.status.value}: {self.value}" + (f" ({self.reason})" if self.reason else "")


def verdicts(report: Report, failing: Sequence[str], *, segments: bool) -> tuple[Verdict, ...]:
    """The headline of every KPI, and its segments when asked.

    `failing` names statuses; `unrated` is all without a band. An `error` fails always.
    """
    found = []
    for kpi in report.kpis:
        readings = [kpi.headline] if kpi.headline is not None else []
        if segments and kpi.headline is not None:
            readings += [r for r in kpi.segments if r.period.key == kpi.headline.period.key]
        found += [_verdict(report, kpi, r, failing) for r in readings]
    return tuple(found)


def _verdict(report: Report, kpi: KpiReport, reading: Reading, failing: Sequence[str]) -> Verdict:
    status = reading.status
    failed = status.value in failing or (not status.rated and "unrated" in failing) or status is Status.ERROR
    value = figures_of(kpi, report.language).value(reading.value, cuts(reading)) if reading.value is not None else "–"
    segment = ", ".join(f"{d}={v if v is not None else 'not given'}" for d, v in reading.segment)
    reason = sentence(reading.reason) if reading.reason is not None else ""
    return Verdict(kpi.spec.id, kpi.place, visible(segment), status, value, visible(reason), failed)


def to_text(found: Sequence[Verdict], report: Report) -> str:
    names = max((len(v.name) for v in found), default=0)
    lines = [f"{_word(v):4}  {v.name:{names}}  {v.words}" for v in found]
    lines += [f"late  {'data set ' + late}" for late in _late(report)]
    period = f" in {written(report.period)}" if report.period is not None else ""
    failed = sum(v.failed for v in found)
    return "\n".join([*lines, f"{len(found)} judged{period}, {failed} failed"])


def _word(verdict: Verdict) -> str:
    """`ok` is a rated status that does not fail; what is not rated is neither."""
    return "FAIL" if verdict.failed else "ok" if verdict.status.rated else "-"


def _late(report: Report) -> list[str]:
    """The data sets whose newest row is older than it may be."""
    late = [f for f in report.freshness if f.stale and f.last is not None and f.max_age_days is not None]
    return [
        f"`{f.dataset.id}`: newest {f.last.date().isoformat()}, {f.age_days:.0f} days old, at most {f.max_age_days:g}"
        for f in late
        if f.last is not None
    ]


def to_json(found: Sequence[Verdict], report: Report) -> str:
    document = {
        "schema": "kpispec-check/1",
        "period": None if report.period is None else written(report.period),
        "failed": sum(v.failed for v in found),
        "score": report.score.whole.value if report.score is not None else None,
        "freshness": [
            {
                "dataset": f.dataset.id,
                "newest": f.last.isoformat() if f.last is not None else None,
                "age_days": f.age_days,
                "max_age_days": f.max_age_days,
                "stale": f.stale,
            }
            for f in report.freshness
        ],
        "verdicts": [
            {
                "kpi": v.kpi,
                "segment": v.segment or None,
                "status": v.status.value,
                "value": v.value,
                "reason": v.reason or None,
                "failed": v.failed,
            }
            for v in found
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def to_github(found: Sequence[Verdict], report: Report) -> str:
    lines = [f"::warning title=late data::data set {late}" for late in _late(report)]
    for v in found:
        if v.failed:
            file, _, line = v.place.rpartition(":")
            text = v.words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            lines.append(f"::error file={file},line={line},title={v.kpi}::{v.name} is {text}")
    return "\n".join([*lines, f"{len(found)} judged, {sum(v.failed for v in found)} failed"])


def to_junit(found: Sequence[Verdict], _report: Report) -> str:
    failed = sum(v.failed for v in found)
    skipped = sum(not v.failed and not v.status.rated for v in found)
    head = f'<testsuite name="kpispec" tests="{len(found)}" failures="{failed}" skipped="{skipped}">'
    cases = []
    for v in found:
        inside = "" if v.status.rated else f"<skipped message={quoteattr(v.words)}/>"
        if v.failed:
            inside = f"<failure message={quoteattr(v.words)}>{escape(v.words)}</failure>"
        cases.append(f"  <testcase classname={quoteattr(v.kpi)} name={quoteattr(v.name)}>{inside}</testcase>")
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


FORMATS: dict[str, Callable[[Sequence[Verdict], Report], str]] = {
    "text": to_text,
    "json": to_json,
    "github": to_github,
    "junit": to_junit,
}
