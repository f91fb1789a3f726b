"""Which columns of a scan become keys of its finest groups: integers of few values, read by counts and moments alone.

Ten answers of a survey question make ten groups, and everything asked about the question is then asked of a group. On
ten million rows this took a fifth off the best query that checks each row.
"""

from collections.abc import Iterable
from math import prod

from kpispec.formula.check import names
from kpispec.formula.tree import Expr
from kpispec.plan.model import NamedTerm, Scan
from kpispec.sql.relations import Source, SourceColumn

LARGEST_CODE = 16
MOST_GROUPS = 128


def codes_of(scan: Scan, source: Source) -> tuple[SourceColumn, ...]:
    """The columns to be keys: those that no expression mixes with a column that is none, as long as groups stay few."""
    found = [c for c in source.columns if _size(c) <= LARGEST_CODE and c.name in scan.columns]
    found = [
        c for c in found if c.name != scan.clock and c.name not in scan.dimensions and c.name not in _row_names(scan)
    ]
    while found:
        keys = {c.name for c in found} | set(scan.dimensions)
        kept = [c for c in found if all(_apart(c.name, t, keys) for t in scan.terms)]
        if len(kept) == len(found):
            break
        found = kept
    used = {n for t in scan.terms for e in (*t.term.args, *t.term.where) for n in names(e)}
    found = [c for c in found if c.name in used]
    while found and prod(_size(c) + 2 for c in found) > MOST_GROUPS:
        found.pop()
    return tuple(found)


def cut_late(scan: Scan, source: Source) -> tuple[SourceColumn, ...]:
    """The dimensions that may be checked group by group: those that nothing reads row by row."""
    if any(not t.term.additive for t in scan.terms):
        return ()
    keys = set(scan.dimensions)
    found = [c for c in source.columns if c.name in keys and c.code is not None and c.name not in _row_names(scan)]
    return tuple(c for c in found if all(_apart(c.name, t, keys) for t in scan.terms))


def _size(column: SourceColumn) -> int:
    """How many values a column may take; too many to count where nothing tells."""
    size = column.code.size if column.code is not None else None
    return size if size is not None else LARGEST_CODE + 1


def _row_names(scan: Scan) -> set[str]:
    """What filters and computed columns of the data set read, row by row."""
    trees: Iterable[Expr] = (*scan.dataset.where, *(e for _, e in scan.dataset.computed))
    return {n for e in trees for n in names(e)}


def _apart(name: str, named: NamedTerm, keys: set[str]) -> bool:
    """Whether a term reads a column only in expressions over keys."""
    term = named.term
    mixed = [e for e in (*term.args, *term.where) if name in names(e) and not names(e) <= keys]
    over_keys = term.additive and all(names(a) <= keys for a in term.args)
    alone = all(name not in names(a) for a in term.args) or over_keys
    return not mixed and alone and (term.additive or all(name not in names(w) for w in term.where))
