"""The keys of `kpispec.yml`, as JSON Schemas."""

from kpispec.project_spec import MOST_THREADS
from kpispec.syntax.shapes import NAME, REFERENCE, Shape, choice, items, keys, named, one_or_more, text, whole

DELIMITER = r'^([^"\n\r]|\\t|tab|comma|semicolon)$'  # one character, or a word for one
MEMORY = r"^(?=.*[1-9])\d+(\.\d+)? ?[KMGT]i?B$"

_BINDING: Shape = {
    **keys(
        "Where the rows of a data set are: a file, or a map with `from` or `sql`.",
        {
            "from": one_or_more("Files, globs, or a table of an attached database.", text("A path.")),
            "sql": text("A SELECT over files, for exports of another shape. Trusted like code."),
            "encoding": text("The encoding of a text file: `utf-8`, `latin-1`, `cp949`."),
            "delimiter": text('What stands between two cells: `;`, or a tab as "\\t".', DELIMITER),
            "decimal": choice("The decimal sign.", ".", ","),
            "thousands": text("What groups thousands: `.`, `,`, a space.", longest=1),
            "date_format": text("How dates are written: `%d/%m/%Y`."),
            "sheet": {
                "description": "The sheet of a workbook, by name or number from 1.",
                "type": ["string", "integer"],
            },
            "skip": whole("How many lines stand before the header."),
            "timezone": text("The zone of local times in this data: `Europe/Paris`."),
            "sha256": text("The SHA-256 that the file must have.", r"^[0-9a-fA-F]{64}$"),
            "on_bad_rows": keys("How many unreadable rows are borne.", {"max": whole("At most this many.")}, ("max",)),
            "columns": named(
                "Declared columns to the file's: a raw name, or a row expression with raw names in double quotes.",
                {**text("A raw name or a row expression."), "type": ["string", "number", "boolean"]},
                NAME,
            ),
        },
    ),
    "type": ["string", "object"],
    "minLength": 1,
}

PROJECT: dict[str, Shape] = {
    "kpispec": text('The versions of the language that it is written for: `">=1,<2"`.'),
    "specs": one_or_more("Folders and files of documents.", text("A path.")),
    "library": items("Built-in packs to take in.", text("A pack.", NAME)),
    "language": text("The language of texts without one: `en`.", r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
    "languages": items(
        "The languages that every text should have.", text("A language.", r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    ),
    "timezone": text("The zone in which days begin: `Europe/Paris`."),
    "calendar": text("The calendar of business hours, fiscal years and holidays.", REFERENCE),
    "data": named("Where the rows of each data set are.", _BINDING),
    "attach": named(
        "Databases to attach, by name.",
        keys(
            "A database.",
            {
                "type": choice("What it is.", "duckdb", "sqlite", "postgres"),
                "path": text("Its file."),
                "dsn_env": text("The environment variable that holds its connection string."),
            },
            ("type",),
        ),
        NAME,
    ),
    "engine": keys(
        "What computes.",
        {
            "name": choice("The engine.", "duckdb"),
            "memory_limit": text("At most this much memory: `4GB`.", MEMORY),
            "threads": whole("At most this many threads.", 1, MOST_THREADS),
        },
    ),
}
