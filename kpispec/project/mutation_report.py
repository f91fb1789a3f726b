"""The mutants that no test notices, for people and for machines. Plain strings out."""

import json
import re
from collections.abc import Iterator

from kpispec.project.mutants import NOTHING, Mutant
from kpispec.project.survivors import Survey, Survivor, Tally
from kpispec.project.telling import Row
from kpispec.render.findings import visible
from kpispec.source import Span
from kpispec.syntax.equivalent import Equivalent

SCHEMA = "kpispec-mutants/1"


def text(survey: Survey) -> str:
    """Each survivor with a test that would notice it, then a line for each document, then all together."""
    parts = [_survivor(t, s) for t in survey.tallies for s in t.survivors if s.silenced is None and _tried(t)]
    parts += [_unused(e, survey) for e in survey.unused]
    width = max((len(_name(t)) for t in survey.tallies), default=0)
    lines = [f"{_name(t):<{width}}  {_counts(t)}" for t in survey.tallies]
    return "\n".join([*parts, *lines, *([""] if lines else []), _total(survey)]) + "\n"


def _tried(tally: Tally) -> bool:
    return not tally.mutation.trouble


def _name(tally: Tally) -> str:
    return f"{tally.mutation.kind} {tally.mutation.id}"


def _survivor(tally: Tally, survivor: Survivor) -> str:
    mutant = survivor.mutant
    span = mutant.span
    lines = [
        f"{span.file.path}:{span.line}:{span.column}: {visible(mutant.change)}",
        f"  no test of {_name(tally)} notices this change of its {mutant.part}",
    ]
    if survivor.example is not None:
        where = f", in kpi {survivor.reader}" if survivor.reader is not None else ""
        lines += [
            f"  this one would{where}:",
            *(f"    {visible(line)}" for line in yaml(survivor, tally.mutation.kind)),
        ]
    return "\n".join(lines) + "\n"


def _unused(comment: Equivalent, survey: Survey) -> str:
    return f"{comment.span.file.path}:{comment.span.line}:{comment.span.column}: {_why_unused(comment, survey)}\n"


def _why_unused(comment: Equivalent, survey: Survey) -> str:
    change = visible(comment.change)
    if not comment.reason and any(s.mutant.change == comment.change for t in survey.tallies for s in t.survivors):
        return f"`equivalent[{change}]` gives no reason, and silences nothing: write why behind the bracket"
    return f"`equivalent[{change}]` silences nothing: no such mutant survives; delete the comment"


def _counts(tally: Tally) -> str:
    if tally.mutation.trouble:
        return f"{tally.mutants} mutants not tried: {visible(tally.mutation.trouble)}"
    said = f"{tally.mutation.killed} of {tally.mutants} noticed{_percent(tally.mutation.killed, _counted(tally))}"
    return f"{said}, {tally.silenced} silenced" if tally.silenced else said


def _counted(tally: Tally) -> int:
    return tally.mutants - tally.silenced


def _percent(killed: int, mutants: int) -> str:
    return f" ({_share(killed, mutants):.0%})" if mutants else ""


def _share(killed: int, mutants: int) -> float:
    return killed / mutants if mutants else 1.0


def _total(survey: Survey) -> str:
    killed = sum(t.mutation.killed for t in survey.tallies)
    silenced = sum(t.silenced for t in survey.tallies)
    mutants = sum(t.mutants for t in survey.tallies)
    said = f"{mutants} mutants, {killed} noticed{_percent(killed, mutants - silenced)}"
    return f"{said}, {silenced} silenced, {survey.open} survive"


# the example as a test ----------------------------------------------------------------------------------------------


def yaml(survivor: Survivor, kind: str) -> Iterator[str]:
    """A test of the document, ready to paste below `tests:`."""
    example, mutant = survivor.example, survivor.mutant
    assert example is not None
    yield f"- name: {_scalar(_told(mutant))}"
    yield "  given:"
    for name, rows in example.rows:
        yield from _columns(rows) if kind == "function" else _table(name, rows)
    for name, value in example.values:
        yield f"    {name}: {_cell(value)}"
    if example.status is None:
        yield f"  expect: {example.expect}"
    else:
        yield f"  expect: {{value: {example.expect}, status: {example.status}}}"


def _told(mutant: Mutant) -> str:
    """The name of a test."""
    if mutant.after == NOTHING:
        return f"not without {mutant.before}"
    return f"{mutant.before}, not {mutant.after}"


def _table(name: str, rows: tuple[Row, ...]) -> Iterator[str]:
    yield f"    {name}:" + ("" if rows else " []")
    for row in rows:
        shown: list[tuple[str, str | None]] = [(n, c) for n, c in row if c is not None] or list(row[:1])
        yield "      - {" + ", ".join(f"{n}: {_cell(cell)}" for n, cell in shown) + "}"


def _columns(rows: tuple[Row, ...]) -> Iterator[str]:
    for at, (name, _) in enumerate(rows[0] if rows else ()):
        yield f"    {name}: [{', '.join(_cell(row[at][1]) for row in rows)}]"


_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?|\d{4}-\d{2}-\d{2}|true|false|[A-Za-z][A-Za-z0-9_]*")
_WORDS = frozenset(("null", "yes", "no", "on", "off", "y", "n", "nan", "inf"))


def _cell(value: str | None) -> str:
    if value is None:
        return "null"
    return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else _scalar(value)


def _scalar(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


# for machines -------------------------------------------------------------------------------------------------------


def as_json(survey: Survey) -> str:
    killed = sum(t.mutation.killed for t in survey.tallies)
    silenced = sum(t.silenced for t in survey.tallies)
    mutants = sum(t.mutants for t in survey.tallies)
    answer = {
        "schema": SCHEMA,
        "documents": [_document(t) for t in survey.tallies],
        "unused": [{"change": e.change, "message": _why_unused(e, survey), **_place(e.span)} for e in survey.unused],
        "mutants": mutants,
        "killed": killed,
        "silenced": silenced,
        "survived": survey.open,
        "rate": round(_share(killed, mutants - silenced), 6),
    }
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def _place(span: Span) -> dict[str, object]:
    return {
        "path": span.file.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _document(tally: Tally) -> dict[str, object]:
    mutation = tally.mutation
    return {
        "kind": mutation.kind,
        "id": mutation.id,
        "path": mutation.spec.span.file.path,
        "line": mutation.spec.span.line,
        "mutants": tally.mutants,
        "killed": mutation.killed,
        "same": mutation.same,
        "silenced": tally.silenced,
        "survived": tally.open,
        "rate": round(_share(mutation.killed, _counted(tally)), 6),
        "trouble": mutation.trouble or None,
        "survivors": [_survivor_json(s, mutation.kind) for s in tally.survivors],
    }


def _survivor_json(survivor: Survivor, kind: str) -> dict[str, object]:
    mutant = survivor.mutant
    return {
        "part": mutant.part,
        "before": mutant.before,
        "after": mutant.after,
        **_place(mutant.span),
        "silenced": survivor.silenced.reason if survivor.silenced is not None else None,
        "reader": survivor.reader,
        "example": "\n".join(yaml(survivor, kind)) + "\n" if survivor.example is not None else None,
    }
