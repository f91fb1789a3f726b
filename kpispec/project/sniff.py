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


# Encodings of two bytes accept each other's texts, and give rare letters for them: the most usual ones decide.
_KOREAN = (
    "이다는을가의에하고지기로사시해자어한리도인아정은나대전일서를스수보게부상그주들구있으제여장동과라만안무유원성신조비"
)
_CHINESE = (
    "的一是不了人在有我他这中大来上个国和地到以说们为子你时道出而要于就下得可也生会自着去之过家学对小天年分成方多后作里用"
    "发行市意度量客户满服务商品城京海"
)
_PAIRED = (("cp949", f"[{_KOREAN}]"), ("cp932", "[\u3041-\u3096\u30a1-\u30fc]"), ("gb18030", f"[{_CHINESE}]"))
_SINGLE = (("cp1251", "[\u0400-\u04ff]"), ("cp1252", "[\u00a0-\u00ff\u20ac\u0152\u0153\u2018-\u201d]"))
_LEAST = 0.05  # of the characters past ASCII are among the usual ones


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
    name = next((n for n in _by_likelihood(sample) if first_wrong_byte(file, n) is None), "latin-1")
    return Encoding(name, _word(sample, name))


def _by_likelihood(sample: bytes) -> list[str]:
    """Encodings to try. Accents stand alone between ASCII letters; other letters past ASCII keep together."""
    if _lonely(sample):
        return ["cp1252"]
    share = {name: _share(sample, name, usual) for name, usual in (*_PAIRED, *_SINGLE)}
    paired = sorted((name for name, _ in _PAIRED if share[name] >= _LEAST), key=lambda name: -share[name])
    return [*paired, *(name for name, _ in _SINGLE if share[name] >= 0.5)]


def _share(sample: bytes, name: str, usual: str) -> float:
    """How many of the characters past ASCII are usual in texts of an encoding."""
    strange = [c for c in sample.decode(name, "ignore") if ord(c) > 127]
    return sum(1 for c in strange if re.match(usual, c)) / max(1, len(strange))


def _lonely(sample: bytes) -> bool:
    """Whether most bytes past ASCII have ASCII on both sides."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return runs.count(1) > 0.5 * max(1, len(runs))


def _word(sample: bytes, name: str) -> str:
    """The first word that holds a letter past ASCII."""
    found = re.search(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*", sample.decode(name, "ignore"))
    return found.group()[:30] if found else ""
