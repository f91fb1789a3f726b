"""The catalogue in a browser: search, filters, every screen, dark and paper."""

from pathlib import Path

import pytest

import kpispec
from kpispec.project.site import site

SCREENS = {"desk": (1440, 900), "laptop": (1024, 768), "phone": (390, 844)}
EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_care"
PAGES = ["index.html", "kpi/fcr_survey.html", "kpi/nps_hot_cold_gap.html", "dataset/tickets.html"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("catalogue")
    loaded = kpispec.load(EXAMPLE).loaded
    for language in ("en", "fr"):
        for path, html in site(loaded, language).items():
            target = made / language / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(html, encoding="utf-8")
    return made


def shown(page):
    entries = page.locator(".entry[data-p]").evaluate_all("list => list.filter(e => e.checkVisibility())")
    return len(entries)


def names(page):
    return page.locator(".entry[data-p] .nm").evaluate_all(
        "list => list.filter(e => e.checkVisibility()).map(e => e.getAttribute('href'))"
    )


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fr", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_asks_for_nothing_and_makes_no_fault(visit, screen, language, scheme, name):
    width, height = SCREENS[screen]
    page = visit(f"{language}/{name}", width=width, height=height, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []


@pytest.mark.parametrize(("screen", "language", "scheme"), [("desk", "en", "light"), ("phone", "fr", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(visit, screen, language, scheme, name):
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    script = Path(axe.__file__).parent / "axe.min.js"
    width, height = SCREENS[screen]
    page = visit(f"{language}/{name}", width=width, height=height, scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.add_script_tag(path=str(script))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    assert [(v["id"], [n["target"] for n in v["nodes"][:3]]) for v in found] == []


@pytest.mark.parametrize(("width", "beside"), [(1440, True), (1024, True), (390, False)])
def test_the_facts_stand_beside_the_definition_where_there_is_room(visit, width, beside):
    page = visit("en/kpi/nps.html", width=width)
    body, side = (page.locator(s).bounding_box() for s in (".body", ".side"))
    assert (side["x"] >= body["x"] + body["width"]) is beside
    assert (side["y"] == body["y"]) is beside


def test_on_a_phone_a_column_is_read_without_scrolling_sideways(visit):
    page = visit("en/dataset/tickets.html", width=390, height=844)
    assert page.locator("#column-opened_at a").last.bounding_box()["x"] < 390
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.columns').parentNode)")


def test_search_finds_words_without_accents_and_by_id(visit):
    page = visit("fr/index.html")
    page.locator("#q").fill("delai REPONSE mediane")
    assert names(page) == ["kpi/first_reply_median.html"]
    assert page.locator("#live").text_content() == "1 indicateur affiché"
    page.locator("#q").fill("recontact_7d")
    assert names(page) == ["kpi/recontact_7d.html"]


def test_a_tag_filters_and_everything_comes_back(visit):
    page = visit("en/index.html")
    everything = names(page)
    page.locator("#tag").select_option("money")
    assert names(page) == ["kpi/complaint_cost.html", "kpi/complaint_cost_per_complaint.html"]
    assert page.locator("h3").evaluate_all("list => list.filter(e => e.checkVisibility()).length") == 1
    page.locator("#q").fill("nothing at all")
    assert names(page) == []
    page.locator("#reset").click()
    assert names(page) == everything


def test_a_reader_walks_from_a_kpi_to_its_column_and_home(visit):
    page = visit("en/index.html")
    page.faults.clear()
    page.locator("a[href='kpi/nps.html']").click()
    page.locator(".side a", has_text="survey_answers.recommend").click()
    assert page.url.endswith("/en/dataset/survey_answers.html#column-recommend")
    assert page.locator("tr:target").count() == 1
    page.locator(".eyebrow a").click()
    assert page.url.endswith("/en/index.html")


def test_without_scripts_all_is_there_but_the_controls(visit):
    page = visit("en/index.html", java_script_enabled=False)
    assert page.locator(".ctl").is_hidden()
    assert page.locator(".entry[data-p='-']").count() == 23
    page = visit("en/kpi/nps.html", java_script_enabled=False)
    assert page.locator(".cp").first.is_hidden()
    page.locator("summary", has_text="no answer gives no score").click()
    assert page.get_by_text("no rows").is_visible()


def test_paper_is_light_and_without_controls(visit):
    page = visit("en/kpi/nps.html", scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".tools").is_hidden()
    assert page.locator(".cp").first.is_hidden()
