"""The mutants of a document: the same document with one operator, constant, filter or key changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from kpispec.diagnostics import Findings
from kpispec.formula.mutate import Edit, amounts, edits, negated
from kpispec.formula.parse import parse
from kpispec.source import Span, Text
from kpispec.spec import BandSet, DatasetSpec, FunctionSpec, InputSpec, KpiInput, KpiSpec, Range, RowInput

Spec = KpiSpec | FunctionSpec | DatasetSpec
NOTHING = "(none)"  # what a key that was taken away becomes
S = TypeVar("S", KpiSpec, FunctionSpec, DatasetSpec)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed document. `part` is the key that was changed; `before` and `after` are what a person reads."""

    spec: Spec
    part: str
    before: str
    after: str
    span: Span

    @property
    def change(self) -> str:
        return f"{self.before} -> {self.after}"


def of_kpi(spec: KpiSpec, bands: bool) -> Iterator[Mutant]:
    """The mutants of what a KPI's own document says; what it takes over by `extends` is its parent's matter.

    `bands`: those of its thresholds too, which nothing but a test of a status can notice.
    """
    row = next((i.name for i in spec.inputs if isinstance(i, RowInput)), None)
    found = [*_texts(spec, "formula", spec.formula, lambda s, t: replace(s, formula=t), rows=row)]
    found += _filters(spec, "where", spec.where, lambda s, where: replace(s, where=where))
    for item in spec.inputs:
        found += _of_input(spec, item)
    found += _of_params(spec)
    found += [m for key in _KPI_KEYS for m in _without(spec, key)]
    if bands:
        found += _of_bands(spec)
    return (m for m in found if _own(m.span, spec))


def of_function(spec: FunctionSpec) -> Iterator[Mutant]:
    return (
        m
        for m in _texts(spec, "formula", spec.formula, lambda s, t: replace(s, formula=t), rows=spec.args[0])
        if _own(m.span, spec)
    )


def of_dataset(spec: DatasetSpec) -> Iterator[Mutant]:
    """The mutants of which rows a data set has. Its columns are promises about data, which no test of a KPI makes."""
    found = _filters(spec, "where", spec.where, lambda s, where: replace(s, where=where))
    return (m for m in found if _own(m.span, spec))


def _own(span: Span, spec: Spec) -> bool:
    """Whether a place is in the document itself, and not in one that it extends."""
    file, start = spec.span.file, spec.span.start
    if span.file is not file or span.start < start:
        return False
    following = file.text.find("\n---", start)
    return following < 0 or span.start <= following


def _mutant(spec: Spec, part: str, edit: Edit) -> Mutant:
    return Mutant(spec, part, edit.before, edit.after, edit.span)


def _texts(spec: S, part: str, text: Text, put: Callable[[S, Text], S], *, rows: str | None = None) -> Iterator[Mutant]:
    parsed = parse(text, "", Findings())
    for edit in edits(parsed, rows) if parsed is not None else ():
        yield _mutant(put(spec, edit.changed), part, edit)


def _filters(spec: S, part: str, where: tuple[Text, ...], put: Callable[[S, tuple[Text, ...]], S]) -> Iterator[Mutant]:
    """Each filter changed, turned around, and dropped."""
    for at in range(len(where)):
        yield from _filter(spec, part, where, at, put)


def _filter(
    spec: S, part: str, where: tuple[Text, ...], at: int, put: Callable[[S, tuple[Text, ...]], S]
) -> Iterator[Mutant]:
    text, instead = where[at], _in_place(where, at, put)
    yield from _texts(spec, part, text, instead)
    parsed = parse(text, "", Findings())
    if parsed is not None:
        opposite = negated(parsed)
        yield _mutant(instead(spec, opposite.changed), part, opposite)
    less = put(spec, (*where[:at], *where[at + 1 :]))
    yield Mutant(less, part, f"where: {_words(text)}", NOTHING, text.span)


def _in_place(where: tuple[Text, ...], at: int, put: Callable[[S, tuple[Text, ...]], S]) -> Callable[[S, Text], S]:
    """Puts a filter in the place of one of several."""
    return lambda spec, text: put(spec, (*where[:at], text, *where[at + 1 :]))


# inputs -------------------------------------------------------------------------------------------------------------

# Keys that can be left out: the field, and what it is then.
_ROW_KEYS: tuple[tuple[str, object], ...] = (
    ("when", None),
    ("per", ()),
    ("window", None),
    ("settles_after", None),
    ("whole", False),
    ("whole_of", ()),
)
_OTHER_KEYS: tuple[tuple[str, object], ...] = (("offset", None), ("window", None))
_CHECK_KEYS: tuple[tuple[str, object], ...] = (("range", None), ("values", ()))
_KPI_KEYS: tuple[tuple[str, object], ...] = (("weight", ()), ("sample_unit", None))
# Keys that hold an amount: `window: 12 months`, `offset: -1 period`.
_AMOUNTS = ("window", "settles_after", "offset")


def _of_input(spec: KpiSpec, item: InputSpec) -> Iterator[Mutant]:
    part = f"inputs.{item.name}"

    def put(s: KpiSpec, changed: InputSpec) -> KpiSpec:
        return replace(s, inputs=tuple(changed if i.name == item.name else i for i in s.inputs))

    if isinstance(item, RowInput):
        yield from _texts(spec, part, item.expr, lambda s, t: put(s, replace(item, expr=t)))
        yield from _of_checks(spec, item, put)
    yield from _filters(spec, f"{part}.where", item.where, lambda s, where: put(s, replace(item, where=where)))
    for name, dropped in _OTHER_KEYS if isinstance(item, KpiInput) else _ROW_KEYS:
        value = getattr(item, name)
        if value != dropped:
            changed: InputSpec = replace(item, **{name: dropped})  # type: ignore[arg-type]
            yield _dropped(put(spec, changed), part, name, value, item.span)
        if name in _AMOUNTS and isinstance(value, Text):
            for edit in amounts(value):
                moved: InputSpec = replace(item, **{name: edit.changed})  # type: ignore[arg-type]
                shown = _mutant(put(spec, moved), f"{part}.{name}", edit)
                yield replace(shown, before=f"{name}: {shown.before}", after=f"{name}: {shown.after}")


def _of_checks(spec: KpiSpec, item: RowInput, put: Callable[[KpiSpec, InputSpec], KpiSpec]) -> Iterator[Mutant]:
    part, checks = f"inputs.{item.name}", item.checks
    for name, dropped in _CHECK_KEYS:
        value = getattr(checks, name)
        if value != dropped:
            less = replace(checks, **{name: dropped})  # type: ignore[arg-type]
            yield _dropped(put(spec, replace(item, checks=less)), part, name, value, item.span)
    for code in checks.missing:
        less = replace(checks, missing=tuple(c for c in checks.missing if c != code))
        changed = put(spec, replace(item, checks=less))
        yield Mutant(changed, part, f"missing: {code[0]}", NOTHING, item.span)


def _without(spec: KpiSpec, key: tuple[str, object]) -> Iterator[Mutant]:
    name, dropped = key
    value = getattr(spec, name)
    if value != dropped:
        changed = replace(spec, **{name: dropped})  # type: ignore[arg-type]
        yield _dropped(changed, name, name, value, spec.at(name))


def _dropped(spec: KpiSpec, part: str, name: str, value: object, span: Span) -> Mutant:
    place = value.span if isinstance(value, Text | Range) else span
    return Mutant(spec, part, f"{name}: {_words(value)}".rstrip(": "), NOTHING, place)


def _words(value: object) -> str:
    match value:
        case Text():
            return " ".join(value.value.split())
        case Range():
            return f"{_words(value.low)} to {_words(value.high)}"
        case tuple():
            return ", ".join(_words(v) for v in value)
        case None:
            return "any"
        case _:
            return str(value).lower()


def _of_params(spec: KpiSpec) -> Iterator[Mutant]:
    """The constants that a KPI names, those written as texts aside."""
    for at, (name, value) in enumerate(spec.params):
        if name.value in spec.quoted_params:
            continue

        def put(s: KpiSpec, text: Text, at: int = at, name: Text = name) -> KpiSpec:
            return replace(s, params=(*s.params[:at], (name, text), *s.params[at + 1 :]))

        for mutant in _texts(spec, f"params.{name.value}", value, put):
            yield replace(mutant, before=f"{name.value}: {mutant.before}", after=f"{name.value}: {mutant.after}")


# bands --------------------------------------------------------------------------------------------------------------

_FLIPPED = ((">=", ">"), ("<=", "<"), (">", ">="), ("<", "<="), ("[", "("), ("]", ")"), ("(", "["), (")", "]"))


def _of_bands(spec: KpiSpec) -> Iterator[Mutant]:
    for at, bands in enumerate(spec.thresholds):
        for name in ("good", "watch", "bad"):
            text = getattr(bands, name)
            for edit in _band(text) if isinstance(text, Text) else ():
                changed: BandSet = replace(bands, **{name: edit.changed})  # type: ignore[arg-type]
                thresholds = (*spec.thresholds[:at], changed, *spec.thresholds[at + 1 :])
                yield _mutant(replace(spec, thresholds=thresholds), f"thresholds.{name}", edit)


def _band(text: Text) -> Iterator[Edit]:
    whole = (0, len(text.value))
    for sign, put in _FLIPPED:
        at = text.value.find(sign)
        if at >= 0 and not (len(sign) == 1 and text.value[at + 1 : at + 2] == "="):
            yield Edit(text, at, at + len(sign), put, whole)
    yield from amounts(text)
