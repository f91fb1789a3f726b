"""How many digits of a figure count."""

SIGNIFICANT_DIGITS = 12


def rounded(value: float) -> float:
    """A value at the digits at which it is judged and shown, so that the threads' order of adding cannot show."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
