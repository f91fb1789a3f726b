"""The tests of function documents, run: what is given for an argument is a column of rows, or one value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kpispec.catalog.model import BoundRows, Catalog, Dataset, Kpi
from kpispec.diagnostics import Findings
from kpispec.formula.check import check
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Expr, Name, Place, Type
from kpispec.source import Text
from kpispec.spec import (
    Checks,
    ColumnSpec,
    DatasetSpec,
    FunctionSpec,
    GivenRows,
    GivenValue,
    KpiSpec,
    Localized,
    RowInput,
    TestSpec,
)
from kpispec.units import NUMBER, duration_seconds

ROWS = "rows"


@dataclass(frozen=True, slots=True)
class FunctionCase:
    """A test of a function as the test of a KPI whose formula is one call of it; `mistake` where it cannot be."""

    kpi: Kpi | None
    catalog: Catalog
    test: TestSpec
    mistake: str = ""


def function_case(catalog: Catalog, spec: FunctionSpec, test: TestSpec) -> FunctionCase:
    """Lists given for arguments become one data set, row by row; single values stand in the call as they are."""
    columns = {g.name.value: [_cell(row) for row in g.rows] for g in test.given if isinstance(g, GivenRows)}
    values = {g.name.value: g.value for g in test.given if isinstance(g, GivenValue)}
    unknown = sorted((columns.keys() | values.keys()) - set(spec.args))
    missing = [a for a in spec.args if a not in columns and a not in values]
    if unknown or missing or len({len(c) for c in columns.values()}) > 1:
        return FunctionCase(None, catalog, test, _mistake(spec, unknown, missing))
    written = ", ".join(_argument(a, values) for a in spec.args)
    call = Text.of(f"{spec.id}({written})", "<test>")
    types, formula = _typed(call, columns, catalog)
    if formula is None:
        return FunctionCase(None, catalog, test, f"`{call.value}` is no formula for what is given")
    kpi, dataset = _kpi(spec, call, formula, types), _dataset(spec, types)
    known = replace(catalog, datasets={**catalog.datasets, ROWS: dataset} if columns else catalog.datasets)
    return FunctionCase(kpi, known, replace(test, given=_rows(test, columns)))


def _cell(row: tuple[tuple[str, Text | None, bool], ...]) -> Text | None:
    return row[0][1] if row else None


def _mistake(spec: FunctionSpec, unknown: list[str], missing: list[str]) -> str:
    if unknown:
        return f"`{unknown[0]}` is no argument of `{spec.id}`"
    return f"`{missing[0]}` is not given" if missing else "the lists given are not of one length"


def _argument(name: str, values: Mapping[str, Text | None]) -> str:
    if name not in values:
        return name
    value = values[name]
    return "null" if value is None else f"({value.value})"


def _typed(
    call: Text, columns: Mapping[str, list[Text | None]], catalog: Catalog
) -> tuple[dict[str, Type], Expr | None]:
    """The call checked. Columns without a value are of the first type that the function takes."""
    for otherwise in (Type.NUMBER, Type.BOOLEAN, Type.STRING):
        types = {name: _type(cells, otherwise) for name, cells in columns.items()}
        formula = _checked(call, types, catalog)
        if formula is not None:
            return types, formula
    return {}, None


def _type(cells: list[Text | None], otherwise: Type) -> Type:
    """What the cells of a column are: the narrowest type that fits them all."""
    written = [c.value for c in cells if c is not None]
    if not written:
        return otherwise
    if all(w.lower() in ("true", "false") for w in written):
        return Type.BOOLEAN
    if all(duration_seconds(w) is not None for w in written):
        return Type.DURATION
    return Type.NUMBER if all(_is_number(w) for w in written) else Type.STRING


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _checked(call: Text, types: Mapping[str, Type], catalog: Catalog) -> Expr | None:
    parsed = parse(call, "", Findings())
    symbols = {name: Symbol(type=kind, row=True, row_set=ROWS) for name, kind in types.items()}
    scope = Scope(symbols=symbols, kind="formula", noun="input", macros=catalog.macros)
    return check(parsed, scope, "", Findings()) if parsed is not None else None


def _kpi(spec: FunctionSpec, call: Text, formula: Expr, types: Mapping[str, Type]) -> Kpi:
    inputs = tuple(RowInput(n, spec.span, Text.of(ROWS), Text.of(n)) for n in types)
    rows = tuple(
        BoundRows(i, ROWS, Name(i.name, place=Place(i.expr, 0, len(i.name)), type=types[i.name]), ()) for i in inputs
    )
    described = KpiSpec(spec.id, spec.span, inputs, call, Localized((("", spec.id),)), confidence="none")
    return Kpi(described, formula, rows, (), NUMBER, None, None)


def _dataset(spec: FunctionSpec, kinds: Mapping[str, Type]) -> Dataset:
    made = tuple(
        ColumnSpec(name, spec.span, Checks(type="number" if kind is Type.DURATION else kind.value))
        for name, kind in kinds.items()
    )
    return Dataset(DatasetSpec(ROWS, spec.span, made))


def _rows(test: TestSpec, columns: Mapping[str, list[Text | None]]) -> tuple[GivenRows, ...]:
    if not columns:
        return ()
    names = list(columns)
    cells = zip(*columns.values(), strict=True)
    rows = tuple(tuple((n, c, False) for n, c in zip(names, row, strict=True)) for row in cells)
    return (GivenRows(Text.of(ROWS), rows, test.span),)
