"""The names of the result's columns: written by the SQL, read by the evaluation.

They hold `__`, which no id does, so that people may call their columns and KPIs `period` or `count_1`.
"""

from kpispec.plan.model import Measure

PERIOD = "period__"
SET = "set__"  # bit i of the request's dimensions, from the last, is 1 where the row is not cut by it

ROWS = "rows__"
OLDEST = "oldest__"
NEWEST = "newest__"


def n_column(measure: str) -> str:
    return f"{measure}__n"


def seen_column(measure: str) -> str:
    return f"{measure}__seen"


def zero_column(measure: str) -> str:
    return f"{measure}__zero"


def part_column(measure: str, part: str) -> str:
    return f"{measure}__of_{part}"


def reject_column(measure: Measure, reason: str) -> str:
    """Reasons are people's words, so the column carries their place in the list."""
    return f"{measure.id}__rejected_{[r for r, _ in measure.rejects].index(reason) + 1}"


def fatal_column(measure: str) -> str:
    return f"{measure}__fatal"


def scan_table(dataset: str) -> str:
    return f"scan__{dataset}"


def drawn_table(measure: str) -> str:
    """What the replicates of a measure come to, by period and segment."""
    return f"drawn__{measure}"


def covered_table(dataset: str) -> str:
    return f"covered__{dataset}"


def has_column(dataset: str) -> str:
    """Whether a data set has a segment: declares it, or has a row in it."""
    return f"has__{dataset}"


def set_mask(dimensions: tuple[str, ...], cut_by: tuple[str, ...]) -> int:
    """The number of a segmentation: a bit for each dimension asked for that it does not cut by."""
    mask = 0
    for dimension in dimensions:
        mask = mask * 2 + (dimension not in cut_by)
    return mask
