"""Files to a catalogue: the project file found, spec files read, the library taken in."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kpispec.bundled import bundled
from kpispec.catalog.model import Catalog
from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.project.mapped import check_mapped
from kpispec.project_spec import USUAL_PLACES, Binding, ProjectSpec
from kpispec.source import SourceFile, Span, Text
from kpispec.syntax.build import build_project, documents
from kpispec.syntax.nodes import Document
from kpispec.syntax.suppress import apply_ignores
from kpispec.syntax.yaml import announced

PROJECT_FILES = ("kpispec.yml", "kpispec.yaml")
SPEC_SUFFIXES = (".yml", ".yaml")
CORE_PACKS = ("functions",)  # packs that every project has


class CallError(Exception):
    """The call itself is wrong: no such project, file, KPI or option value. `help` says what to do."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything read: what the project says, its catalogue, the texts, and what is wrong with them."""

    project: ProjectSpec
    catalog: Catalog
    files: tuple[SourceFile, ...]  # the project's own, its project file first
    findings: Findings
    root: Path

    @property
    def documents(self) -> int:
        """How many documents of the project were read."""
        return sum(1 for d in self.catalog.documents if d.library is None)


def find_project(start: Path) -> Path | None:
    """The project file of a folder or of the nearest one above it."""
    folder = start.resolve()
    for place in (folder, *folder.parents):
        for name in PROJECT_FILES:
            if (place / name).is_file():
                return place / name
    return None


def load_project(file: Path, overrides: Sequence[tuple[str, str]] = (), cwd: Path | None = None) -> Loaded:
    """A project by its project file. `overrides` are the (data set, path) pairs of `--data`."""
    findings = Findings()
    root = file.resolve().parent
    here = cwd or Path.cwd()
    text, project = _project(file, here, findings)
    paths = _documents_of(project, root)
    return _loaded(project, root, text, paths, overrides, here, findings)


def files_of(project: Path) -> tuple[Path, ...]:
    """A project file and the spec files it names, none of which needs to be readable."""
    _, said = _project(project, Path.cwd(), Findings())
    return (project, *dict.fromkeys(_documents_of(said, project.parent)))


def _documents_of(project: ProjectSpec, root: Path) -> tuple[Path, ...]:
    """A project's spec files. One that only maps data to the library may do without the usual folder."""
    if project.library and project.specs == USUAL_PLACES and not (root / project.specs[0]).exists():
        return ()
    return tuple(p for s in project.specs for p in spec_files(root / s))


def _project(file: Path, here: Path, findings: Findings) -> tuple[SourceFile | None, ProjectSpec]:
    """The text of a project file and what it says; where it cannot be read, what is usual."""
    root = file.resolve().parent
    text = read_text(file, here, findings)
    said = build_project(text, root, findings) if text is not None else None
    return text, said or ProjectSpec(name=root.name, root=str(root))


def load_specs(paths: Iterable[Path], overrides: Sequence[tuple[str, str]] = (), cwd: Path | None = None) -> Loaded:
    """Spec files and folders without a project. Data is bound by `overrides` only, paths relative to the folder."""
    here = cwd or Path.cwd()
    findings = Findings()
    found = [p for path in paths for p in spec_files(path)]
    project = ProjectSpec(name=here.name, root=str(here))
    return _loaded(project, here, None, found, overrides, here, findings)


def load_library() -> Loaded:
    """All that ships with kpispec, as a project without data."""
    findings = Findings()
    packs = sorted(p.name for p in bundled("specs").iterdir() if p.is_dir())
    found = library_documents(packs, findings)
    here = Path.cwd()
    return Loaded(ProjectSpec(name="library", root=str(here)), resolve(found, {}, findings), (), findings, here)


def spec_files(path: Path) -> tuple[Path, ...]:
    """The spec files of a folder, sorted, project files left out; a file is itself. Raises CallError for neither."""
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise CallError(f"there is no file or folder `{path}`", "check the path, or `specs:` in kpispec.yml")
    found = (p for p in sorted(path.rglob("*")) if p.suffix in SPEC_SUFFIXES and p.is_file())
    return tuple(p for p in found if p.name not in PROJECT_FILES)


def read_text(path: Path, here: Path, findings: Findings) -> SourceFile | None:
    """The text of a spec file; one that is no UTF-8 is a finding."""
    shown = shown_path(path, here)
    try:
        raw = path.read_bytes()
        return SourceFile(shown, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        _not_utf8(raw, error.start, shown, findings)
    except OSError as error:
        message, help = f"`{shown}` cannot be read: {error.strerror}", "check that it exists and may be read"
        findings.add("unreadable-file", message, subject=shown, span=Text.of("", shown).span, help=help)
    return None


def _as_it_seems(path: Path) -> SourceFile:
    """What a file that is not UTF-8 seems to say: enough to know the ids of its documents."""
    try:
        return SourceFile(str(path), path.read_bytes().decode("latin-1"))
    except OSError:
        return SourceFile(str(path), "")


def _not_utf8(raw: bytes, at: int, shown: str, findings: Findings) -> None:
    """The place of the first byte that is no UTF-8. Its character is shown as Western files of old mean it."""
    before = len(raw[:at].decode("utf-8-sig"))
    file = SourceFile(shown, raw[:at].decode("utf-8-sig") + raw[at:].decode("latin-1"))
    findings.add(
        "unreadable-file",
        f"the byte {raw[at]:#04x} is not UTF-8",
        subject=shown,
        span=Span(file, before, before + 1),
        help="save the file as UTF-8",
    )


def shown_path(path: Path, here: Path) -> str:
    """A path as people see it: relative to where they are, where that is shorter."""
    relative = os.path.relpath(path, here)
    return relative if not relative.startswith("..") else str(path)


def _loaded(
    project: ProjectSpec,
    root: Path,
    text: SourceFile | None,
    paths: Iterable[Path],
    overrides: Sequence[tuple[str, str]],
    here: Path,
    findings: Findings,
) -> Loaded:
    project = replace(project, bindings=_overridden(project.bindings, overrides, here))
    texts = {p: read_text(p, here, findings) for p in dict.fromkeys(paths)}
    files = [f for f in texts.values() if f is not None]
    own = [d for f in files for d in documents(f, findings)]
    library = library_documents(project.library, findings)
    bound = {b.dataset: b.span for b in project.bindings}
    unread = [_as_it_seems(p) for p, f in texts.items() if f is None]
    lost = _announced([*files, *unread], own)
    catalog = resolve([*library, *own], bound, findings, announced=lost, calendar=project.calendar)
    check_mapped(project.bindings, catalog, findings)
    known = ((text,) if text is not None else ()) + tuple(files)
    return Loaded(project, catalog, known, apply_ignores(known, findings), root)


def _announced(files: Iterable[SourceFile], read: Iterable[Document]) -> frozenset[tuple[str, str]]:
    """The kind and id of documents that stand in the files but could not be read: naming one is no second mistake."""
    have = {(d.kind, d.id) for d in read}
    return frozenset(pair for f in files for pair in announced(f) if pair not in have)


def library_documents(packs: Iterable[str], findings: Findings) -> list[Document]:
    """The documents of built-in packs, the core ones included."""
    found: list[Document] = []
    shelf = bundled("specs")
    for pack in dict.fromkeys((*CORE_PACKS, *packs)):
        for path in sorted(shelf.joinpath(pack).rglob("*.yml")):
            file = SourceFile(path.relative_to(shelf).as_posix(), path.read_text(encoding="utf-8"))
            found += documents(file, findings, library=pack)
    return found


def _overridden(bindings: tuple[Binding, ...], overrides: Sequence[tuple[str, str]], here: Path) -> tuple[Binding, ...]:
    """Bindings with the paths of the command line, which are relative to where it was typed."""
    table = {b.dataset: b for b in bindings}
    given: dict[str, list[str]] = {}
    for name, path in overrides:
        given.setdefault(name, []).append(path if "://" in path else str(here / path))
    for name, paths in given.items():
        base = table.get(name, Binding(name))
        table[name] = replace(base, sources=tuple(paths), sql=None, sha256=None)
    return tuple(table.values())
