"""The page of a KPI without data: what it asks, how it is computed and judged, what it reads, how it was tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpispec.evaluate.report import Reason
from kpispec.plan.ingredients import Spread, Without
from kpispec.render.drawer import Token, highlighted
from kpispec.render.facts import Fact, Item, link
from kpispec.render.format import format_day, locale_of, percentage
from kpispec.render.phrases import LONGEST_TEXT, Phrase
from kpispec.render.shelf import Line, Shelf, Uses, lines, source_of
from kpispec.render.trialtable import Trial, trial_of
from kpispec.render.wording import METHOD_WORDS
from kpispec.spec import BandSet, BenchmarkFigure, BenchmarkRef, KpiInput, KpiSpec, TargetSpec
from kpispec.syntax.nodes import Document, Map
from kpispec.syntax.read import entries, words

LEVELS = ("strategic", "tactical", "operational")

# Keys that have a place of their own on the page; all others are listed as they are written.
_PLACED = frozenset(
    {"kpi", "extends", "label", "question", "description", "owner", "lifecycle", "tags", "perspective", "unit"}
    | {"direction", "inputs", "formula", "thresholds", "targets", "benchmarks", "caveats", "references", "read_with"}
    | {"drivers", "tests"}
)


def _(message: str) -> str:
    return message


LEVEL_WORDS = {"strategic": _("strategic"), "tactical": _("tactical"), "operational": _("operational")}
PERSPECTIVES = {
    "customer": _("customer"),
    "process": _("process"),
    "finance": _("finance"),
    "learning": _("learning"),
}


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class BandRow:
    """Bands as written, for the whole or for a segment."""

    segment: str
    good: str
    watch: str
    bad: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    value: str
    first: str
    last: str
    source: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A benchmark: its figure, what it is of, and where it is from."""

    figure: str
    label: Phrase
    source: Item
    year: str
    remarks: str


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL of a definition by `grain`; empty where there is none, for the reason `lack`. `spread`: its interval."""

    sql: str = ""
    grain: str = "all"
    lack: Reason | None = None
    spread: Spread | Without | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """A document as its file has it, and, where it extends another, as it is after that."""

    written: str
    resolved: str = ""


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    language: str
    direction: str
    title: Phrase
    eyebrow: str
    generator: str
    id: str
    question: Phrase
    description: Phrase
    formula: str
    inputs: tuple[Input, ...]
    settings: tuple[Line, ...]
    facts: tuple[Fact, ...]
    bands: tuple[BandRow, ...]
    targets: tuple[TargetRow, ...]
    benchmarks: tuple[FigureRow, ...]
    caveats: tuple[Phrase, ...]
    references: tuple[Item, ...]
    reads: tuple[Uses, ...]
    readers: tuple[Uses, ...]
    tests: tuple[Trial, ...]
    sql: tuple[Token, ...]
    sql_note: str
    sources: Sources
    period: str = ""
    alternates: tuple[str, ...] = ()
    home: str = "../index.html"


def definition_page(
    spec: KpiSpec, document: Document, shelf: Shelf, query: Query, sources: Sources, place: str
) -> DefinitionPage:
    """The page of a KPI. `place` is a file and line."""
    node = document.node
    return DefinitionPage(
        language=shelf.words.language,
        direction=direction_of(shelf.words.language),
        title=shelf.phrase(spec.label, spec.id),
        eyebrow=shelf.project,
        generator=shelf.generator,
        id=spec.id,
        question=shelf.phrase(spec.question, most=LONGEST_TEXT),
        description=shelf.phrase(spec.description, most=LONGEST_TEXT),
        formula=spec.formula.value.strip(),
        inputs=tuple(_inputs(spec, node, shelf)),
        settings=tuple(lines(node, _PLACED | ({"level"} if level_of(spec, document, shelf) else set()))),
        facts=tuple(_facts(spec, document, shelf, place, query.spread)),
        bands=tuple(_band(bands) for bands in spec.thresholds),
        targets=tuple(_targets(spec, shelf)),
        benchmarks=tuple(_benchmarks(spec, shelf)),
        caveats=tuple(shelf.phrase(c, most=LONGEST_TEXT) for c in spec.caveats),
        references=tuple(Item(r, link(r)) for r in spec.references),
        reads=shelf.uses(f"kpi.{spec.id}", back=True),
        readers=shelf.uses(f"kpi.{spec.id}", back=False),
        tests=tuple(trial_of(t, shelf) for t in spec.tests),
        sql=highlighted(query.sql.strip()),
        sql_note=_sql_note(query, shelf),
        sources=sources,
    )


def direction_of(language: str) -> str:
    return "rtl" if locale_of(language).text_direction == "rtl" else "ltr"


def sources_of(document: Document, resolved: str = "") -> Sources:
    return Sources(source_of(document), resolved)


def level_of(spec: KpiSpec, document: Document, shelf: Shelf) -> str:
    """Who acts on a KPI: as it says itself, else as the first scorecard that shows it; empty where nothing says it."""
    own = words(document.node.get("level"))
    if own in LEVELS:
        return own
    for card in shelf.catalog.scorecards.values():
        for section in card.sections:
            if section.level and any(e.kpi.value == spec.id for e in section.kpis):
                return section.level
    return ""


def _inputs(spec: KpiSpec, node: Map, shelf: Shelf) -> Iterator[Input]:
    """Inputs with every key they have; one written as `dataset.column` as the two."""
    listed = {e.name.lower(): e.value for e in entries(node.get("inputs"))}
    for item in spec.inputs:
        kind, id = ("kpi", item.kpi.value) if isinstance(item, KpiInput) else ("dataset", item.dataset.value)
        head = [Line(kind, id, shelf.named(kind, id))]
        value = listed.get(item.name)
        if isinstance(value, Map):
            head += lines(value, frozenset({kind}))
        elif not isinstance(item, KpiInput):
            head.append(Line("expr", item.expr.value))
        yield Input(item.name, tuple(head))


def _facts(
    spec: KpiSpec, document: Document, shelf: Shelf, place: str, spread: Spread | Without | None
) -> Iterator[Fact]:
    say, words_ = shelf.words.say, shelf.words
    life, level = spec.lifecycle, level_of(spec, document, shelf)
    perspective = words(document.node.get("perspective")) or ""
    dates = [(_("since {day}"), life.since), (_("review by {day}"), life.review_by)]
    state = [words_.lifecycle(life.state or "")] + [say(text, day=_day(day, shelf)) for text, day in dates if day]
    owners = [(say(_("business")), spec.business_owner), (say(_("technical")), spec.technical_owner)]
    version = say(_("version {version}"), version=life.version) if life.version else ""
    kpi = shelf.catalog.kpis.get(spec.id)
    unit = kpi.unit.name if kpi is not None else spec.unit.value if spec.unit is not None else ""
    direction = (kpi.direction if kpi is not None else spec.direction) or ""
    found = (
        (say(_("Unit")), (unit,)),
        (say(_("Direction")), (_direction(direction, shelf),)),
        (say(_("Interval")), (_interval(spec, spread, shelf),)),
        (say(_("Level")), (say(LEVEL_WORDS.get(level, level)),)),
        (say(_("Perspective")), (say(PERSPECTIVES.get(perspective, perspective)),)),
        (say(_("Owner")), tuple(f"{owner} ({role})" for role, owner in owners if owner)),
        (say(_("Lifecycle")), (", ".join(s for s in state if s), version)),
        (say(_("Tags")), (", ".join(spec.tags),)),
        (say(_("Library")), (spec.library or "",)),
    )
    for term, values in found:
        if any(values):
            yield Fact(term, tuple(Item(v) for v in values if v))
    yield Fact(say(_("Specification")), (Item(place, code=True),))


def _interval(spec: KpiSpec, spread: Spread | Without | None, shelf: Shelf) -> str:
    """How its interval is found, or why it has none."""
    if isinstance(spread, Without):
        return shelf.words.without(spread)
    if spread is None:
        return ""
    return f"{percentage(spec.level, shelf.words.language)} {shelf.words.say(METHOD_WORDS[spread.method])}"


def _direction(direction: str, shelf: Shelf) -> str:
    texts = {
        "higher_is_better": _("higher is better"),
        "lower_is_better": _("lower is better"),
        "closer_to_target": _("closer to the target is better"),
    }
    return shelf.words.say(texts.get(direction, ""))


def _day(day: date | None, shelf: Shelf) -> str:
    return "" if day is None else format_day(day, shelf.words.language)


def _band(bands: BandSet) -> BandRow:
    good, watch, bad = (text.value if text is not None else "" for text in (bands.good, bands.watch, bands.bad))
    return BandRow(", ".join(f"{d} = {v}" for d, v in bands.segment), good, watch, bad)


def _targets(spec: KpiSpec, shelf: Shelf) -> Iterator[TargetRow]:
    for target in spec.targets:
        yield TargetRow(
            _wanted(target, shelf), _day(target.first, shelf), _day(target.last, shelf), target.source or ""
        )


def _wanted(target: TargetSpec, shelf: Shelf) -> str:
    """A target's value as written, or by how much it betters which period."""
    cut = ", ".join(f"{d} = {v}" for d, v in target.segment)
    if target.improve is not None:
        by, of = target.improve.by.value, target.improve.of.value.replace("_", " ")
        wanted = shelf.words.say(_("{by} better than {of}"), by=by, of=of)
    else:
        wanted = target.value.value if target.value is not None else ""
    return f"{wanted} ({cut})" if cut else wanted


def _benchmarks(spec: KpiSpec, shelf: Shelf) -> Iterator[FigureRow]:
    for benchmark in spec.benchmarks:
        if isinstance(benchmark, BenchmarkFigure):
            yield _figure(benchmark, Phrase(""), shelf)
            continue
        held = shelf.catalog.benchmarks.get(benchmark.set.value)
        figure = held.entry(benchmark.entry.value) if held is not None else None
        if figure is not None and held is not None:
            yield _figure(figure, shelf.phrase(held.label, _entry_name(benchmark)), shelf)


def _entry_name(ref: BenchmarkRef) -> str:
    return f"{ref.set.value}: {ref.entry.value}"


def _figure(figure: BenchmarkFigure, name: Phrase, shelf: Shelf) -> FigureRow:
    low, high, value = (t.value if t is not None else "" for t in (figure.low, figure.high, figure.value))
    shown = value or shelf.words.say(_("from {low} to {high}"), low=low, high=high)
    unit = figure.unit.value if figure.unit is not None else ""
    remarks = [figure.industry, figure.region, figure.variant, f"n = {figure.n}" if figure.n else None]
    if figure.expires is not None:
        remarks.append(shelf.words.say(_("until {day}"), day=_day(figure.expires, shelf)))
    return FigureRow(
        figure=f"{shown} {unit}".strip(),
        label=shelf.phrase(figure.label) if figure.label is not None else name,
        source=Item(figure.source or "", link(figure.url or "")),
        year=str(figure.year or ""),
        remarks=", ".join(r for r in remarks if r),
    )


def _sql_note(query: Query, shelf: Shelf) -> str:
    """What the SQL is over, or why there is none."""
    say = shelf.words.say
    if query.sql:
        over = _(
            "Over the declared columns, as if each data set were one table of its name. Bound data gets its own SQL."
        )
        grain = _("Period: {grain}.")
        return f"{say(over)} {say(grain, grain=shelf.words.grain(query.grain))}"
    if query.lack is None:
        return say(_("This definition has findings: `kpispec validate` shows them."))
    return say(_("Its SQL cannot be shown without data. {why}"), why=shelf.words.sentence(query.lack))
