"""Tests by ranks, for answers whose distances mean little: Wilcoxon's signed ranks and Mann and Whitney's U.

Both are two-sided. Their exact p-values are those of the ranks as they are, ties included, every sign or every
assignment to the two groups being equally likely; for many values the normal approximation stands in, with its
corrections for ties and for continuity.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, sqrt

from kpispec.statistics.estimate import p_value
from kpispec.statistics.means import paired_differences

EXACT_PAIRS = 50  # differences that are not 0
EXACT_PRODUCT = 400  # size of one group times that of the other


@dataclass(frozen=True, slots=True)
class RankTest:
    """A statistic with its two-sided p-value, and whether that is exact."""

    statistic: float
    p: float
    exact: bool


def wilcoxon(first: Sequence[float | None], second: Sequence[float | None]) -> RankTest | None:
    """Wilcoxon's signed ranks of pairs (1945): the sum of the ranks of those where first is above second.

    Pairs that are equal or have a `None` do not count. `None` where no pair differs, `ValueError` for lists of
    different length.
    """
    differences = [d for d in paired_differences(first, second) if d != 0]
    if not differences:
        return None
    doubled = _doubled_ranks([abs(d) for d in differences])
    found = sum(rank for rank, d in zip(doubled, differences, strict=True) if d > 0)
    n = len(differences)
    if n <= EXACT_PAIRS:
        return RankTest(found / 2, _two_sided(_sums(doubled), 2**n, found), exact=True)
    variance = n * (n + 1) * (2 * n + 1) / 24 - _ties(doubled) / 48
    return RankTest(found / 2, _approximate(found / 2 - n * (n + 1) / 4, variance), exact=False)


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> RankTest | None:
    """Mann and Whitney's U (1947): how many pairs of one of each group have the first above, a tie counting half.

    `None` where a group is empty, or where all values of many are equal.
    """
    m, n = len(first), len(second)
    if not m or not n:
        return None
    doubled = _doubled_ranks([*first, *second])
    found = sum(doubled[:m])
    u = found / 2 - m * (m + 1) / 2
    if m * n <= EXACT_PRODUCT:
        return RankTest(u, _two_sided(_sums_of(doubled, m), comb(m + n, m), found), exact=True)
    whole = m + n
    variance = m * n / 12 * (whole + 1 - _ties(doubled) / (whole * (whole - 1)))
    return RankTest(u, _approximate(u - m * n / 2, variance), exact=False) if variance > 0 else None


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each value, those of a tie sharing their mean: twice, so that they are whole numbers."""
    ordered = sorted(values)
    shared, before = {}, 0
    for value, count in sorted(Counter(ordered).items()):
        shared[value] = 2 * before + count + 1
        before += count
    return [shared[value] for value in values]


def _ties(doubled: Iterable[int]) -> int:
    return sum(count**3 - count for count in Counter(doubled).values())


def _sums(ranks: Sequence[int]) -> list[int]:
    """In how many ways the ranks, each taken or not, come to each sum."""
    ways = [1] + [0] * sum(ranks)
    for rank in ranks:
        for total in range(len(ways) - 1, rank - 1, -1):
            ways[total] += ways[total - rank]
    return ways


def _sums_of(ranks: Sequence[int], size: int) -> list[int]:
    """In how many ways `size` of the ranks come to each sum."""
    width = sum(sorted(ranks)[-size:]) + 1
    ways = [[0] * width for _ in range(size + 1)]
    ways[0][0] = 1
    for seen, rank in enumerate(ranks, 1):
        for taken in range(min(size, seen), 0, -1):
            fewer, row = ways[taken - 1], ways[taken]
            for total in range(rank, width):
                row[total] += fewer[total - rank]
    return ways[size]


def _two_sided(ways: Sequence[int], all_ways: int, found: int) -> float:
    return min(1.0, 2 * min(sum(ways[: found + 1]), sum(ways[found:])) / all_ways)


def _approximate(away: float, variance: float) -> float:
    return p_value(max(0.0, abs(away) - 0.5) / sqrt(variance))
