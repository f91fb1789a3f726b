"""How often intervals hold the truth: 20,000 seeded draws of 200 rows that go through the whole of kpispec."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import kpispec

DRAWS, N = 20_000, 200
SPEC = """
dataset: draws
columns:
  draw: {type: string, dimension: true}
  x: {type: number}
  y: {type: number}
  w: {type: number}
  heavy: {type: number}
---
kpi: weighted_mean
weight: w
inputs: {x: draws.x}
formula: avg(x)
direction: higher_is_better
---
kpi: ratio
inputs: {x: draws.x, y: draws.y}
formula: sum(x) / sum(y)
direction: higher_is_better
---
kpi: heavy_mean
inputs: {heavy: draws.heavy}
formula: avg(heavy)
direction: higher_is_better
"""
# (what is estimated, method, how often the interval should hold it, within what)
TRUTHS = {
    "weighted_mean": (6.0, "delta", 0.95, 0.01),
    "ratio": (6.0 / 8.0, "delta", 0.95, 0.01),
    "heavy_mean": (float(np.exp(2.0)), "t", 0.78, 0.01),  # lognormal, sigma 2: too skewed for 200 answers
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("draws")
    dice, size = np.random.default_rng(20260903), DRAWS * N
    x = dice.gamma(3.0, 2.0, size)
    columns = {
        "draw": np.repeat(np.arange(DRAWS), N).astype(str),
        "x": x,
        "y": x / 2 + dice.gamma(2.5, 2.0, size),
        "w": dice.uniform(0.5, 3.0, size),
        "heavy": dice.lognormal(0.0, 2.0, size),
    }
    pq.write_table(pa.table(columns), folder / "draws.parquet")
    (folder / "specs.yml").write_text(SPEC)
    settings = "project: draws\nspecs: [specs.yml]\ndata:\n  draws: {from: draws.parquet}\n"
    (folder / "kpispec.yml").write_text(settings)
    project = kpispec.load(folder / "kpispec.yml")
    return project.run(*TRUTHS, period="all", as_of="2026-09-03", by=["draw"])


@pytest.mark.slow
@pytest.mark.parametrize("kpi", TRUTHS)
def test_the_interval_holds_the_truth_as_often_as_it_says(drawn, kpi):
    truth, method, wanted, within = TRUTHS[kpi]
    found = [r for r in drawn.readings if r.kpi == kpi and r.segment]
    assert len(found) == DRAWS
    assert {r.method for r in found} == {method}
    held = sum(r.interval.low <= truth <= r.interval.high for r in found) / DRAWS
    assert held == pytest.approx(wanted, abs=within)
