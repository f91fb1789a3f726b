"""The columns that bindings map, against those that their data sets declare."""

from collections.abc import Iterable

from kpispec.catalog.model import Catalog
from kpispec.catalog.names import closest
from kpispec.diagnostics import Findings
from kpispec.project_spec import Binding


def check_mapped(bindings: Iterable[Binding], catalog: Catalog, findings: Findings) -> None:
    """A finding for each mapped column that its data set does not declare, or computes itself: nothing reads it."""
    for binding in bindings:
        dataset = catalog.datasets.get(binding.dataset)
        if dataset is None or not dataset.spec.declared:
            continue
        columns = {c.name: c for c in dataset.spec.columns}
        for name, raw in binding.columns:
            declared = columns.get(name)
            if declared is not None and declared.expr is None:
                continue
            message = f"data set `{binding.dataset}` declares no column `{name}`: nothing reads what is bound to it"
            help = closest(name, columns) or f"declare it under `columns` of data set `{binding.dataset}`"
            if declared is not None:
                message = f"`{name}` is computed by data set `{binding.dataset}`: nothing reads what is bound to it"
                help = f"bind the columns that its `expr` reads, or take `expr` from column `{name}`"
            subject = f"project.data.{binding.dataset}.columns.{name}"
            findings.add("unknown-column", message, subject=subject, span=raw.span, help=help)
