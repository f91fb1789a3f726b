"""A headless Chromium, if the machine has one; every page is a file without a server."""

import shutil
from pathlib import Path

import pytest
from render.fixtures import hostile, report

import kpispec
from kpispec.render.html import render_html

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_care"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium in PATH (looked for {', '.join(NAMES)})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A made-up page in both languages, linked, a hostile one, and that of the bundled example."""
    made = tmp_path_factory.mktemp("pages")
    others = {"en": "fr", "fr": "en"}
    for language, other in others.items():
        page = render_html(report(), language=language, alternates={other: f"card.{other}.html"})
        (made / f"card.{language}.html").write_text(page, encoding="utf-8")
    (made / "hostile.html").write_text(render_html(hostile(), language="en"), encoding="utf-8")
    example = kpispec.load(EXAMPLE).render("customer_care", as_of="2026-09-03", language="fr")
    (made / "example.html").write_text(example, encoding="utf-8")
    return made


@pytest.fixture
def visit(chromium, folder):
    """Opens a page; the faults it makes (console, requests, dialogs, errors) gather in `page.faults`."""
    contexts = []

    def opened(name="card.en.html", *, width=1440, height=900, scheme="light", **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        address = (folder / name.split("#")[0]).as_uri()
        page.on("console", lambda message: page.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (page.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda r: r.url.startswith((address, "data:")) or page.faults.append(f"request: {r.url}"))
        anchor = "#" + name.split("#")[1] if "#" in name else ""
        page.goto(address + anchor)
        return page

    yield opened
    for context in contexts:
        context.close()
