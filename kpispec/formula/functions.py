"""The closed table of functions. What is not here cannot be called, whatever the engine beneath could do.

Left out on purpose: what reads the world (`now`, `random`, `getenv`), builds memory or loops (`repeat`, `range`), or
returns raw rows (`list`, `string_agg`, `any_value`, `min` of text).
"""

from kpispec.formula.aggregates import AGGREGATES
from kpispec.formula.moments import TIME, WINDOWS
from kpispec.formula.scalars import CHOICES, NUMERIC, TEXT
from kpispec.formula.signature import Function

FUNCTIONS: dict[str, Function] = {f.name: f for f in (*AGGREGATES, *NUMERIC, *CHOICES, *TEXT, *TIME, *WINDOWS)}
