"""kpispec: KPIs as YAML specs, compiled to DuckDB SQL, judged, and rendered as scorecards."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "load"]

if TYPE_CHECKING:
    from kpispec.project.project import load


def __getattr__(name: str) -> object:
    if name == "load":
        from kpispec.project.project import load

        return load
    raise AttributeError(f"module `kpispec` has no attribute `{name}`")
