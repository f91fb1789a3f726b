"""Sentences and catalogues."""

import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kpispec.evaluate.report import Reason, Status
from kpispec.render.wording import REASON_SENTENCES, sentence, set_french, words

ROOT = Path(__file__).parents[2]
PO = ROOT / "kpispec" / "locale" / "fr" / "LC_MESSAGES" / "kpispec.po"

REASONS = {
    "engine-failed": (Status.ERROR, {"message": "out of memory"}),
    "upstream": (Status.ERROR, {"kpi": "nps", "status": Status.NO_DATA}),
    "column-missing": (Status.NOT_AVAILABLE, {"dataset": "tickets", "columns": ("csat", "nps")}),
    "not-bound": (Status.NOT_AVAILABLE, {"dataset": "tickets"}),
    "dimension-missing": (Status.NOT_AVAILABLE, {"dimension": "region", "dataset": "tickets"}),
    "not-computed": (Status.ERROR, {"message": "an input failed"}),
    "no-clock": (Status.ERROR, {"dataset": "tickets"}),
    "invalid-cells": (Status.ERROR, {"columns": "csat", "count": 3}),
    "no-rows": (Status.NO_DATA, {}),
    "before-data": (Status.NO_DATA, {"first": date(2024, 9, 1)}),
    "not-loaded": (Status.NO_DATA, {"last": date(2026, 8, 31)}),
    "denominator-zero": (Status.UNDEFINED, {}),
    "not-finite": (Status.UNDEFINED, {}),
    "too-few": (Status.TOO_FEW, {"n": 12, "min_n": 1030}),
    "stale": (Status.STALE, {"newest": date(2026, 6, 30), "age_days": 62, "max_age_days": 45.0}),
    "running": (Status.PARTIAL, {"elapsed": 12, "days": 31}),
    "settling": (Status.PARTIAL, {"settles_days": 7.0}),
    "window-cut": (Status.PARTIAL, {"there": 5, "wanted": 12, "periods": "month"}),
    "too-fine": (Status.NOT_AVAILABLE, {"dataset": "balances", "every": "month", "period": "day"}),
    "offset-not-whole": (Status.NOT_AVAILABLE, {"offset": "-1 month", "period": "week"}),
    "no-bands": (Status.NOT_JUDGED, {}),
    "suppressed": (Status.SUPPRESSED, {}),
    "whole-bands": (Status.NOT_JUDGED, {}),
    "other-period": (Status.NOT_JUDGED, {"period": "quarter"}),
    "bound-unknown": (Status.NOT_JUDGED, {"bound": "target"}),
    "waived": (Status.WAIVED, {"until": date(2026, 12, 31), "reason": "new carrier"}),
    "split-shape": (Status.NOT_AVAILABLE, {}),
    "split-sum": (Status.NOT_AVAILABLE, {}),
    "split-function": (Status.NOT_AVAILABLE, {"function": "quantile_cont"}),
    "split-earlier": (Status.NOT_AVAILABLE, {}),
    "split-whole": (Status.NOT_AVAILABLE, {"dimension": "channel"}),
    "split-overlap": (Status.NOT_AVAILABLE, {}),
    "split-negative": (Status.NOT_AVAILABLE, {"segment": "channel = phone"}),
    "split-hidden": (Status.NOT_AVAILABLE, {}),
    "split-no-value": (Status.NOT_AVAILABLE, {}),
}

ENGLISH = {
    "upstream": "Not computed, because `nps` is: no data.",
    "column-missing": "The data set `tickets` lacks `csat`, `nps`.",
    "before-data": "The data begins on 1 September 2024.",
    "too-few": "n = 12, fewer than the minimum of 1,030: status withheld.",
    "stale": "The latest data is of 30 June 2026, 62\u00a0d old (at most 45\u00a0d).",
    "window-cut": "The window reaches to before the data: 5 of 12 months.",
    "waived": "Accepted until 31 December 2026: new carrier",
    "bound-unknown": "A threshold is not known: the target.",
    "other-period": "The thresholds are meant for another period: quarter.",
    "split-function": "No split into mix and rate: `quantile_cont` of the whole does not follow from its segments.",
}


def reason(code):
    status, values = REASONS[code]
    return Reason(status, code, tuple(values.items()))


def test_every_code_has_a_sentence_and_a_case():
    assert set(REASON_SENTENCES) == set(REASONS)


@pytest.mark.parametrize("code", REASONS)
def test_the_sentence_of_a_reason_says_all_its_values_in_both_languages(code):
    english, french = sentence(reason(code)), sentence(reason(code), "fr")
    assert english == ENGLISH.get(code, english)
    assert english != french
    for text in (english, french):
        assert "{" not in text
        assert text[0].isupper() or text.startswith("n = ")


def test_a_code_without_a_sentence_says_its_status():
    assert sentence(Reason(Status.SUPPRESSED, "fewer-than-five")) == "Withheld."


def test_a_reject_keeps_the_words_that_the_spec_gave_it():
    assert words("en").reject("not asked") == "not asked"
    assert words("en").reject("out_of_range") == "out of range"
    assert words("fr").reject("undated") == "sans date"
    assert words("fr").reject("score: out_of_range") == "score\u00a0: hors plage"


def test_counts_follow_the_language_s_plural():
    say = words("fr").count
    assert say("{n} file", "{n} files", 0) == "0 fichier"
    assert say("{n} file", "{n} files", 1) == "1 fichier"
    assert say("{n} file", "{n} files", 2) == "2 fichiers"
    assert words("en").count("{n} file", "{n} files", 0) == "0 files"


def test_a_language_without_a_catalogue_is_worded_in_english():
    assert words("de").status(Status.GOOD) == "Good"


def test_french_spaces():
    assert set_french("Où agir : « ici » ? 1 000 abonnés, 5 %") == (
        "Où agir\u00a0: «\u202fici\u202f»\u202f? 1\u202f000 abonnés, 5\u00a0%"
    )
    assert set_french("l'objectif") == "l’objectif"


def extracted():
    keywords = {"_": None, "_n": (1, 2), "say": None, "count": (1, 2)}
    methods = [("render/**.py", "python"), ("**.html.j2", "jinja2.ext:babel_extract")]
    folders = (ROOT / "kpispec", ROOT / "templates")
    return {m[2] for f in folders for m in extract_from_dir(str(f), methods, keywords=keywords)}


def catalogue():
    with PO.open("rb") as file:
        return {m.id: m for m in read_po(file, locale="fr") if m.id}


def test_every_message_is_translated_and_no_translation_is_left_over():
    assert extracted() == set(catalogue())
    assert not [m.id for m in catalogue().values() if not m.string or not all(m.string) or m.fuzzy]


def test_a_translation_names_the_same_values_as_its_message():
    for message in catalogue().values():
        forms = [(message.id, message.string)] if isinstance(message.id, str) else [(message.id[1], message.string[1])]
        for one, other in forms:
            assert set(re.findall(r"{\w+}", one)) == set(re.findall(r"{\w+}", other)), one
