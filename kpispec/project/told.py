"""What a proposal says for itself: what it bound and guessed, what it could not bind, what only a person knows."""

from collections.abc import Iterator, Sequence

from kpispec.engine.base import EngineError
from kpispec.project.naming import counted, one_line
from kpispec.project.offers import OFFERS
from kpispec.project.proposal import DatasetDraft
from kpispec.project.roles import ROLES, called, fitting, outside

_NOUNS = {role.name: role.noun for role in ROLES}


def told(datasets: Sequence[DatasetDraft], unread: Sequence[EngineError]) -> str:
    """The closing list of `init --from`."""
    lines = [line for d in datasets for line in _dataset(d)]
    lines += _section("could not be read:", (line for e in unread for line in _unread(e)))
    lines += _section("not proposed:", _not_proposed(datasets))
    lines += _section("only you know:", _asked(datasets))
    return "\n".join(lines)


def _section(title: str, items: Iterator[str]) -> list[str]:
    found = list(items)
    return ["", title, *(f"  {item}" for item in found)] if found else []


def _dataset(dataset: DatasetDraft) -> Iterator[str]:
    profile = dataset.profile
    rows = f"the first {profile.rows} rows" if profile.cut else counted(profile.rows, "row")
    yield f"{dataset.id}: {profile.source}, {rows}, {counted(len(profile.columns), 'column')}"
    for kpi in dataset.kpis:
        columns = ", ".join(f"`{one_line(c.raw)}`" for c in kpi.columns)
        yield f"  KPI     {kpi.id}" + (f" from {columns}" if columns else "")
    yield from (f"  guess   {guess}" for guess in _guesses(dataset))


def _guesses(dataset: DatasetDraft) -> Iterator[str]:
    yield from _guessed_columns(dataset)
    profile = dataset.profile
    if profile.encoding:
        name, word = profile.encoding.name, profile.encoding.word
        yield f"it is not UTF-8, and read as {name}" + (f", which gives `{word}`" if word else "")
    if profile.decimal:
        yield "numbers are written with a comma"
    if profile.date_format:
        yield f"dates are written as {profile.date_format}"
    if profile.nested:
        yield f"left out, being lists or the like: {', '.join(f'`{one_line(raw, 30)}`' for raw in profile.nested)}"
    for raw in profile.clocks_only:
        yield f"`{raw}` is a time of day on a made-up day: left as text"


def _guessed_columns(dataset: DatasetDraft) -> Iterator[str]:
    """What columns were taken for."""
    if not dataset.kpis:
        yield "it is a small table to look things up in: no KPI is proposed over it"
    for role, column in dataset.roles.items():
        others = len(fitting(role, dataset.profile.columns)) - 1
        if others:
            yield f"of {others + 1} columns for {_NOUNS[role]} the first, `{one_line(column.raw, 40)}`"
    if dataset.clock:
        yield f"`{dataset.clock.raw}` places a row in a period" + _why_clock(dataset)
    elif dataset.kpis:
        yield "no column holds a date, so its KPIs are of all rows: `kpispec run --all --period all`"
    if dataset.cuts:
        yield f"to cut by, having few values: {', '.join(f'`{one_line(c.raw, 30)}`' for c in dataset.cuts)}"
    if dataset.key:
        yield f"`{dataset.key.raw}` names a row: no two are alike"


def _why_clock(dataset: DatasetDraft) -> str:
    others = [c for c in dataset.profile.columns if c.dated and c != dataset.clock]
    return f", not {_either([f'`{c.raw}`' for c in others])}" if others else ", being the only date"


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _unread(error: EngineError) -> Iterator[str]:
    yield error.message
    if error.help:
        yield f"  help: {error.help}"


def _not_proposed(datasets: Sequence[DatasetDraft]) -> Iterator[str]:
    """The KPIs that no data set feeds, with what is missing for them."""
    bound = {kpi.id for d in datasets for kpi in d.kpis}
    for offer in OFFERS:
        if offer.id not in bound:
            lacks = [_lack(role, datasets) for role in offer.needs if not any(role in d.roles for d in datasets)]
            yield f"{offer.id}: " + ("; ".join(lacks) if lacks else _apart(offer.needs))


def _lack(role: str, datasets: Sequence[DatasetDraft]) -> str:
    played = [c for d in datasets for c in d.roles.values()]
    near = next((c for d in datasets if (c := called(role, d.profile.columns)) is not None and c not in played), None)
    lack = f"no column with {_NOUNS[role]}"
    return lack if near is None else f"{lack} (`{one_line(near.raw, 40)}` is called so, its cells are not)"


def _apart(needs: Sequence[str]) -> str:
    return f"{' and '.join(_NOUNS[r] for r in needs)} are not in one file, or one is a day and the other an instant"


def _asked(datasets: Sequence[DatasetDraft]) -> Iterator[str]:
    yield "when a KPI is good or bad: `thresholds`, under every formula as a comment"
    for dataset in datasets:
        yield from _asked_of(dataset)
    if any(k.unit == "number" for d in datasets for k in d.kpis):
        yield "the currency of amounts: `unit: EUR` instead of `unit: number`"
    if any(d.clock and d.clock.type == "timestamp" for d in datasets):
        yield "the time zone of the times: `timezone` in kpispec.yml says UTC"


def _asked_of(dataset: DatasetDraft) -> Iterator[str]:
    if dataset.profile.either_order:
        yield f"whether the dates of `{dataset.profile.source}` are day first, as read, or month first"
    for column in dataset.profile.columns:
        scale = dataset.scale(column)
        odd = outside(column, scale) if scale else ()
        if scale and odd:
            codes = ", ".join(f"`{one_line(v, 20)}`" for v, _ in odd[:4])
            cells = sum(n for _, n in odd)
            what = f"what {codes} {'means' if len(odd) == 1 else 'mean'} in `{one_line(column.raw, 40)}`"
            yield f"{what} ({counted(cells, 'cell')}): now rejected as outside {scale[0]} to {scale[1]}"
