"""The scorecard in a browser: what a reader can do with it, on any screen, with and without scripts."""

import re
from pathlib import Path

import pytest

SCREENS = {"desk": (1440, 900), "laptop": (1024, 768), "phone": (390, 844)}

# One drawer of each sort: they are all made by one macro, and axe takes seconds on every one.
OPEN_SOME = """
  ["nps", "complaint_cost", "video_csat", "queue_wait"].forEach(id =>
    document.querySelectorAll(`#kpi-${id} details`).forEach(d => { d.open = true }));
  document.querySelectorAll("details.how, .brief details").forEach(d => { d.open = true });
"""


def shown(page, selector):
    return page.locator(selector).evaluate_all("list => list.filter(e => e.checkVisibility()).map(e => e.id)")


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("name", "scheme"),
    [("card.en.html", "light"), ("card.fr.html", "dark"), ("hostile.html", "light"), ("example.html", "light")],
)
def test_the_page_fits_asks_for_nothing_and_makes_no_fault(visit, screen, scheme, name):
    width, height = SCREENS[screen]
    page = visit(name, width=width, height=height, scheme=scheme)
    page.locator("#all").click()
    page.mouse.wheel(0, 4000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []


@pytest.mark.parametrize("screen", ["desk", "phone"])
@pytest.mark.parametrize(
    ("name", "scheme"), [("card.en.html", "light"), ("card.fr.html", "dark"), ("example.html", "dark")]
)
def test_axe_finds_no_violation(visit, screen, scheme, name):
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    script = Path(axe.__file__).parent / "axe.min.js"
    width, height = SCREENS[screen]
    page = visit(name, width=width, height=height, scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=str(script))
    for state in ("closed", "open"):
        if state == "open":
            page.evaluate(OPEN_SOME)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        assert [(v["id"], [n["target"] for n in v["nodes"][:3]]) for v in found] == []


def test_print_is_light_without_controls_and_closed_drawers(visit):
    page = visit(scheme="dark")
    page.locator("input[name=theme][value=dark]").check(force=True)
    page.locator("#kpi-nps summary").first.click()
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.nm')).color") == "rgb(26, 29, 33)"
    assert shown(page, ".tools, .ctl, .how, #tip") == []
    assert page.locator("#d-nps .drawer").is_visible()
    assert not page.locator("#d-csat .drawer").is_visible()
    assert page.locator("thead").first.evaluate("e => getComputedStyle(e).display") == "table-header-group"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_a_printed_page_is_a_pdf_of_a_few_sheets(visit):
    page = visit("card.fr.html")
    pdf = page.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 3 <= sheets <= 6


def test_without_scripts_all_is_there_but_the_controls(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".ctl").is_hidden()
    assert page.locator(".kpi").count() == 16
    page.locator("#kpi-nps summary").first.click()
    assert page.locator("#d-nps .xm").is_visible()
    assert page.locator("#d-nps pre").first.is_visible()


def test_search_filters_without_accents_and_tells_how_many(visit):
    page = visit("card.fr.html")
    page.locator("#q").fill("reclamation")
    assert shown(page, ".kpi") == ["kpi-complaint_rate", "kpi-complaint_cost"]
    assert page.locator("#live").text_content() == "2 indicateurs affichés"
    assert shown(page, ".grp") == [""]


def test_a_status_filter_and_its_way_back(visit):
    page = visit()
    page.locator(".chip[data-s=bad]").click()
    assert shown(page, ".kpi") == ["kpi-complaint_rate"]
    assert page.locator("#live").text_content() == "1 indicator shown"
    page.locator("#q").fill("satisfaction")
    assert shown(page, ".kpi") == []
    assert page.locator("#empty").is_visible()
    page.locator("#reset").click()
    assert len(shown(page, ".kpi")) == 16
    assert page.locator("#empty").is_hidden()


def test_sorting_by_status_puts_the_worst_first_and_back_again(visit):
    page = visit()
    before = shown(page, ".kpi")
    page.locator("#sort").select_option("s")
    tones = page.locator(".kpi").evaluate_all("list => list.map(e => e.dataset.s)")
    rank = {"bad": 0, "watch": 1, "waived": 2, "good": 3, "none": 4}
    assert tones == sorted(tones, key=rank.get)
    assert shown(page, ".grp") == []
    page.locator("#sort").select_option("n")
    names = page.locator(".kpi .nm").evaluate_all("list => list.map(e => e.textContent)")
    assert names == sorted(names, key=str.lower)
    page.locator("#sort").select_option("p")
    assert shown(page, ".kpi") == before


def test_a_sentence_leads_to_its_row_and_opens_it(visit):
    page = visit()
    page.locator(".sigs a").first.click()
    assert page.evaluate("location.hash") == "#kpi-complaint_cost"
    page.wait_for_function("document.querySelector('#d-complaint_cost').open")


def test_a_link_to_an_anchor_opens_the_drawer(visit):
    assert visit("card.en.html#kpi-csat").locator("#d-csat .drawer").is_visible()


def test_all_drawers_open_and_close(visit):
    page = visit()
    page.locator("#all").click()
    assert page.locator(".drawer").evaluate_all("list => list.every(e => e.checkVisibility())")
    assert page.locator("#all").text_content() == "Collapse all"
    page.locator("#all").click()
    assert not page.locator(".drawer").first.is_visible()


def test_the_theme_is_kept(visit):
    page = visit()
    page.locator("input[name=theme][value=dark]").check(force=True)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 20, 23)"


def test_a_point_tells_its_figures_by_mouse_and_by_keyboard(visit):
    page = visit("card.en.html#kpi-nps")
    chart = page.locator("#d-nps .xm")
    chart.focus()
    assert page.locator("#tip").text_content() == "Aug 2026 39.335.5 – 43.1n = 1,480Watch"
    page.keyboard.press("ArrowLeft")
    assert page.locator("#tip").text_content().startswith("Jul 2026 ")
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()
    page.locator("#kpi-csat .sp").hover()
    assert page.locator("#tip").is_visible()


def test_the_slash_goes_to_the_search(visit):
    page = visit()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_the_other_language_is_a_link_away(visit):
    page = visit()
    page.get_by_role("link", name="Français").click()
    page.wait_for_url("**/card.fr.html")
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_hostile_texts_stay_texts(visit):
    page = visit("hostile.html")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.locator("#q").fill("<img")
    page.locator(".sp").first.hover()
    page.locator("#sort").select_option("n")
    page.wait_for_function("document.readyState === 'complete'")
    assert page.locator("img").count() == 0
    assert page.locator("[onerror], [onclick]").count() == 0
    assert page.locator(".nm").first.text_content().startswith("</script><img src=x onerror=alert(1)>")
    assert page.faults == []


def test_nothing_is_narrower_than_a_finger_on_a_phone(visit):
    page = visit(width=390, height=844)
    heights = page.locator(".btn, .chip, select, #q").evaluate_all(
        "list => list.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    assert page.locator(".kpi summary").first.bounding_box()["height"] >= 34


def test_forced_colours_keep_the_charts(visit):
    page = visit(forced_colors="active")
    assert page.locator("#kpi-nps .sp .ln").evaluate("e => getComputedStyle(e).stroke") != "none"
    assert page.faults == []
