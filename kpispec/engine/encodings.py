"""Text files in any encoding that Python knows, and the ends of compressed ones.

DuckDB reads UTF-8 and Latin-1 itself; it would read a big-endian UTF-16 file as empty, and fetches all others.
"""

import codecs
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from kpispec.engine.base import EngineError, Failure, InputFile

_CHUNK = 1 << 20
_ZSTD_MAGIC = 0xFD2FB528
_SKIPPABLE = range(0x184D2A50, 0x184D2A60)
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def codec_name(encoding: str | None) -> str:
    """Python's name of an encoding; UTF-8 where none is given. Raises EngineError for one that it does not know."""
    if encoding is None:
        return "utf-8"
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise EngineError(
            Failure.ENCODING,
            f"`{encoding}` is no encoding",
            help="write one such as `utf-8`, `latin-1`, `cp1252`, `utf-16` or `cp949`",
        ) from None
    return "utf-8" if name in ("utf-8-sig", "ascii") else name


def native(codec: str) -> str | None:
    """The name under which DuckDB reads an encoding itself."""
    return {"utf-8": "utf-8", "iso8859-1": "latin-1"}.get(codec)


def decoded(file: InputFile, codec: str) -> Iterator[str]:
    """The text of a file, plain or gzipped, in pieces. A byte that the encoding does not have raises EngineError."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if codec == "utf-8" else codec)()
    before = 0
    with opened(file) as stream:
        while True:
            chunk = _read(stream, file)
            try:
                yield decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # The decoder held back the bytes of an unfinished character: they lead the object that failed.
                offset = before - (len(error.object) - len(chunk)) + error.start
                raise wrong_encoding(file, codec, offset, error.object[error.start]) from None
            except UnicodeError:  # utf-16 and utf-32, which say by their first bytes which half comes first
                raise _unmarked(file, codec) from None
            before += len(chunk)
            if not chunk:
                return


def text_lines(file: InputFile, codec: str) -> Iterator[str]:
    """The lines of a file, with their ends."""
    pending = ""
    for piece in decoded(file, codec):
        *whole, pending = (pending + piece).splitlines(keepends=True) or [""]
        yield from whole
    if pending:
        yield pending


def wrong_encoding(file: InputFile, codec: str, offset: int, byte: int) -> EngineError:
    mark = next((name for bom, name in _MARKS if offset == 0 and bom[0] == byte), None)
    guess = f"write `encoding: {mark}`" if mark else "say which it is: `encoding: cp1252` (or latin-1, utf-16, ...)"
    compressed = " of the unpacked text" if file.path.suffix.lower() == ".gz" else ""
    return EngineError(
        Failure.ENCODING,
        f"`{file.shown}` is not {codec}: byte 0x{byte:02x} at offset {offset}{compressed}",
        help=f"{guess} beside `from`",
        path=file.shown,
    )


def _unmarked(file: InputFile, codec: str) -> EngineError:
    return EngineError(
        Failure.ENCODING,
        f"`{file.shown}` is not {codec}: it does not begin with a byte order mark",
        help=f"write `encoding: {codec}-le` beside `from`, or which other encoding it is",
        path=file.shown,
    )


def first_wrong_byte(file: InputFile, codec: str) -> EngineError | None:
    """Where a file stops being of its encoding; `None` where it never does."""
    try:
        for _ in decoded(file, codec):
            pass
    except EngineError as error:
        return error
    return None


def transcode(file: InputFile, codec: str, target: Path) -> None:
    """Write the file's text to `target` as UTF-8."""
    with target.open("w", encoding="utf-8", newline="") as out:
        for piece in decoded(file, codec):
            out.write(piece)


def opened(file: InputFile) -> IO[bytes]:
    """A file's bytes, unpacked where they are gzipped."""
    if file.path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(file.path, "rb"))
    return file.path.open("rb")


def _read(stream: IO[bytes], file: InputFile) -> bytes:
    try:
        return stream.read(_CHUNK)
    except (EOFError, OSError) as error:
        raise cut_short(file, str(error)) from None


def cut_short(file: InputFile, detail: str = "") -> EngineError:
    return EngineError(
        Failure.UNREADABLE,
        f"`{file.shown}` is cut short or damaged: its compressed data does not end where it should",
        help="fetch the file again",
        detail=detail,
        path=file.shown,
    )


def check_zstd(file: InputFile) -> None:
    """Raise EngineError unless a Zstandard file ends with its last frame: DuckDB reads the front of a cut one as all.

    Frames are walked by their headers (RFC 8878, 3.1), nothing is unpacked.
    """
    with file.path.open("rb") as stream:
        at = 0
        while at < file.size:
            at = _frame_end(stream, at)
            if not 0 < at <= file.size:
                raise cut_short(file)


def _frame_end(stream: IO[bytes], at: int) -> int:
    """Where the frame that begins at `at` ends, 0 where none begins or its headers are cut."""
    stream.seek(at)
    magic = _number(stream.read(4))
    if magic in _SKIPPABLE:
        return at + 8 + _number(stream.read(4))
    descriptor = stream.read(1)
    if magic != _ZSTD_MAGIC or not descriptor:
        return 0
    single, checksum = descriptor[0] >> 5 & 1, descriptor[0] >> 2 & 1
    content = (1 if single else 0, 2, 4, 8)[descriptor[0] >> 6]
    at += 5 + (1 - single) + (0, 1, 2, 4)[descriptor[0] & 3] + content
    while True:
        stream.seek(at)
        header = stream.read(3)
        if len(header) < 3:
            return 0
        block = _number(header)
        at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        if block & 1:
            return at + 4 * checksum


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")
