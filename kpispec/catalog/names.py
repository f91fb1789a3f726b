"""What a name may be taken for: the closest known one, said in a finding with a safe fix."""

from collections.abc import Iterable
from difflib import get_close_matches

from kpispec.diagnostics import Findings, Fix
from kpispec.source import Text


def unknown(
    rule: str, message: str, named: Text, known: Iterable[str], subject: str, findings: Findings, otherwise: str
) -> None:
    """A finding about a name that stands for nothing, with the nearest known one as its cure, else `otherwise`."""
    close = get_close_matches(named.value, sorted(known), 1, 0.6)
    fix = Fix(f"replace by `{close[0]}`", close[0], named.span) if close and named.span.text == named.value else None
    help = f"did you mean `{close[0]}`?" if close else otherwise
    findings.add(rule, message, subject=subject, span=named.span, help=help, fix=fix)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The cure for a misspelt word, in words; `None` where nothing is near."""
    close = get_close_matches(word, sorted(known), 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else None
