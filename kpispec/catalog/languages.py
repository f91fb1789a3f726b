"""Texts that a project's languages lack."""

from collections.abc import Iterable, Iterator

from kpispec.catalog.model import Catalog
from kpispec.diagnostics import Findings
from kpispec.source import Span
from kpispec.spec import DatasetSpec, Localized


def missing_languages(catalog: Catalog, languages: Iterable[str], default: str, findings: Findings) -> None:
    """A note for each label, question or description of the project without a text in one of its languages."""
    wanted = tuple(dict.fromkeys((default, *languages)))
    if len(wanted) < 2:
        return
    for subject, text, span in _texts(catalog):
        lacking = [tag for tag in wanted if not _speaks(text, tag, default)]
        if lacking:
            findings.add(
                "missing-language",
                f"`{subject.rpartition('.')[2]}` has no text in {', '.join(f'`{tag}`' for tag in lacking)}",
                subject=subject,
                span=span,
                help=f"write it as a map: `{{{', '.join(f'{tag}: ...' for tag in wanted)}}}`",
            )


def _speaks(text: Localized, tag: str, default: str) -> bool:
    written = dict(text.texts)
    return tag in written or tag.partition("-")[0] in written or (tag == default and "" in written)


def _texts(catalog: Catalog) -> Iterator[tuple[str, Localized, Span]]:
    for spec in catalog.specs.values():
        if spec.library is None:
            for key, text in (("label", spec.label), ("question", spec.question), ("description", spec.description)):
                if text is not None and dict(spec.spans).get(key) is not None:
                    yield f"kpi.{spec.id}.{key}", text, spec.at(key)
            for number, change in enumerate(spec.process_changes):
                yield f"kpi.{spec.id}.process_changes.{number}.label", change.label, change.span
    for dataset in catalog.datasets.values():
        if dataset.spec.library is None:
            yield from _texts_of(dataset.spec)
    for card in catalog.scorecards.values():
        if card.library is None:
            yield f"scorecard.{card.id}.label", card.label, card.span
            for number, section in enumerate(card.sections):
                yield f"scorecard.{card.id}.sections.{number}.label", section.label, section.span


def _texts_of(spec: DatasetSpec) -> Iterator[tuple[str, Localized, Span]]:
    """What pages show of a data set: its label, those of its columns and of their values."""
    if spec.label is not None:
        yield f"dataset.{spec.id}.label", spec.label, spec.span
    for column in spec.columns:
        route = f"dataset.{spec.id}.columns.{column.name}"
        if column.label is not None:
            yield f"{route}.label", column.label, column.span
        for value, label in column.value_labels:
            yield f"{route}.values.{value}", label, column.span
