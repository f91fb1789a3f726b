"""Names and scalars for documents that are written for somebody: legal ids, quoted YAML."""

import json
import re
import unicodedata

from kpispec.syntax.yaml import HIDDEN
from kpispec.words import RESERVED

_LONGEST = 48
_PLAIN = re.compile(r"(\.\./|/)*[^\W\d][\w./*-]*( [\w./*(-][\w./*()-]*)*\Z")
_OTHER_THAN_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def column_names(raw: tuple[str, ...]) -> tuple[str, ...]:
    """A legal name for each raw column, all different: `Ticket #` is `ticket`, one without any letter `column_3`."""
    names: list[str] = []
    for number, written in enumerate(raw, start=1):
        name = _legal(written) or f"column_{number}"
        name = f"{name}_value" if name in RESERVED else name
        names.append(_free(name, names))
    return tuple(names)


def legal_id(words: str, fallback: str) -> str:
    """An id made of words: it begins with a letter, ends with a letter or digit, and has no double underscore."""
    name = re.sub(r"__+", "_", _legal(words)).strip("_")
    return name if re.match(r"[a-z].", name) else fallback


def project_name(folder: str) -> str:
    """A project's name made of its folder's."""
    return re.sub(r"[^A-Za-z0-9_. -]", "", folder).strip("_. -") or "first_project"


def in_words(name: str) -> str:
    """An id or column as people would say it."""
    return name.replace("_", " ").strip().capitalize()


def scalar(text: str) -> str:
    """A text as a YAML scalar on one line, quoted where it could be read as anything else."""
    if _PLAIN.match(text) and text.lower() not in _OTHER_THAN_TEXT:
        return text
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """A text between double quotes, what cannot be seen escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() and not HIDDEN.match(c) else _escaped(c) for c in quoted)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 cell`, `84 cells`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def one_line(text: str, longest: int = 60) -> str:
    """A text that can stand in a comment or in a line of a listing: nothing unseen, cut where it is long."""
    shown = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def _legal(written: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", written):
        return written.lower()
    ascii_ = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", ascii_.lower()).strip("_")[:_LONGEST].strip("_")
    return f"c_{name}" if name[:1].isdigit() else name


def _free(name: str, taken: list[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
