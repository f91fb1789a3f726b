"""The functions that make one figure of many rows."""

from kpispec.formula.signature import (
    ANY,
    BOOLEANS,
    NUMBERS,
    OF_X,
    ORDERED,
    QUANTITIES,
    SKIPPED,
    SORT,
    UNTEXT,
    C,
    Function,
    N,
    P,
    Param,
    Result,
    X,
)
from kpispec.formula.tree import Type


def _aggregate(
    name: str, params: tuple[Param, ...], result: Result, summary: str, example: str, **more: str
) -> Function:
    words = {"nulls": SKIPPED, "empty": "null", **more}
    return Function(
        name,
        "aggregate",
        params,
        result,
        summary,
        example,
        nulls=words["nulls"],
        empty=words["empty"],
        unit=words.get("unit", "a plain number"),
        filterable=not name.endswith("_if"),
    )


AGGREGATES = (
    _aggregate(
        "count",
        (ANY,),
        Type.INTEGER,
        "rows with a value; `count(*)` counts rows, `count(distinct x)` different values",
        "count(score)",
        empty="0",
    ),
    _aggregate(
        "count_if",
        (C,),
        Type.INTEGER,
        "rows where the condition is true",
        "100 * count_if(score >= 9) / count(score)",
        nulls="a null condition is not counted",
        empty="0",
    ),
    _aggregate("sum", (X,), "same", "the sum", "sum(cost)", unit=OF_X),
    _aggregate(
        "sum_if",
        (X, C),
        "same",
        "the sum over rows where the condition is true",
        "sum_if(cost, refunded)",
        empty="0",
        unit=OF_X,
    ),
    _aggregate("avg", (X,), "real", "the arithmetic mean", "avg(handle_time)", unit=OF_X),
    _aggregate("min", (Param("x", ORDERED),), "same", "the smallest value", "min(wait)", unit=OF_X),
    _aggregate("max", (Param("x", ORDERED),), "same", "the greatest value", "max(wait)", unit=OF_X),
    _aggregate(
        "median",
        (X,),
        "real",
        "the middle value, the mean of the two middle ones where there are two",
        "median(wait)",
        unit=OF_X,
    ),
    _aggregate(
        "quantile_cont",
        (X, P),
        "real",
        "the value below which the share `p` lies, interpolated between neighbours",
        "quantile_cont(wait, 0.9)",
        unit=OF_X,
    ),
    _aggregate(
        "quantile_disc",
        (X, P),
        "same",
        "the smallest value that at least the share `p` does not pass",
        "quantile_disc(score, 0.9)",
        unit=OF_X,
    ),
    _aggregate(
        "stddev_samp",
        (X,),
        "real",
        "the standard deviation of a sample (n - 1); null below two values",
        "stddev_samp(wait)",
        unit=OF_X,
    ),
    _aggregate(
        "stddev_pop", (X,), "real", "the standard deviation of a whole population (n)", "stddev_pop(wait)", unit=OF_X
    ),
    _aggregate(
        "var_samp", (N,), Type.NUMBER, "the variance of a sample (n - 1); null below two values", "var_samp(score)"
    ),
    _aggregate("var_pop", (N,), Type.NUMBER, "the variance of a whole population (n)", "var_pop(score)"),
    _aggregate(
        "arg_min",
        (Param("x", UNTEXT), SORT),
        "same",
        "`x` of the row where `by` is smallest; of ties the greatest `x`",
        "arg_min(at_start, period_on)",
        unit=OF_X,
        nulls="skips rows where either is null",
    ),
    _aggregate(
        "arg_max",
        (Param("x", UNTEXT), SORT),
        "same",
        "`x` of the row where `by` is greatest; of ties the greatest `x`",
        "arg_max(at_end, period_on)",
        unit=OF_X,
        nulls="skips rows where either is null",
    ),
    _aggregate(
        "bool_and",
        (C,),
        Type.BOOLEAN,
        "whether the condition is true wherever it is known",
        "bool_and(answered)",
        unit="none",
    ),
    _aggregate(
        "bool_or", (C,), Type.BOOLEAN, "whether the condition is true anywhere", "bool_or(escalated)", unit="none"
    ),
    _aggregate(
        "corr",
        (Param("y", NUMBERS), Param("x", NUMBERS)),
        Type.NUMBER,
        "Pearson's correlation, from -1 to 1; null where one side does not vary",
        "corr(score, effort)",
        nulls="skips rows where either is null",
    ),
    _aggregate(
        "km_quantile",
        (X, Param("closed", BOOLEANS), P),
        "real",
        "the duration by which the share `p` has closed, open cases counted for as long as they were seen",
        "km_quantile(wait, answered, 0.5)",
        unit=OF_X,
        nulls="skips rows without a duration; where `closed` is null the case is open",
        empty="null, as it is where fewer than the share `p` ever close",
    ),
    _aggregate(
        "km_share",
        (X, Param("closed", BOOLEANS), Param("limit", QUANTITIES, constant=True)),
        Type.NUMBER,
        "the share that has closed by `limit`, from 0 to 1, open cases counted for as long as they were seen",
        "100 * km_share(wait, answered, 4 h)",
        nulls="skips rows without a duration; where `closed` is null the case is open",
    ),
    _aggregate(
        "approx_count_distinct",
        (ANY,),
        Type.INTEGER,
        "different values, estimated within about 2 %",
        "approx_count_distinct(customer)",
        empty="0",
    ),
)
