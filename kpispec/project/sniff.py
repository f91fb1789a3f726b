"""In which encoding a text file is, where nobody said: tried in order, and told as the guess that it is."""

import codecs
import re
from dataclasses import dataclass

from kpispec.engine.base import Format, InputFile
from kpispec.engine.encodings import check_zstd, first_wrong_byte, opened

_SAMPLE = 1 << 20
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A guessed encoding, and a word of the file that it gives: a reader sees at once whether it is right."""

    name: str
    word: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    letters: str  # a character class: the letters that most of its texts are made of
    lonely: bool  # whether its letters stand alone between ASCII ones, as accents do


# The encodings of two bytes accept each other's texts: which letters come out decides.
_CANDIDATES = (
    _Candidate("cp949", "[\uac00-\ud7a3]", lonely=False),
    _Candidate("cp932", "[\u3040-\u30ff]", lonely=False),
    _Candidate("gb18030", "[\u4e00-\u9fff]", lonely=False),
    _Candidate("cp1251", "[\u0400-\u04ff]", lonely=False),
    _Candidate("cp1252", "[\u00a0-\u00ff\u20ac\u0152\u0153\u2018-\u201d]", lonely=True),
)
_LEAST = 0.3  # of the characters past ASCII; Japanese and Chinese are sparing with some of theirs


def guessed_encoding(file: InputFile) -> Encoding | None:
    """The encoding of a text file that is not UTF-8; `None` for one that is, or that is no text file.

    Latin-1, which no file can contradict, is the last resort.
    """
    if file.format is not Format.CSV:
        return None
    if file.path.suffix.lower() == ".zst":
        check_zstd(file)
        return None
    with opened(file) as stream:
        sample = stream.read(_SAMPLE)
    if sample.startswith(_MARKS):
        return Encoding("utf-16", _word(sample, "utf-16"))
    if first_wrong_byte(file, "utf-8") is None:
        return None
    name = next((c.name for c in _CANDIDATES if _fits(c, sample) and first_wrong_byte(file, c.name) is None), "latin-1")
    return Encoding(name, _word(sample, name))


def _fits(candidate: _Candidate, sample: bytes) -> bool:
    text = sample.decode(candidate.name, "ignore")
    strange = [c for c in text if ord(c) > 127]
    own = sum(1 for c in strange if re.match(candidate.letters, c))
    return own >= _LEAST * len(strange) and _lonely(sample) == candidate.lonely


def _lonely(sample: bytes) -> bool:
    """Whether most bytes past ASCII have ASCII on both sides."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return runs.count(1) > 0.5 * max(1, len(runs))


def _word(sample: bytes, name: str) -> str:
    """The first word that holds a letter past ASCII."""
    found = re.search(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*", sample.decode(name, "ignore"))
    return found.group()[:30] if found else ""
