"""The variance of a smooth function of sums over rows, by its linearisation: the derived delta method.

With g(T1 .. Tm), every Tk a sum over rows of tk, and dk the derivative of g by Tk, a row moves g by z = sum of dk tk,
and the variance of g is the sum of z squared over rows: the sum over j and k of dj dk Sjk, where Sjk sums tj tk. Sums
over rows that are independent of each other add their variances. Rows of one sample unit are summed up before they are
squared. (R. M. Woodruff, A simple method for approximating the variance of a complicated estimate, 1971.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from kpispec.catalog.model import Kpi
from kpispec.formula.constants import constant
from kpispec.formula.derivative import derivative, rough
from kpispec.formula.tree import Binary, Boolean, Call, Case, Expr, Name, Number, Type, When
from kpispec.plan.ingredients import Linked, Spread, Without
from kpispec.plan.linear import Line, Rows, atoms, same_periods
from kpispec.plan.model import TERM, Request, Term
from kpispec.plan.moments import product, row_function
from kpispec.plan.placing import given
from kpispec.plan.rewrite import transform
from kpispec.plan.terms import TermTable

SEEN = "count_distinct"
_SUMS = ("count", "sum", "products", "m2")


@dataclass(frozen=True, slots=True)
class Delta:
    """Finds the linearised variance of one measure's value. `scans` are the rows behind each scan."""

    kpi: Kpi
    measure: str
    table: TermTable
    request: Request
    scans: Mapping[str, Rows]

    def rows(self, atom: Name) -> Rows:
        found = self.scans[self.table.terms[atom.name].scan]
        return replace(found, chain=atom.path[1:])

    def spread(self, line: Line) -> Spread | Without:
        tree = transform(line.tree, self._in_sums)
        found = [a for a in atoms(tree) if a.name not in line.settled]
        groups = self._groups(found)
        lack = self._foreign(found) or self._shared(groups, line) or self._rough(tree, found)
        if lack is not None:
            return lack
        writer = _Writer(self, tree)
        for group in groups:
            lack = writer.add(group, line)
            if lack is not None:
                return lack
        return Spread("delta", 1.0, writer.listed(), linked=tuple(writer.linked))

    def name(self, term: Term, like: Name) -> Name:
        return Name(self.table.name(term, self.measure), like.path, place=like.place, type=like.type)

    def _in_sums(self, expr: Expr) -> Expr | None:
        """Squared deviations as sums over rows: sum(x^2) - sum(x)^2 / n."""
        if not isinstance(expr, Name) or expr.path[:1] != TERM or self.table.terms[expr.name].function != "m2":
            return None
        term = self.table.terms[expr.name]

        def of(function: str, args: tuple[Expr, ...]) -> Expr:
            return self.name(Term(term.scan, function, args, term.where, whole=term.whole), expr)

        def op(word: str, left: Expr, right: Expr) -> Expr:
            return Binary(word, left, right, place=expr.place, type=Type.NUMBER)

        total = of("sum", term.args)
        mean_part = op("/", op("*", total, total), of("count", term.args))
        return op("-", of("products", (*term.args, *term.args)), mean_part)

    def _groups(self, found: list[Name]) -> list[list[Name]]:
        """Terms by the rows that they are sums of."""
        groups: list[list[Name]] = []
        for atom in found:
            for group in groups:
                alike = self.table.terms[group[0].name].scan == self.table.terms[atom.name].scan
                if alike and same_periods(group[0].path[1:], atom.path[1:], self.request):
                    group.append(atom)
                    break
            else:
                groups.append([atom])
        return groups

    # why there is none

    def _foreign(self, found: list[Name]) -> Without | None:
        """A term that is no sum over rows, nor a count of different values."""
        for atom in found:
            function = self.table.terms[atom.name].function
            if function not in (*_SUMS, SEEN):
                return Without("no-method", (("function", _written(function)),))
        return None

    def _shared(self, groups: list[list[Name]], line: Line) -> Without | None:
        found = [self._units_of(g, line) for g in groups]
        for number, first in enumerate(found):
            for second in found[number + 1 :]:
                if first.shares(second, self.request):
                    both = next(d for d in first.datasets if d in second.datasets)
                    return Without("rows-shared", (("dataset", both),))
        return None

    def _units_of(self, group: list[Name], line: Line) -> Rows:
        """The rows of a group; persons come back, so that rows summed up by them are not apart in other periods."""
        rows = self.rows(group[0])
        terms = [self.table.terms[a.name] for a in group]
        return replace(rows, per=rows.per or bool(_units(terms, dict(line.units).get(rows.scan))))

    def _rough(self, tree: Expr, found: list[Name]) -> Without | None:
        for atom in found:
            part = rough(tree, atom)
            if part is not None:
                word = part.name if isinstance(part, Call) else part.op if isinstance(part, Binary) else "case"
                return Without("not-smooth", (("function", word),))
        return None


def _written(function: str) -> str:
    """A term's function as people write it."""
    return "quantile_cont" if function == "weighted_quantile" else function


@dataclass(slots=True)
class _Writer:
    """The parts of the variance: gradients and moments, each tree once."""

    delta: Delta
    tree: Expr
    parts: dict[Expr, str] = field(default_factory=dict)
    linked: list[Linked] = field(default_factory=list)

    def add(self, group: list[Name], line: Line) -> Without | None:
        terms = [self.delta.table.terms[a.name] for a in group]
        units = _units(terms, dict(line.units).get(terms[0].scan))
        if len(units) > 1:
            words = ", ".join(sorted(u.place.text for u in units))
            return Without("several-units", (("units", words),))
        if units and (self.delta.scans[terms[0].scan].per or len({t.whole for t in terms}) > 1):
            return Without("units-cross", (("unit", units[0].place.text),))
        moving = [(a, d) for a, d in ((a, _derived(self.tree, a)) for a in group) if constant(d) != 0]
        group, terms = [a for a, _ in moving], [self.delta.table.terms[a.name] for a, _ in moving]
        gradient = tuple(self._part("d", d) for _, d in moving)
        if not group:
            return None
        if units:
            self._clustered(group, terms, units[0], gradient)
        else:
            self._plain(group, terms, gradient)
        return None

    def listed(self) -> tuple[tuple[str, Expr], ...]:
        return tuple((name, tree) for tree, name in self.parts.items())

    def _part(self, letter: str, tree: Expr) -> str:
        number = 1 + sum(1 for name in self.parts.values() if name.startswith(letter))
        return self.parts.setdefault(tree, f"{letter}{number}")

    def _plain(self, group: list[Name], terms: list[Term], gradient: tuple[str, ...]) -> None:
        moments = []
        for i, first in enumerate(terms):
            for j in range(i, len(terms)):
                found = product(first, terms[j])
                if found is not None:
                    moments.append((i, j, self._part("s", self.delta.name(found, group[i]))))
        self.linked.append(Linked(gradient, tuple(moments)))

    def _clustered(self, group: list[Name], terms: list[Term], unit: Expr, gradient: tuple[str, ...]) -> None:
        sums = [_of_unit(t, a) for t, a in zip(terms, group, strict=True)]
        scan, whole = terms[0].scan, terms[0].whole
        moments = []
        for i, first in enumerate(sums):
            for j in range(i, len(sums)):
                term = Term(scan, "unit_products", (unit, first, sums[j]), whole=whole)
                moments.append((i, j, self._part("s", self.delta.name(term, group[i]))))
        counted = _any_of(terms, group[0])
        clusters = self.delta.name(Term(scan, "unit_products", (unit, counted, counted), whole=whole), group[0])
        self.linked.append(Linked(gradient, tuple(moments), self._part("g", clusters)))


def _derived(tree: Expr, atom: Name) -> Expr:
    found = derivative(tree, atom)
    assert found is not None  # `rough` would have told
    return found


def _units(terms: list[Term], sampled: Expr | None) -> tuple[Expr, ...]:
    """What the rows of some terms must be summed up by: their sample unit, and what is counted as different."""
    found = [sampled] if sampled is not None else []
    found += [t.args[0] for t in terms if t.function == SEEN]
    return tuple(dict.fromkeys(found))


def _of_unit(term: Term, like: Name) -> Expr:
    """What a term adds up on one row, for the rows of a unit to be summed up; a condition counts the unit once."""
    where = _all_of(term, like)
    if term.function == SEEN:
        return where
    row = row_function(term)
    assert row is not None
    value: Expr = Number("1", place=like.place, type=Type.INTEGER)
    if row.factors:
        value = reduce(lambda a, b: Binary("*", a, b, place=like.place, type=Type.NUMBER), row.factors)
    if isinstance(where, Boolean):
        return value
    return Case(None, (When(where, value),), None, place=like.place, type=Type.NUMBER)


def _all_of(term: Term, like: Name) -> Expr:
    """The conditions of a term, that of its argument being there included, as one."""
    known = () if term.function in ("sum", "products") else tuple(given(a) for a in term.args)
    return _joined("and", (*term.where, *known), like)


def _any_of(terms: list[Term], like: Name) -> Expr:
    wheres = tuple(dict.fromkeys(_all_of(t, like) for t in terms))
    return wheres[0] if len(wheres) == 1 else _joined("or", wheres, like)


def _joined(op: str, conditions: tuple[Expr, ...], like: Name) -> Expr:
    if not conditions:
        return Boolean(True, place=like.place, type=Type.BOOLEAN)
    return reduce(lambda a, b: Binary(op, a, b, place=like.place, type=Type.BOOLEAN), conditions)
