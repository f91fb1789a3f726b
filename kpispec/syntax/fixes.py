"""Safe fixes applied to a text. Everything else in it, comments included, stays as it is."""

from collections.abc import Iterable

from kpispec.diagnostics import Finding, Fix


def safe_fixes(findings: Iterable[Finding], path: str) -> tuple[Fix, ...]:
    """The fixes of one file that cannot change what a correct reader meant."""
    fixes = (f.fix for f in findings if f.fix is not None and f.fix.safe)
    return tuple(fix for fix in fixes if fix.span.file.path == path)


def apply_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text with each fix in its place. Of two that overlap the first is applied: a second run finds the other."""
    made: list[str] = []
    at = 0
    for fix in sorted(set(fixes), key=lambda f: (f.span.start, f.span.end)):
        if fix.span.start < at:
            continue
        made += [text[at : fix.span.start], fix.replacement]
        at = fix.span.end
    return "".join([*made, text[at:]])
