"""Cronbach's alpha, told by its formula: k / (k - 1) * (1 - sum of the items' variances / variance of the totals)."""

from dataclasses import dataclass

from kpispec.catalog.model import BoundRows, Kpi
from kpispec.formula.constants import constant
from kpispec.formula.tree import Binary, Call, Expr, Name


@dataclass(frozen=True, slots=True)
class Alpha:
    """How many items there are, and how many respondents, as counts of the formula's own inputs."""

    items: Call
    respondents: Call


def alpha_of(kpi: Kpi) -> Alpha | None:
    """The counts behind an alpha; `None` where the formula is none.

    Its inputs must be what they are called: the variance of each item's answers, and the sum of each respondent's.
    """
    match kpi.formula:
        case Binary(
            op="*",
            left=Binary(op="/", left=Call(name="count", args=(Name() as item,)) as k, right=below),
            right=Binary(op="-", left=one, right=Binary(op="/", left=spread, right=total)),
        ):
            pass
        case _:
            return None
    whole = isinstance(total, Call) and total.name == "var_samp" and total.args
    if not whole or constant(one) != 1 or not _is_one_less(below, k) or not _is_sum(spread, item):
        return None
    assert isinstance(total, Call)
    person = total.args[0]
    ours, theirs = kpi.row(item.name), kpi.row(person.name) if isinstance(person, Name) else None
    if ours is None or theirs is None or not _of_one_battery(ours, theirs):
        return None
    return Alpha(k, Call("count", (person,), place=total.place, type=k.type))


def _is_one_less(expr: Expr, count: Call) -> bool:
    return isinstance(expr, Binary) and expr.op == "-" and expr.left == count and constant(expr.right) == 1


def _is_sum(expr: Expr, item: Name) -> bool:
    return isinstance(expr, Call) and expr.name == "sum" and expr.args == (item,)


def _of_one_battery(item: BoundRows, person: BoundRows) -> bool:
    """Whether the variance of an item's answers and the sum of a respondent's are of the same rows."""
    spread, total = item.expr, person.expr
    if not (isinstance(spread, Call) and isinstance(total, Call)):
        return False
    named = (spread.name, total.name) == ("var_samp", "sum") and spread.args == total.args
    return named and item.per != person.per and item.dataset == person.dataset and item.where == person.where
