"""Pages: self-contained HTML files under a strict policy, the same bytes for the same content.

The only module that knows Jinja. Every text is escaped by it; the exceptions are our own style and script, SQL (escaped
here, quotes left as they are) and the output of the Markdown renderer, which lets neither HTML, images nor links other
than http and https through.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kpispec.bundled import bundled
from kpispec.evaluate.report import Report
from kpispec.render.facts import link
from kpispec.render.viewmodel import page_of
from kpispec.render.wording import Words, words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markdown_it import MarkdownIt
    from markupsafe import Markup

_NO_ALTERNATES: Mapping[str, str] = MappingProxyType({})
_KEPT = re.compile(r"(<(pre|style|script)\b.*?</\2>)", re.DOTALL)


def render_html(
    report: Report,
    *,
    language: str,
    alternates: Mapping[str, str] = _NO_ALTERNATES,
    templates: Path | None = None,
) -> str:
    """The page of a report in one language. `alternates` maps other languages to their files beside this one.

    `templates` is a folder whose files take the place of ours, one by one; it is code and trusted like code.
    """
    from markupsafe import Markup

    env = _environment(templates, words(language))
    style, script = (
        _style(_source(env, "assets/style.css")),
        _script(_source(env, "assets/shared.js") + _source(env, "assets/app.js")),
    )
    html = env.get_template("scorecard.html.j2").render(
        page=page_of(report, language, alternates),
        style=Markup(style),  # noqa: S704 - a file of ours, or of a trusted folder
        script=Markup(script),  # noqa: S704 - as the style
        policy=content_policy(style, script),
    )
    return _squeezed(html)


def render_pages(
    pages: Mapping[str, tuple[str, object]], *, language: str, templates: Path | None = None
) -> dict[str, str]:
    """Pages of the catalogue by their path, each from its template (`index`, `definition`, `dataset`) and its content.

    All carry the same style and script within, as the scorecard does.
    """
    from markupsafe import Markup

    env = _environment(templates, words(language))
    style = _style(_source(env, "assets/style.css") + _source(env, "assets/catalogue.css"))
    script = _script(_source(env, "assets/shared.js") + _source(env, "assets/catalogue.js"))
    made = {}
    for path, (template, page) in pages.items():
        made[path] = _squeezed(
            env.get_template(f"catalogue/{template}.html.j2").render(
                page=page,
                style=Markup(style),  # noqa: S704 - a file of ours, or of a trusted folder
                script=Markup(script),  # noqa: S704 - as the style
                policy=content_policy(style, script),
            )
        )
    return made


def content_policy(style: str, script: str) -> str:
    """Nothing may load; only this style and this script run."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def markdown(text: str) -> "Markup":
    """A description as HTML: paragraphs, lists, emphasis, code, links to the web. Markup in it is text."""
    from markupsafe import Markup

    return Markup(_markdown_renderer().render(text).strip())  # noqa: S704 - the renderer escapes all HTML


def element_text(text: str) -> "Markup":
    """A text escaped for the inside of an element: half of SQL's bytes would be escaped quotes, and need not be."""
    from markupsafe import Markup

    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(shown)  # noqa: S704 - escaped in the line above


@lru_cache(maxsize=1)
def _markdown_renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False})
    renderer.disable(["image", "heading", "lheading", "hr", "html_block", "html_inline", "reference"])
    renderer.validateLink = lambda url: bool(link(url))  # type: ignore[method-assign]
    return renderer


def _environment(templates: Path | None, say: Words) -> "Environment":
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

    folders = [folder for folder in (templates, bundled("templates")) if folder is not None]
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(_=say.say)
    env.filters.update(markdown=markdown, element_text=element_text)
    return env


def _source(env: "Environment", name: str) -> str:
    loader = env.loader
    return loader.get_source(env, name)[0] if loader is not None else ""


def _style(css: str) -> str:
    """Without comments and needless spaces; a space before a colon is kept, for selectors."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    return re.sub(r":\s+", ":", css).replace(";}", "}").strip()


def _script(code: str) -> str:
    """Without indentation, empty lines and lines of comment."""
    lines = (line.strip() for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _squeezed(html: str) -> str:
    """Without the indentation of the templates, where spaces mean nothing."""
    parts = _KEPT.split(html)
    loose = (re.sub(r"\s*\n\s*", "\n", part) for part in parts[::3])
    kept = [*parts[1::3], ""]
    return "".join(a + b for a, b in zip(loose, kept, strict=True))
