"""KPIs that can be offered to somebody who has nothing but columns, by the roles that these play."""

from dataclasses import dataclass

from kpispec.project.naming import in_words
from kpispec.project.profile import Column
from kpispec.project.roles import Scale, scale_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A KPI over the columns of `needs`. In its texts `{role}` is a column, `{top}` the cut of the two best answers.

    `inputs` are pairs of a name and a row expression. `hint` is a bound to start from, shown as a comment.
    """

    id: str
    label: str
    needs: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    formula: str
    unit: str
    hint: str
    where: str | None = None
    nonnegative: bool = False  # a duration that cannot run backwards


OFFERS: tuple[Offer, ...] = (
    Offer("nps", "Net Promoter Score", ("score",), (("score", "{score}"),), "nps(score)", "points", ">= 30"),
    Offer(
        "csat_pct", "Satisfied customers", ("satisfaction",), (("answer", "{satisfaction}"),), "top_box(answer, {top})",
        "percent", ">= 80",
    ),
    Offer(
        "csat_mean", "Mean satisfaction", ("satisfaction",), (("answer", "{satisfaction}"),), "avg(answer)",
        "score {scale}", ">= {top}",
    ),
    Offer(
        "good_ratings", "Good ratings", ("verdict",), (("good", "lower({verdict}) = 'good'"),), "share(good)",
        "percent", ">= 80", where="lower({verdict}) in ('good', 'bad')",
    ),
    Offer(
        "first_reply_median", "First reply time, median", ("opened", "first_reply"),
        (("wait", "{first_reply} - {opened}"),), "median(wait)", "h", "<= 4 h", nonnegative=True,
    ),
    Offer(
        "resolution_time_median", "Resolution time, median", ("opened", "resolved"),
        (("spent", "{resolved} - {opened}"),), "median(spent)", "h", "<= 24 h", nonnegative=True,
    ),
    Offer(
        "resolved_share", "Resolved so far", ("opened", "resolved"), (("resolved", "{resolved} is not null"),),
        "share(resolved)", "percent", ">= 90",
    ),
    Offer("amount_total", "Total amount", ("amount",), (("amount", "{amount}"),), "sum(amount)", "number", ">= 10000"),
    Offer("amount_mean", "Mean amount", ("amount",), (("amount", "{amount}"),), "avg(amount)", "number", ">= 100"),
    Offer("cost_total", "Total cost", ("cost",), (("cost", "{cost}"),), "sum(cost)", "number", "<= 10000"),
    Offer(
        "customer_count", "Customers", ("customer",), (("customer", "{customer}"),), "count(distinct customer)",
        "count", ">= 100",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A KPI ready to be written: an offer with the columns of one data set put in."""

    id: str
    label: str
    dataset: str
    inputs: tuple[tuple[str, str], ...]
    formula: str
    unit: str
    hint: str
    where: str | None
    nonnegative: bool
    columns: tuple[Column, ...]  # those it was recognised by


def drafts(dataset: str, roles: dict[str, Column]) -> tuple[Draft, ...]:
    """The KPIs that a data set's columns can feed; always how many rows there are."""
    bound = [_draft(o, dataset, roles) for o in OFFERS if _can_bind(o, roles)]
    return (*bound, _count(dataset))


def _can_bind(offer: Offer, roles: dict[str, Column]) -> bool:
    if not all(role in roles for role in offer.needs):
        return False
    # A day less an instant is no duration.
    return len({roles[r].type for r in offer.needs}) == 1


def _draft(offer: Offer, dataset: str, roles: dict[str, Column]) -> Draft:
    names = {role: column.name for role, column in roles.items()}
    scale: Scale = next((s for r in offer.needs if (s := scale_of(roles[r])) is not None), (1, 5))
    words = {**names, "top": str(scale[1] - 1), "scale": f"{scale[0]}..{scale[1]}"}
    return Draft(
        id=offer.id,
        label=offer.label,
        dataset=dataset,
        inputs=tuple((name, expr.format_map(words)) for name, expr in offer.inputs),
        formula=offer.formula.format_map(words),
        unit=offer.unit.format_map(words),
        hint=offer.hint.format_map(words),
        where=offer.where.format_map(words) if offer.where else None,
        nonnegative=offer.nonnegative,
        columns=tuple(roles[r] for r in offer.needs),
    )


def _count(dataset: str) -> Draft:
    """How many rows there are, whatever stands in them."""
    label = f"{in_words(dataset)}: rows"
    return Draft(f"{dataset}_count", label, dataset, (("one", "1"),), "count(one)", "count", ">= 100", None, False, ())
