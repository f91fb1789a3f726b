"""What makes a run repeatable: hashes of specs and inputs, the commit, versions."""

import hashlib
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from kpispec.engine.base import InputFile
from kpispec.engine.files import digest
from kpispec.evaluate.report import SourceFact
from kpispec.source import SourceFile


def spec_hash(files: Iterable[SourceFile]) -> str:
    """SHA-256 over the names and texts of all spec files, in the order of their names."""
    found = hashlib.sha256()
    for file in sorted(files, key=lambda f: f.path):
        found.update(Path(file.path).name.encode() + b"\0" + file.text.encode() + b"\0")
    return f"sha256:{found.hexdigest()}"


def source_facts(files: Iterable[InputFile]) -> tuple[SourceFact, ...]:
    return tuple(SourceFact(f.shown, f.size or None, digest(f)) for f in files)


def hash_inputs(files: Mapping[str, Iterable[InputFile]]) -> None:
    """Read the inputs' digests, which are remembered while a file does not change."""
    for group in files.values():
        source_facts(group)


def data_hash(facts: Iterable[SourceFact]) -> str:
    """SHA-256 over the digests of all inputs, in order."""
    found = hashlib.sha256()
    for fact in facts:
        found.update((fact.sha256 or "").encode() + b"\n")
    return f"sha256:{found.hexdigest()}"


def git_state(root: Path) -> tuple[str | None, bool]:
    """The commit a project stands at, and whether its files differ from it; no commit where git knows none."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    if commit is None:
        return None, False
    changed = _git(root, "status", "--porcelain", "--", ".")
    return commit, bool(changed)


def _git(root: Path, *words: str) -> str | None:
    guard = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks")
    try:
        done = subprocess.run(
            ("git", *guard, *words), cwd=root, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
