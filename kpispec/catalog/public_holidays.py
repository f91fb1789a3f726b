"""The public holidays of countries, from the library that knows them. Only a calendar that names a country asks."""

from datetime import date
from difflib import get_close_matches
from functools import lru_cache


def unknown_country(country: str) -> str | None:
    """The cure, where there is no such country; `None` where there is."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    if country in known:
        return None
    close = get_close_matches(country, known, 1, 0.5)
    example = f"did you mean `{close[0]}`?" if close else "write an ISO 3166 code such as `FR`"
    return {"UK": "did you mean `GB`?", "EN": "did you mean `GB`?"}.get(country, example)


def unknown_subdivision(country: str, subdivision: str) -> str | None:
    """The cure, where a country has no such part; `None` where it has."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=True).get(country, [])
    if subdivision in known:
        return None
    if not known:
        return f"remove it: the holidays of `{country}` are the same everywhere"
    close = get_close_matches(subdivision, known, 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else f"it is one of {', '.join(f'`{k}`' for k in known[:20])}"


@lru_cache(maxsize=16)
def public_holidays(country: str, subdivision: str | None, first_year: int, last_year: int) -> frozenset[date]:
    """The days that are holidays everywhere in a country, or in a part of it."""
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=range(first_year, last_year + 1)))
