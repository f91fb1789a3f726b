"""p-values of many comparisons at once, made fit to be read one by one. In the order in which they were given."""

from collections.abc import Iterable, Sequence
from itertools import accumulate


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values: calling those below 5 % different errs anywhere in at most 5 % of the cases (Holm 1979).

    Whatever hangs together among the comparisons. `ValueError` for what is no p-value.
    """
    order = _ascending(ps)
    m = len(ps)
    raised = accumulate(((m - i) * ps[at] for i, at in enumerate(order)), max)
    return _placed(order, (min(1.0, p) for p in raised))


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values: of those called different below 5 %, at most 5 % are not (Benjamini and Hochberg 1995).

    For independent comparisons, or such as hang together positively. `ValueError` for what is no p-value.
    """
    order = _ascending(ps)[::-1]
    m = len(ps)
    lowered = accumulate((m / (m - i) * ps[at] for i, at in enumerate(order)), min)
    return _placed(order, (min(1.0, p) for p in lowered))


def _ascending(ps: Sequence[float]) -> list[int]:
    wrong = [p for p in ps if not 0 <= p <= 1]
    if wrong:
        raise ValueError(f"{wrong[0]} is no p-value")
    return sorted(range(len(ps)), key=lambda at: ps[at])


def _placed(order: Sequence[int], adjusted: Iterable[float]) -> list[float]:
    """The values, given in an order of places, each at its place."""
    at = dict(zip(order, adjusted, strict=True))
    return [at[place] for place in range(len(order))]
