"""Writes the JSON Schemas beside this module, for editors: `python -m kpispec.syntax.export`."""

import json
from pathlib import Path

from kpispec.syntax.kinds import SCHEMA_KINDS, schema

FOLDER = Path(__file__).parent / "schemas"


def schema_text(kind: str) -> str:
    """The schema of a kind as its file holds it."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for kind in SCHEMA_KINDS:
        (FOLDER / f"{kind}.json").write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    write()
