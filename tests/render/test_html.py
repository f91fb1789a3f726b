"""The page as text: policy, escaping, determinism, what each state says, and its size."""

import gzip
import hashlib
import os
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kpispec.evaluate.report import Reason, Status
from kpispec.render.drawer import highlighted
from kpispec.render.facts import link
from kpispec.render.html import element_text, markdown, render_html
from kpispec.spec import Localized, ProcessChange

from .fixtures import HOSTILE, REGIONS, report, with_course
from .test_splits import split_with

ROOT = Path(__file__).parents[2]
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Outline(HTMLParser):
    """Tags with their attributes, the text of each style and script, and whether all is closed in order."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.broken, self.raw = [], [], [], {"style": [], "script": []}

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]].append(data)


def outline(html):
    parser = Outline()
    parser.feed(html)
    parser.close()
    return parser


@pytest.fixture(scope="module")
def pages():
    whole = report()
    others = {"en": {"fr": "card.fr.html"}, "fr": {"en": "card.en.html"}}
    return {tag: render_html(whole, language=tag, alternates=others[tag]) for tag in ("en", "fr")}


@pytest.fixture(scope="module", params=["en", "fr", "hostile"])
def page(request, pages):
    from .fixtures import hostile

    return render_html(hostile(), language="en") if request.param == "hostile" else pages[request.param]


def test_the_page_is_well_formed_and_its_ids_are_unique(page):
    parsed = outline(page)
    assert not parsed.broken
    assert not parsed.open
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert [tag for tag, _ in parsed.tags].count("h1") == 1


def test_the_policy_names_the_hashes_of_the_style_and_the_script(page):
    parsed = outline(page)
    policy = next(a["content"] for t, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        (text,) = parsed.raw[kind]
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded_and_nothing_runs_from_an_attribute(page):
    for tag, attrs in outline(page).tags:
        assert tag not in {"img", "iframe", "object", "embed", "form", "base", "video", "audio"}
        assert "style" not in attrs
        assert "src" not in attrs
        assert not [name for name in attrs if name.startswith("on")]
        href = attrs.get("href", "")
        if tag == "link":
            assert href.startswith("data:image/svg+xml,") or attrs["rel"] == "alternate"
        else:
            assert re.match(r"(#|https?://|card\.(en|fr)\.html$|$)", href), href


def test_every_drawing_has_a_name_or_is_hidden(page):
    for tag, attrs in outline(page).tags:
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or attrs.get("aria-label")


def test_no_object_of_python_and_no_template_is_left_in_the_page(page):
    assert not re.search(r"object at 0x|<built-in|\bNone\b|\bUndefined\b|\{\{ |\bText\(|Localized\(", page)


def test_hostile_texts_are_text():
    from .fixtures import hostile

    page = render_html(hostile(), language="en")
    assert HOSTILE not in page
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{7*7}}" in page
    assert "javascript:" not in "".join(a.get("href", "") for _, a in outline(page).tags)
    assert page.count("<script") == 1


def test_the_page_is_the_same_in_any_process(tmp_path):
    """Two processes with other hash seeds, zones and locales write the same bytes."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from render.fixtures import report; from kpispec.render.html import render_html;"
        "sys.stdout.buffer.write(render_html(report(), language='fr').encode())"
    )
    outputs = []
    for seed, zone, locale in (("1", "Asia/Tokyo", "C"), ("2", "America/Lima", "C.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        command = [sys.executable, "-c", code, str(ROOT / "tests")]
        done = subprocess.run(command, env=env, capture_output=True, check=True, cwd=tmp_path)
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 100_000


def test_the_page_stays_within_its_budget(pages):
    """16 KB a KPI with 24 periods and 6 segments, 2.5 KB packed; here there are 10 segments."""
    style, script = outline(pages["en"]).raw["style"][0], outline(pages["en"]).raw["script"][0]
    assert len(style.encode()) <= 24_576
    assert len(script.encode()) <= 8_192
    whole = report()
    halves = [(1.23, 2.11), (0.5, -0.25), (0.7, 0.11), (-1.2, 0.33), (0.01, 0.02), (0.3, -0.4)]
    split = split_with(halves, 3.46, dimension="region", names=[value for value, *_ in REGIONS])
    kpis = tuple(replace(k, segments=k.segments[-6:], splits=(split,)) for k in whole.kpis)
    six = replace(whole, kpis=kpis)
    body = len(render_html(six, language="fr").encode()) - len(style.encode()) - len(script.encode())
    assert body / len(six.kpis) <= 16_384
    assert len(gzip.compress(render_html(six, language="fr").encode(), mtime=0)) / len(six.kpis) <= 2_560


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "n = 23, fewer than the minimum of 30: status withheld.",
                "The latest data is of 30 June 2026, 62\u00a0d old (at most 45\u00a0d).",
                "The denominator is zero.",
                "No row gave a value for this period.",
                "The query failed: Conversion Error: `wait` is text (specs/queue_wait.yml:1)",
                "day 12 of 31",
                "near a bound",
                "full count",
                "Accepted until 31 December 2026: new carrier, CARE-812",
                "answers would settle it.",
                "No indicator matches.",
                "late: at most 45\u00a0d",
                "closed on 31 August 2026, as of 3 September 2026",
            ],
        ),
        (
            "fr",
            [
                "n = 23, moins que le minimum de 30\u00a0: statut suspendu.",
                "La dernière donnée est du 30 juin 2026, vieille de 62\u00a0j (au plus 45\u00a0j).",
                "Le dénominateur est nul.",
                "Aucune ligne ne donne de valeur pour cette période.",
                "La requête a échoué\u00a0: Conversion Error: `wait` is text (specs/queue_wait.yml:1)",
                "jour 12 sur 31",
                "près d’un seuil",
                "exhaustif",
                "Accepté jusqu’au 31 décembre 2026\u00a0: new carrier, CARE-812",
                "Aucun indicateur ne correspond.",
                "en retard\u00a0: au plus 45\u00a0j",
                "79,0\u00a0%",
                "Ce qui a vraiment changé",
            ],
        ),
    ],
)
def test_every_state_says_its_reason(pages, language, sentences):
    text = pages[language].replace("&#39;", "'")
    assert [s for s in sentences if s not in text] == []


def kpi_html(page, id):
    start = page.index(f'id="kpi-{id}"')
    return page[start : page.index("</details></td></tr>", start)]


def test_a_value_that_does_not_exist_is_a_dash_and_its_last_known_value_is_told():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    none = replace(
        nps.headline, value=None, n=None, interval=None, compare=(), status=Status.NO_DATA, uncertain=False,
        reasons=(Reason(Status.NO_DATA, "no-rows"),),
    )  # fmt: skip
    page = render_html(replace(whole, kpis=(replace(nps, headline=none, history=nps.history[:-1]),)), language="en")
    row = kpi_html(page, "nps")
    assert ">–</span>" in row
    assert "No row gave a value for this period. Last known value: 35.9 (July 2026)." in row


def test_a_short_history_says_so():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    page = render_html(replace(whole, kpis=(with_course(replace(nps, history=nps.history[-3:])),)), language="en")
    assert "history too short" in kpi_html(page, "nps")
    assert "history too short" not in render_html(replace(whole, kpis=(nps,)), language="en")


def test_a_companion_is_called_by_its_name_and_linked_where_it_stands(pages):
    assert '<a href="#kpi-csat">Satisfaction client</a>' in kpi_html(pages["fr"], "handle_time")
    alone = replace(report(), kpis=tuple(k for k in report().kpis if k.spec.id == "handle_time"))
    assert "<code>csat</code>" in kpi_html(render_html(alone, language="en"), "handle_time")


def test_few_answers_show_neither_change_nor_colour(pages):
    row = kpi_html(pages["en"], "video_csat")
    assert row.count("no comparison") == 2
    assert 'class="dt ho"' in row


def test_a_report_without_kpis_sources_or_scorecard_is_a_page():
    whole = report()
    bare = replace(whole, scorecard=None, kpis=(), freshness=(), dimensions=(), period=None)
    page = render_html(bare, language="fr")
    assert "Aucun indicateur ne correspond." in page
    assert "Aucun écart n’a pu être testé." in page
    assert "Évolution</th>" in page


def test_errors_of_the_run_stand_on_top():
    broken = replace(report(), errors=(Reason(Status.ERROR, "engine-failed", (("message", "disk full"),)),))
    page = render_html(broken, language="en")
    assert page.index("The query failed: disk full") < page.index("In brief")


def test_a_kpi_that_no_section_names_still_has_its_row():
    whole = report()
    card = replace(whole.scorecard, sections=whole.scorecard.sections[:1])
    page = render_html(replace(whole, scorecard=card), language="en")
    assert all(f'id="kpi-{k.spec.id}"' in page for k in whole.kpis)


def test_a_text_in_another_language_says_which():
    whole = report()
    label = Localized((("fr", "Satisfaction"),))
    kpis = tuple(replace(k, spec=replace(k.spec, label=label)) for k in whole.kpis[:1])
    page = render_html(replace(whole, kpis=kpis), language="en")
    assert '<span class="nm"><span lang="fr">Satisfaction</span></span>' in page


def test_another_language_is_linked_by_its_own_name(pages):
    assert '<a class="btn" href="card.fr.html" hreflang="fr" lang="fr">Français</a>' in pages["en"]
    assert '<a class="btn" href="card.en.html" hreflang="en" lang="en">English</a>' in pages["fr"]


def test_a_folder_of_templates_takes_the_place_of_ours_file_by_file(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "style.css").write_text("body { color: red }", encoding="utf-8")
    page = render_html(report(), language="en", templates=tmp_path)
    assert "<style>body{color:red}</style>" in page
    assert "What really changed" in page


def test_markdown_keeps_emphasis_and_web_links_and_nothing_else():
    links = "[ok](https://a.example/x) [no](javascript:alert(1)) ![i](https://a.example/i.png)"
    text = f"A *b* **c** `d`\n\n- e\n\n{links} <b>f</b>"
    html = str(markdown(text))
    assert "<em>b</em> <strong>c</strong> <code>d</code>" in html
    assert '<a href="https://a.example/x">ok</a>' in html
    assert html.count("<a ") == 1 + html.count('i.png">')
    assert "<img" not in html
    assert "&lt;b&gt;f&lt;/b&gt;" in html
    assert "<h1" not in str(markdown("# Title\n\nx\n==="))


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://a.example/b?c=d", "https://a.example/b?c=d"),
        ("java\nscript:alert(1)", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("http://[", ""),
        ("Reichheld, 2003", ""),
        ("//a.example", ""),
    ],
)
def test_only_addresses_of_the_web_become_links(text, href):
    assert link(text) == href


@pytest.mark.parametrize("sql", ["select 'it''s' as \"from\" -- note\nfrom t where x >= 1.5", "", "'open", "a" * 10])
def test_coloured_sql_is_the_sql(sql):
    assert "".join(t.text for t in highlighted(sql)) == sql


def test_words_of_sql_texts_and_notes_are_told_apart():
    tokens = [(t.text, t.kind) for t in highlighted("SELECT 'from' -- select\nfrom \"where\"") if t.kind]
    assert tokens == [("SELECT", "word"), ("'from'", "text"), ("-- select", "note"), ("from", "word")]


def test_sql_keeps_its_quotes_and_loses_its_markup():
    assert str(element_text("\"a\" < 'b' & </code>")) == "\"a\" &lt; 'b' &amp; &lt;/code&gt;"


def test_templates_never_switch_escaping_off():
    for path in (ROOT / "templates").rglob("*.j2"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe|autoescape\s+false|Markup", text), path
        assert not re.search(r"=\{\{", text), path
        inside = re.findall(r"(.)\{\{[^}]*\| element_text", text)
        assert set(inside) <= {">", "}"}, "only between tags, never in an attribute"
    scripts = sorted((ROOT / "templates" / "assets").glob("*.js"))
    assert [path.name for path in scripts] == ["app.js", "catalogue.js", "shared.js"]
    assert [path.name for path in scripts if "innerHTML" in path.read_text(encoding="utf-8")] == []


def test_segments_are_those_of_the_headline_s_period():
    """A run by month and channel brings the segments of every month; the page shows one month."""
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    earlier = tuple(replace(r, period=nps.history[0].period, value=-77.7) for r in nps.segments)
    both = replace(nps, segments=(*nps.segments, *earlier))
    page = render_html(replace(whole, kpis=(both,)), language="en")
    assert "77.7" not in page
    assert page.count('class="num mu">') == len(nps.segments)


def test_a_running_period_without_a_value_is_no_part_of_the_course():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    period = replace(nps.history[-1].period, key=nps.history[-1].period.key + 1, complete=False)
    running = replace(nps.history[-1], period=period, value=None, interval=None, n=None, status=Status.NO_DATA)
    longer = replace(nps, history=(*nps.history, running))
    page = render_html(replace(whole, kpis=(longer,)), language="en")
    assert page == render_html(replace(whole, kpis=(nps,)), language="en")


def test_where_nothing_changed_one_sentence_says_so():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    page = render_html(replace(whole, kpis=(nps,)), language="en")
    assert "No signal: every course with natural limits stays within them." in page
    alone = with_course(replace(nps, history=nps.history[-3:]))
    page = render_html(replace(whole, kpis=(alone,)), language="en")
    assert "No change is more than chance can give." in page
    assert "1 indicator has too short a history for natural limits." in page
    assert "other change" not in page


def test_a_run_without_comparisons_has_no_columns_for_them():
    whole = report()
    calm = tuple(replace(k, headline=replace(k.headline, compare=())) for k in whole.kpis)
    page = render_html(replace(whole, scorecard=None, kpis=calm), language="en")
    assert "Change vs" not in page
    assert 'colspan="6"' in page


def test_long_labels_are_cut_and_crossed_segments_have_a_block_of_their_own():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    label = Localized((("", "x" * 300),))
    crossed = tuple(replace(r, segment=(("channel", "phone"), ("region", "nord"))) for r in nps.segments[:1])
    kpi = replace(nps, spec=replace(nps.spec, label=label), segments=crossed)
    page = render_html(replace(whole, kpis=(kpi,)), language="en")
    assert "x" * 199 + "…" in page
    assert "x" * 200 not in page
    assert "Channel × Region" in page
    assert "Phone, North" in page
    assert "Where to act" not in page


def test_more_segments_than_a_page_can_hold_are_counted():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    many = tuple(replace(nps.segments[0], segment=(("channel", f"c{i:03}"),)) for i in range(230))
    page = render_html(replace(whole, kpis=(replace(nps, segments=many),)), language="en")
    assert "30 more segments are not shown." in page
    assert "190 more segments are not shown." in page


def test_what_really_changed_goes_by_signals_where_a_course_has_limits(pages):
    told = " ".join(re.sub(r"<[^>]+>", "", pages["en"][: pages["en"].index('id="kpis"')]).split())
    assert "First reply time, 90th percentile 5 h 20 min (above the upper limit, 4 h 16 min)." in told
    assert "First contact resolution 76.5% (above the upper limit, 76.49%)." in told
    assert "7 other indicators stay within their natural limits: routine variation, nothing to explain." in told
    assert "near the upper limit" not in kpi_html(pages["en"], "csat")
    assert "above the upper limit" in kpi_html(pages["en"], "first_reply_p90")
    assert "au-dessus de la limite haute" in kpi_html(pages["fr"], "first_reply_p90")


def test_the_expected_number_of_false_alarms_is_stated(pages):
    text = r"Of \d+ indicators with limits, about 0\.\d signals each month are expected by chance alone"
    assert re.search(text, pages["en"])
    assert re.search(r"le seul hasard donne environ 0,\d signal par mois", pages["fr"])


def test_the_drawer_says_on_which_periods_limits_rest_and_by_what_a_change_is_called_routine(pages):
    drawer = kpi_html(pages["en"], "first_reply_p90")
    assert "mean and natural limits from 18 months, the last value left out" in drawer
    assert "that periods are apart by themselves." in drawer
    assert "outside the limits" in drawer  # the table of figures
    assert re.search(r"natural limits from .* to .*, signals: \d+\.", drawer)


def test_without_limits_a_change_is_held_against_its_test():
    nps = next(k for k in report().kpis if k.spec.id == "nps")
    short = with_course(replace(nps, history=nps.history[-5:]))
    page = render_html(replace(report(), kpis=(short,)), language="en")
    assert "History too short for natural limits: 4 complete periods before the last, and 6 are needed." in page
    assert "no more than chance can give" in kpi_html(page, "nps")
    assert 'class="lm"' not in kpi_html(page, "nps")


def test_limits_that_are_not_to_be_trusted_say_so_and_propose_a_year_before():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    slow = tuple(replace(r, value=30.0 + abs(i % 20 - 10)) for i, r in enumerate(nps.history))
    page = render_html(replace(whole, kpis=(with_course(replace(nps, history=slow)),)), language="en")
    drawer = kpi_html(page, "nps")
    assert "do not trust them, and compare with the same period of the year before" in drawer
    assert "more than chance" in drawer or "than chance can give" in drawer  # the test decides, not the limits


def test_a_declared_change_of_the_process_splits_the_limits_and_is_labelled():
    whole = report()
    nps = next(k for k in whole.kpis if k.spec.id == "nps")
    moved = ProcessChange(date(2025, 9, 15), Localized((("en", "New <form>"), ("fr", "Nouveau"))), nps.spec.span)
    made = with_course(replace(nps, spec=replace(nps.spec, process_changes=(moved,))))
    assert [s.limits.baseline for s in made.process.stretches] == [13, 10]
    drawer = kpi_html(render_html(replace(whole, kpis=(made,)), language="en"), "nps")
    assert drawer.count('class="lm"') == 4  # two bands in each of two charts
    assert "New &lt;form&gt;" in drawer
    assert "The limits begin anew where the process changed." in drawer
