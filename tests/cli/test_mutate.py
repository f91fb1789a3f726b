"""`test --mutate` as people call it: what survives, the test that would notice it, and what a comment silences."""

import contextlib
import json

import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

DATASETS = """
dataset: answers
time: answered_at
where: kind is distinct from 'test'
columns:
  answered_at: {type: timestamp}
  kind: {type: string}
  region: {type: string, dimension: true, values: [north, south]}
  score: {type: integer, range: [0, 10], missing: {99: blank}}
"""
KPI = """
kpi: satisfied
unit: percent
direction: higher_is_better
inputs: {x: answers.score}
formula: 100 * count_if(x >= 7) / count(x)
"""
TESTS = """tests:
  - {name: two of three, given: {answers: [{score: 7}, {score: 7}, {score: 6}, {score: 99}]}, expect: 200 / 3}
  - {name: none, given: {answers: [{score: 1}]}, expect: 0}
  - {name: nobody, given: {answers: []}, expect: null}
"""


def called(place, *arguments):
    with contextlib.chdir(place):
        return CliRunner().invoke(app, ["test", *arguments])


def mutated(place, *specs, arguments=("--mutate", "--format", "json"), code=None):
    (place / "specs").mkdir(exist_ok=True)
    (place / "kpispec.yml").write_text("project: care\n", encoding="utf-8")
    (place / "specs" / "care.yml").write_text("---".join(specs), encoding="utf-8")
    done = called(place, *arguments)
    assert code is None or done.exit_code == code, done.output
    return json.loads(done.stdout)


def tally(found, id):
    return next(d for d in found["documents"] if d["id"] == id)


def changes(found, id):
    return [f"{s['before']} -> {s['after']}" for s in tally(found, id)["survivors"] if s["silenced"] is None]


@pytest.fixture
def kpi_alone():
    return ("--mutate", "--format", "json", "satisfied")


def test_good_tests_leave_no_survivor(tmp_path, kpi_alone):
    found = mutated(tmp_path, DATASETS, KPI + TESTS, arguments=kpi_alone, code=0)
    assert changes(found, "satisfied") == []
    assert found["mutants"] == found["killed"] > 8
    assert (found["schema"], found["rate"], found["survived"]) == ("kpispec-mutants/1", 1.0, 0)


def test_what_no_test_notices_is_listed_with_its_place(tmp_path, kpi_alone):
    tests = TESTS.replace("{score: 7}, {score: 7}, {score: 6}", "{score: 9}, {score: 9}, {score: 2}")
    found = mutated(tmp_path, DATASETS, KPI + tests, arguments=kpi_alone, code=1)
    assert changes(found, "satisfied") == ["x >= 7 -> x > 7", "x >= 7 -> x >= 6"]
    first, _ = tally(found, "satisfied")["survivors"]
    text = (tmp_path / first["path"]).read_text(encoding="utf-8")
    line = text.splitlines()[first["line"] - 1]
    assert line[first["column"] - 1 : first["end_column"] - 1] == ">="
    assert first["part"] == "formula"


@pytest.mark.parametrize(
    ("kpi", "tests"),
    [
        (KPI, "tests: [{name: one, given: {answers: [{score: 9}]}, expect: 100}]\n"),
        (
            KPI.replace("{x: answers.score}", "{x: {dataset: answers, expr: score, where: region = 'north'}}"),
            "tests: [{name: one, given: {answers: [{score: 9, region: north}, {region: north}]}, expect: 100}]\n",
        ),
        (
            KPI.replace("100 * count_if(x >= 7) / count(x)", "sum(x) / count(*)"),
            "tests: [{name: one, given: {answers: [{score: 9}]}, expect: 9}]\n",
        ),
    ],
    ids=["share", "where", "sum"],
)
def test_the_tests_proposed_notice_what_they_are_proposed_for(tmp_path, kpi_alone, kpi, tests):
    """Pasted as they are printed, all together leave no survivor, and they pass."""
    found = mutated(tmp_path, DATASETS, kpi + tests, arguments=kpi_alone, code=1)
    survivors = tally(found, "satisfied")["survivors"]
    assert survivors
    assert all(s["example"] for s in survivors)
    pasted = "tests:\n" + "".join(s["example"] for s in survivors)
    again = mutated(tmp_path, DATASETS, kpi + pasted, arguments=kpi_alone)
    gone = set(changes(found, "satisfied"))
    assert gone.isdisjoint(changes(again, "satisfied"))
    assert called(tmp_path, "satisfied").stdout.endswith(f"{len(survivors)} passed, 0 failed\n")


def test_a_comment_with_a_reason_silences_a_mutant(tmp_path, kpi_alone):
    tests = TESTS.replace("{score: 6}", "{score: 2}")
    comment = "\n# kpispec: equivalent[x >= 7 -> x >= 6] nobody gives a six\n"
    found = mutated(tmp_path, DATASETS, comment + KPI.lstrip() + tests, arguments=kpi_alone, code=0)
    (survivor,) = tally(found, "satisfied")["survivors"]
    assert survivor["silenced"] == "nobody gives a six"
    assert (found["silenced"], found["survived"], found["unused"]) == (1, 0, [])


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("# kpispec: equivalent[x >= 7 -> x >= 6]\n", "gives no reason"),
        ("# kpispec: equivalent[x >= 7 -> x > 7] for no good reason\n", "no such mutant survives"),
    ],
)
def test_a_comment_that_silences_nothing_is_told(tmp_path, kpi_alone, comment, says):
    tests = TESTS.replace("{score: 6}", "{score: 2}")
    found = mutated(tmp_path, DATASETS, KPI + comment + tests, arguments=kpi_alone, code=1)
    assert changes(found, "satisfied") == ["x >= 7 -> x >= 6"]
    (unused,) = found["unused"]
    assert says in unused["message"]


def test_mutants_that_columns_make_equal_are_not_counted(tmp_path, kpi_alone):
    kpi = KPI.replace("x >= 7", "x > 0")
    found = mutated(tmp_path, DATASETS, kpi, arguments=kpi_alone, code=1)
    shown = changes(found, "satisfied")
    assert "x > 0 -> x >= 0" in shown  # the same as `x > -1`, which is not listed again
    assert "x > 0 -> x > (-1)" not in shown
    ranged = KPI.replace("x >= 7", "x >= 1 or x >= 0")
    assert tally(mutated(tmp_path, DATASETS, ranged, arguments=kpi_alone), "satisfied")["same"] > 0


def test_a_kpi_without_tests_says_so(tmp_path, kpi_alone):
    found = mutated(tmp_path, DATASETS, KPI, arguments=kpi_alone, code=1)
    assert tally(found, "satisfied")["trouble"] == "it has no test"
    assert found["killed"] == 0


def test_tests_that_fail_tell_nothing_about_mutants(tmp_path, kpi_alone):
    found = mutated(tmp_path, DATASETS, KPI + TESTS.replace("200 / 3", "12"), arguments=kpi_alone, code=1)
    assert tally(found, "satisfied")["trouble"] == "its test `two of three` fails"


def test_bands_are_changed_where_a_test_expects_a_status(tmp_path, kpi_alone):
    bands = 'thresholds: {good: ">= 60", bad: "< 40"}\n'
    judged = TESTS + "  - {name: good, given: {answers: [{score: 9}]}, expect: {value: 100, status: good}}\n"
    quiet = mutated(tmp_path, DATASETS, KPI + bands + TESTS, arguments=kpi_alone, code=0)
    loud = mutated(tmp_path, DATASETS, KPI + bands + judged, arguments=kpi_alone, code=1)
    assert loud["mutants"] > quiet["mutants"]
    assert ">= 60 -> > 60" in changes(loud, "satisfied")


def test_filters_of_a_data_set_are_tried_on_the_kpis_that_read_it(tmp_path):
    arguments = ("--mutate", "--format", "json", "answers")
    unseen = mutated(tmp_path, DATASETS, KPI + TESTS, arguments=arguments, code=1)
    assert "where: kind is distinct from 'test' -> (none)" in changes(unseen, "answers")
    dropped = tally(unseen, "answers")["survivors"][-1]
    assert dropped["reader"] == "satisfied"
    pasted = mutated(tmp_path, DATASETS, KPI + "tests:\n" + dropped["example"], arguments=arguments)
    assert "where: kind is distinct from 'test' -> (none)" not in changes(pasted, "answers")
    assert called(tmp_path, "satisfied").stdout == "1 passed, 0 failed\n"
    tests = TESTS + "  - {name: no tests, given: {answers: [{score: 9}, {score: 1, kind: test}]}, expect: 100}\n"
    seen = mutated(tmp_path, DATASETS, KPI + tests, arguments=arguments, code=0)
    assert changes(seen, "answers") == []


def test_what_a_document_takes_over_is_its_parents_matter(tmp_path):
    child = "\nkpi: loud\nextends: satisfied\ninputs: {x: {where: region = 'north'}}\n"
    child += "tests:\n  - {name: one, given: {answers: [{score: 9, region: north}, {score: 1}]}, expect: 100}\n"
    found = mutated(tmp_path, DATASETS, KPI + TESTS, child, arguments=("--mutate", "--format", "json", "loud"))
    assert {s["part"] for s in tally(found, "loud")["survivors"]} <= {"inputs.x.where"}
    assert tally(found, "loud")["mutants"] == 4  # `<>`, another text, turned around, dropped; two of them are equal


def test_bodies_of_functions_are_tried_on_their_own_tests(tmp_path):
    function = """
function: high
args: [x, cut]
formula: 100 * count_if(x >= cut) / count(x)
tests:
  - {name: one, given: {x: [9, 8, 3, null], cut: 5}, expect: 200 / 3}
"""
    arguments = ("--mutate", "--format", "json", "high")
    found = mutated(tmp_path, function, arguments=arguments, code=1)
    assert changes(found, "high") == ["x >= cut -> x > cut", "count(x) -> count(distinct x)"]
    bound, _ = tally(found, "high")["survivors"]
    assert bound["example"] == "- name: 'x >= cut, not x > cut'\n  given:\n    x: [5]\n    cut: 5\n  expect: 100\n"


def test_calls_of_functions_are_changed_where_they_are_written(tmp_path, kpi_alone):
    kpi = KPI.replace("100 * count_if(x >= 7) / count(x)", "top_box(x, 7)")
    found = mutated(tmp_path, DATASETS, kpi + TESTS.replace("score: 6", "score: 2"), arguments=kpi_alone, code=1)
    assert tally(found, "satisfied")["mutants"] == 2
    assert changes(found, "satisfied") == ["top_box(x, 7) -> top_box(x, 6)"]


def test_as_text(tmp_path):
    tests = TESTS.replace("{score: 6}", "{score: 2}")
    mutated(tmp_path, DATASETS, KPI + tests)
    done = called(tmp_path, "--mutate", "satisfied")
    assert done.exit_code == 1
    assert done.stdout.startswith("specs/care.yml:")
    assert "x >= 7 -> x >= 6\n  no test of kpi satisfied notices this change of its formula\n" in done.stdout
    assert "    - name: 'x >= 7, not x >= 6'\n      given:\n        answers:\n          - {score: 6}\n" in done.stdout
    assert done.stdout.rstrip().endswith("0 silenced, 1 survive")


# what is chosen -----------------------------------------------------------------------------------------------------


def test_paths_and_ids_choose(tmp_path):
    mutated(tmp_path, DATASETS, KPI + TESTS)
    (tmp_path / "specs" / "more.yml").write_text(KPI.replace("satisfied", "pleased") + TESTS, encoding="utf-8")
    assert called(tmp_path).stdout == "6 passed, 0 failed\n"
    assert called(tmp_path, "pleased").stdout == "3 passed, 0 failed\n"
    assert called(tmp_path, "specs/more.yml").stdout == "3 passed, 0 failed\n"
    assert called(tmp_path, "specs/more.yml", "kpi.satisfied").stdout == "6 passed, 0 failed\n"
    assert called(tmp_path, "top_box").stdout == "3 passed, 0 failed\n"
    lost = called(tmp_path, "pleasd")
    assert (lost.exit_code, "did you mean `pleased`?" in lost.stderr) == (2, True)


def test_the_library_tests_itself(tmp_path):
    done = called(tmp_path, "--library", "top_box", "--format", "json")
    found = json.loads(done.stdout)
    assert (found["schema"], found["failed"], done.exit_code) == ("kpispec-tests/1", 0, 0)
    assert {(t["kind"], t["id"], t["passed"]) for t in found["tests"]} == {("function", "top_box", True)}
