"""Every function of the language, lowered and run: its value on one row, or over three, worked out by hand."""

from datetime import date, datetime

import duckdb
import pytest

from kpispec.diagnostics import Findings
from kpispec.formula.check import check
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Type
from kpispec.source import Text
from kpispec.sql.lower import Setting, lower, quoted
from kpispec.sql.terms import holistic
from kpispec.sql.zones import as_local, as_utc, macros

ZONE = "Europe/Paris"
COLUMNS = {
    "n": (Type.INTEGER, "cast(-7 as bigint)"),
    "x": (Type.NUMBER, "cast(2.5 as double)"),
    "none": (Type.NUMBER, "cast(null as double)"),
    "word": (Type.STRING, "' Abc-def '"),
    "flag": (Type.BOOLEAN, "true"),
    "day": (Type.DATE, "date '2026-03-29'"),
    "at": (Type.TIMESTAMP, "timestamp '2026-03-28 23:30:00'"),  # half past midnight of the 29th in Paris
    "later": (Type.TIMESTAMP, "timestamp '2026-03-29 01:30:05'"),  # half past three: an hour was skipped
}
INSTANTS = (("as_of", "timestamp '2026-04-01 00:00:00'"),)

# A row of the table: the function, an expression, its value.
ON_ONE_ROW = (
    ("abs", "abs(n)", 7),
    ("ceil", "ceil(x)", 3),
    ("floor", "floor(-x)", -3),
    ("round", "round(x)", 3),
    ("round", "round(-x)", -3),
    ("sign", "sign(n)", -1),
    ("sqrt", "sqrt(x * x)", 2.5),
    ("sqrt", "sqrt(n)", None),
    ("exp", "exp(0 * x)", 1),
    ("ln", "ln(exp(x))", pytest.approx(2.5)),
    ("ln", "ln(0 * x)", None),
    ("log10", "log10(x * 40)", 2),
    ("power", "power(x, 2)", 6.25),
    ("mod", "mod(n, 4)", -3),
    ("mod", "mod(n, 0)", None),
    ("greatest", "greatest(n, x)", 2.5),
    ("greatest", "greatest(none, x)", 2.5),
    ("least", "least(n, x)", -7),
    ("coalesce", "coalesce(none, x)", 2.5),
    ("nullif", "nullif(n, -7)", None),
    ("if", "if(flag, x, 0)", 2.5),
    ("lower", "lower(word)", " abc-def "),
    ("upper", "upper(word)", " ABC-DEF "),
    ("trim", "trim(word)", "Abc-def"),
    ("length", "length(word)", 9),
    ("left", "left(trim(word), 2)", "Ab"),
    ("right", "right(trim(word), 3)", "def"),
    ("substring", "substring(trim(word), 2, 2)", "bc"),
    ("replace", "replace(word, '-', '+')", " Abc+def "),
    ("split_part", "split_part(trim(word), '-', 2)", "def"),
    ("starts_with", "starts_with(trim(word), 'Abc')", True),
    ("ends_with", "ends_with(word, 'f')", False),
    ("contains", "contains(word, 'c-d')", True),
    ("regexp_matches", "regexp_matches(word, '^ [A-Z]')", True),
    ("year", "year(at)", 2026),
    ("quarter", "quarter(day)", 1),
    ("month", "month(at)", 3),
    ("day", "day(at)", 29),
    ("hour", "hour(at)", 0),
    ("hour", "hour(later)", 3),
    ("minute", "minute(at)", 30),
    ("second", "second(later)", 5),
    ("isodow", "isodow(at)", 7),
    ("week", "week(day)", 13),
    ("isoyear", "isoyear(date '2027-01-01')", 2026),
    ("dayofyear", "dayofyear(day)", 88),
    ("date_trunc", "date_trunc('month', day)", date(2026, 3, 1)),
    ("date_trunc", "date_trunc('day', at)", datetime(2026, 3, 28, 23)),  # midnight in Paris
    ("date_diff", "date_diff('month', date '2026-01-31', day)", 2),
    ("try_strptime", "try_strptime('31/12/2025 08:00', '%d/%m/%Y %H:%M')", datetime(2025, 12, 31, 7)),
    ("try_strptime", "try_strptime('31/31/2025', '%d/%m/%Y')", None),
    ("as_of", "as_of()", datetime(2026, 4, 1)),
)

WHOLE_FRAME = "rows between unbounded preceding and unbounded following"

# Over the rows (1, 10), (2, 20), (2, null) of place and x, all of one customer.
OVER_THREE = (
    ("lead", "lead(x) over (partition by customer order by place, x)", [20, None, None]),
    ("lag", "lag(x) over (partition by customer order by place, x)", [None, 10, 20]),
    ("first_value", "first_value(x) over (partition by customer order by place, x)", [10, 10, 10]),
    (
        "last_value",
        f"last_value(x ignore nulls) over (partition by customer order by place, x {WHOLE_FRAME})",
        [20, 20, 20],
    ),
    ("row_number", "row_number() over (partition by customer order by place, x)", [1, 2, 3]),
    ("rank", "rank() over (partition by customer order by place)", [1, 2, 2]),
    ("dense_rank", "dense_rank() over (partition by customer order by place)", [1, 2, 2]),
)

# Terms that all their rows together give; what adds up is run against the oracle instead.
HOLISTIC = {"quantile_cont", "quantile_disc", "arg_min", "arg_max", "corr", "approx_count_distinct"}
# Run against plain Python over random rows in tests/oracle, tests/project/test_rows_and_clocks.py, and
# tests/sql/test_business.py.
ELSEWHERE = {name for name, f in FUNCTIONS.items() if f.kind == "aggregate"} | {
    "business_seconds",
    "days_in_force",
    "period_start",
    "period_end",
    "observed_until",
}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as found:
        found.execute("set timezone = 'UTC'")
        for statement in macros(ZONE, date(2020, 1, 1), date(2030, 1, 1)):
            found.execute(statement)
        yield found


def lowered(text, symbols, kind="row"):
    findings = Findings()
    parsed = parse(Text.of(text), "test", findings)
    scope = Scope(symbols={n: Symbol(t, row=True) for n, t in symbols.items()}, kind=kind, noun="column", dataset="t")
    typed = check(parsed, scope, "test", findings)
    assert [f.message for f in findings if f.severity == "error"] == []
    setting = Setting(
        name=lambda name: quoted(name.name),
        local=lambda sql: as_local(sql, ZONE),
        utc=lambda sql: as_utc(sql, ZONE),
        instants=INSTANTS,
    )
    return lower(typed, setting)


@pytest.mark.parametrize(("text", "value"), [row[1:] for row in ON_ONE_ROW], ids=[t for _, t, _ in ON_ONE_ROW])
def test_a_scalar_function_has_the_value_worked_out_by_hand(connection, text, value):
    sql = lowered(text, {n: t for n, (t, _) in COLUMNS.items()})
    row = ", ".join(f'{cell} as "{n}"' for n, (_, cell) in COLUMNS.items())
    assert connection.execute(f"select {sql} from (select {row})").fetchone() == (value,)


@pytest.mark.parametrize(("text", "values"), [row[1:] for row in OVER_THREE], ids=[n for n, _, _ in OVER_THREE])
def test_a_window_function_has_the_values_worked_out_by_hand(connection, text, values):
    sql = lowered(text, {"x": Type.NUMBER, "place": Type.INTEGER, "customer": Type.STRING}, "computed")
    rows = "(values (1, 10.0, 'c'), (2, 20.0, 'c'), (2, null, 'c')) t(place, x, customer)"
    found = connection.execute(f"select {sql} from {rows} order by place, x").fetchall()
    assert [row[0] for row in found] == values


def test_rows_without_a_partition_key_belong_to_nobody(connection):
    sql = lowered(
        "lead(x) over (partition by customer order by x)", {"x": Type.NUMBER, "customer": Type.STRING}, "computed"
    )
    rows = "(values (1.0, null), (2.0, null)) t(x, customer)"
    assert connection.execute(f"select {sql} from {rows}").fetchall() == [(None,), (None,)]


def test_every_function_has_a_lowering_and_a_case():
    covered = {name for name, _, _ in (*ON_ONE_ROW, *OVER_THREE)}
    assert covered | ELSEWHERE == set(FUNCTIONS)
    assert not covered & ELSEWHERE
    assert all(holistic(name, ["x", "0.5"], "") for name in HOLISTIC)
