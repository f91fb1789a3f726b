"""JSON Schemas laid beside a project's documents, so that editors complete keys without a network."""

from pathlib import PurePosixPath

from kpispec.syntax.export import FOLDER, schema_text
from kpispec.syntax.kinds import SCHEMA_KINDS

_FOLDER = ".kpispec/schema"


def schema_files() -> dict[str, str]:
    """The schema of every kind, by its path in a project."""
    return {schema_path(kind): schema_text(kind) for kind in SCHEMA_KINDS}


def schema_path(kind: str) -> str:
    return f"{_FOLDER}/{kind}.json"


def modeline(kind: str, path: str) -> str:
    """The first line by which an editor finds the schema of a document that will stand at `path` in the project."""
    up = "../" * (len(PurePosixPath(path).parts) - 1)
    return f"# yaml-language-server: $schema={up}{schema_path(kind)}"


def shipped_modeline(kind: str) -> str:
    """The same for a document that has no place yet: the schema within the installed package."""
    return f"# yaml-language-server: $schema={(FOLDER / f'{kind}.json').as_uri()}"
