"""The lineage of a project, or of the part of it that was asked for."""

from kpispec.catalog.lineage import Lineage, Node
from kpispec.catalog.names import closest
from kpispec.catalog.uses import lineage
from kpispec.project.load import CallError, Loaded


def lineage_of(loaded: Loaded, name: str | None) -> Lineage:
    """Both ways from a document, `kind.id`, or `dataset.column`; the whole project without a name.

    A data set stands for its columns too. Raises CallError for what does not exist, or is several things.
    """
    graph = lineage(loaded.catalog)
    return graph if name is None else graph.around(_asked(graph, name))


def _asked(graph: Lineage, name: str) -> tuple[str, ...]:
    node = graph.node(name) or _named(graph, name)
    if node.kind != "dataset":
        return (node.id,)
    columns = (n.id for n in graph.nodes if n.kind == "column" and n.name.partition(".")[0] == node.name)
    return (node.id, *columns)


def _named(graph: Lineage, name: str) -> Node:
    found = [n for n in graph.nodes if n.name == name.lower()]
    found = [n for n in found if n.library is None] or found
    if len(found) == 1:
        return found[0]
    if not found:
        known = [n.name for n in graph.nodes]
        raise CallError(
            f"there is no document or column `{name}`",
            closest(name, known) or "`kpispec list` shows the documents; a column is `dataset.column`",
        )
    ids = ", ".join(f"`{n.id}`" for n in found)
    raise CallError(f"`{name}` is the id of several documents", f"name one of {ids}")
