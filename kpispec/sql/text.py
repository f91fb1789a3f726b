"""The layout of printed SQL: one column a line, meaningful names, no needless nesting."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpispec.sql.lower import quoted

INDENT = "  "
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Column:
    sql: str
    alias: str

    @property
    def text(self) -> str:
        if self.alias == "*":
            return self.sql
        named = quoted(self.alias)
        return self.sql if self.sql == named else f"{self.sql} as {named}"


def select(
    columns: Sequence[Column],
    source: str,
    where: Sequence[str] = (),
    group: str | None = None,
    order: str | None = None,
) -> str:
    """A select statement. Conditions are joined by `and`."""
    lines = ["select", *_listed([c.text for c in columns]), f"from {source}"]
    if where:
        lines += ["where " + f"\n{INDENT}and ".join(where)]
    if group is not None:
        lines.append(f"group by {group}")
    if order is not None:
        lines.append(f"order by {order}")
    return "\n".join(lines)


def _listed(items: Sequence[str]) -> list[str]:
    return [f"{INDENT}{item}{',' if i < len(items) - 1 else ''}" for i, item in enumerate(items)]


def with_clauses(clauses: Sequence[tuple[str, str]], last: str) -> str:
    """Named steps, then the select that reads them."""
    if not clauses:
        return last
    named = [f"{quoted(name)} as (\n{indented(sql)}\n)" for name, sql in clauses]
    return "with " + ",\n".join(named) + "\n" + last


def indented(sql: str) -> str:
    return "\n".join(INDENT + line if line else line for line in sql.split("\n"))


def create_table(name: str, query: str) -> str:
    return f"create or replace temporary table {quoted(name)} as\n{query}"


def defines(statement: str, text: str) -> bool:
    """Whether a statement defines a macro that a text names."""
    name = statement.partition(" macro ")[2].partition("(")[0]
    return bool(name) and f"{name}(" in text
