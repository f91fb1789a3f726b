"""What a name may be taken for: the closest known one, said in a finding with a safe fix."""

from collections.abc import Iterable
from difflib import get_close_matches

from kpispec.diagnostics import Findings, Fix
from kpispec.source import Text


def unknown(
    rule: str, message: str, named: Text, known: Iterable[str], subject: str, findings: Findings, otherwise: str
) -> None:
    """A finding about a name that stands for nothing, with the nearest known one as its cure, else `otherwise`."""
    close = get_close_matches(named.value, sorted(known), 3, 0.6)
    fix = None
    if close and named.span.text == named.value:
        fix = Fix(f"replace by `{close[0]}`", close[0], named.span, safe=_surely(named.value, close))
    help = f"did you mean `{close[0]}`?" if close else otherwise
    findings.add(rule, message, subject=subject, span=named.span, help=help, fix=fix)


def _surely(word: str, close: list[str]) -> bool:
    """Whether a misspelt word can only mean the one that is close to it."""
    return len(close) == 1 and bool(get_close_matches(word, close, 1, 0.8))


def closest(word: str, known: Iterable[str]) -> str | None:
    """The cure for a misspelt word, in words; `None` where nothing is near."""
    close = get_close_matches(word, sorted(known), 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else None
