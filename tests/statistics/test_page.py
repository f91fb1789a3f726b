"""The page of the reference names every public function with its arguments, and its example runs."""

import doctest
import inspect
import re
from pathlib import Path

from kpispec import statistics

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "statistics.md").read_text(encoding="utf-8")
FUNCTIONS = {n: f for n in statistics.__all__ if inspect.isroutine(f := getattr(statistics, n))}


def test_every_public_function_is_on_the_page():
    assert {name for name in FUNCTIONS if not re.search(rf"`{name}[(`]", TEXT)} == set()


def test_functions_are_shown_with_the_arguments_they_take():
    shown = {name: arguments for name, arguments in re.findall(r"`(\w+)\(([\w, ]*)\)`", TEXT) if name in FUNCTIONS}
    assert len(shown) > 30
    taken = {name: ", ".join(inspect.signature(FUNCTIONS[name]).parameters) for name in shown}
    assert shown == taken


def test_the_example_of_the_page_says_what_python_says():
    (example,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    found = doctest.DocTestParser().get_doctest(example, {}, "statistics.md", None, 0)
    said = []
    assert doctest.DocTestRunner().run(found, out=said.append).failed == 0, said
    assert found.examples
