"""Rows of the model's tables: laws that hold pass, laws that do not abstain, broken identities fail."""

from __future__ import annotations

import math

import numpy as np
import pytest

from attnproof.impl.reference import numpy_attention
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import ModelRow
from attnproof.verify.tables.model import bias_local, bias_output, files, forward, part, row, saturation, variance


def heads(generator, *, sentences=30, n=12, mix=None, shift=0.0):
    """Heads of independent normal queries and keys; ``mix`` (32, 32) makes the components of both dependent."""
    found = []
    for _ in range(sentences):
        parts = [generator.standard_normal((files.HEADS, n, files.HEAD_WIDTH)) for _ in range(3)]
        query, key = ((part if mix is None else part @ mix) + shift for part in parts[:2])
        result = numpy_attention.attention("scaled_dot", {"query": query, "key": key, "value": parts[2]})
        found.append(forward.Head(query, key, parts[2], result.scores, result.weights))
    return found


def verdicts(rows, quantity):
    return [one.verdict for one in rows if one.quantity == quantity]


def test_independent_components_pass_the_variance_laws():
    rows = variance.rows(0, heads(np.random.default_rng(0), shift=0.5))
    for quantity in ("every pair", "decomposition", "variance", "variance, correlated", "half difference"):
        assert verdicts(rows, quantity) == ["pass"] * files.HEADS


def test_dependent_components_abstain_and_the_identities_still_pass():
    mix = np.eye(files.HEAD_WIDTH) + 0.5
    rows = variance.rows(0, heads(np.random.default_rng(1), mix=mix))
    for quantity in ("variance", "half difference"):
        assert verdicts(rows, quantity) == ["abstain"] * files.HEADS
    assert verdicts(rows, "every pair") == verdicts(rows, "decomposition") == ["pass"] * files.HEADS
    ratio = [one.ratio for one in rows if one.quantity == "variance"]
    assert min(ratio) > 1.5
    assert verdicts(rows, "variance, correlated") == ["pass"] * files.HEADS  # queries and keys are independent here


def test_paired_queries_and_keys_abstain():
    """Every sentence has queries and keys of half or of twice the length: no components are correlated, the pairs are
    dependent. Var = E a⁴ = 257/32 against the law's (E a²)² = (17/8)², a ratio of 1.78.
    """
    found = []
    for number, head in enumerate(heads(np.random.default_rng(9), sentences=400, n=4)):
        size = (0.5, 2.0)[number % 2]
        query, key, scores = size * head.query, size * head.key, size**2 * head.scores
        found.append(forward.Head(query, key, head.value, scores, head.weights))
    rows = [one for one in variance.rows(0, found) if one.quantity == "variance, correlated"]
    assert np.mean([one.ratio for one in rows]) == pytest.approx(1.78, abs=0.1)
    assert {one.verdict for one in rows} == {"abstain"}
    assert {one.reason for one in rows} == {variance.PAIRED}


def test_a_law_off_by_half_abstains(monkeypatch):
    law = variance._law_half_difference
    monkeypatch.setattr(variance, "_law_half_difference", lambda sums: 1.5 * law(sums))
    rows = variance.rows(0, heads(np.random.default_rng(0)))
    assert verdicts(rows, "half difference") == ["abstain"] * files.HEADS
    assert verdicts(rows, "variance") == ["pass"] * files.HEADS


def test_a_broken_identity_fails(monkeypatch):
    seen = heads(np.random.default_rng(2), sentences=3)
    broken = [forward.Head(s.query, s.key, s.value, s.scores, s.weights * (1 + 1e-13)) for s in seen]
    assert verdicts(saturation.rows(0, seen, np.random.default_rng(0)), "row sum") == ["pass"] * files.HEADS
    assert verdicts(saturation.rows(0, broken, np.random.default_rng(0)), "row sum") == ["fail"] * files.HEADS
    original = np.cov
    monkeypatch.setattr(np, "cov", lambda x, **_: original(x, bias=False))  # n - 1 for n
    assert verdicts(variance.rows(0, seen), "every pair") == ["fail"] * files.HEADS


def test_jacobian_identity_fails_without_its_cubes(monkeypatch):
    seen = heads(np.random.default_rng(2), sentences=2)
    original = np.sum

    def wrong(array, *rest, **options):
        return original(array, *rest, **options) * (1 + 1e-9 * (np.ndim(array) == 3 and options.get("axis") == (1, 2)))

    monkeypatch.setattr(np, "sum", wrong)
    assert "fail" in verdicts(saturation.rows(0, seen, np.random.default_rng(0)), "jacobian norm")


def test_normal_scores_pass_and_peaked_scores_abstain():
    """Rows of independent normal scores of any spread pass; equal scores but for one, the same spread, do not."""
    generator = np.random.default_rng(3)

    def of(scores):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return forward.Head(scores, scores, scores, scores, powers / powers.sum(axis=-1, keepdims=True))

    spreads = generator.uniform(0.5, 3, (30, files.HEADS, 12, 1))
    normal = [of(spread * generator.standard_normal((files.HEADS, 12, 12))) for spread in spreads]
    rows = saturation.rows(0, normal, generator)
    peaked = [of(6 * np.tile(np.eye(12), (files.HEADS, 1, 1)) + 0.1 * s.scores) for s in normal]
    other = saturation.rows(0, peaked, generator)
    for quantity in saturation.LAWS:
        assert verdicts(rows, quantity) == ["pass"] * files.HEADS
        assert verdicts(other, quantity) == ["abstain"] * files.HEADS
    for one in rows:
        if one.quantity == "entropy":
            assert one.effective_keys == pytest.approx(math.exp(one.measured))


LOCAL = ("key bias removed", "key bias random", "query bias removed", "query bias random")


def local_rows(shift=0.0):
    generator = np.random.default_rng(4)
    biases = [generator.standard_normal(files.WIDTH) * size for size in (1.0, 0.01, 1.0)]
    return bias_local.rows(0, heads(generator, sentences=3, shift=shift), *biases)


def by_intervention(rows):
    return {name: {one.verdict for one in rows if one.intervention == name} for name in LOCAL}


def test_local_bias_rows_pass():
    rows = local_rows()
    assert by_intervention(rows) == {name: {"pass"} for name in LOCAL}
    for one in rows:
        assert one.uncertainty < 1e-12
        if one.intervention.startswith("query"):
            assert one.largest_change > 1e-3
            assert abs(one.theory_value) > 0


def test_local_bounds_need_the_error_of_the_scores():
    """With scores of about 5000 the errors of the scores dominate: the softmax part of the bound alone is not
    enough.
    """
    assert by_intervention(local_rows(shift=30.0)) == {name: {"pass"} for name in LOCAL}
    head = heads(np.random.default_rng(4), sentences=1, shift=30.0)[0]
    change = np.random.default_rng(5).standard_normal((files.HEADS, 1, files.HEAD_WIDTH))
    for compare in (bias_local._key, bias_local._query):
        _, expected, new, bound = compare(head, change)
        softmax_alone = bias_local._bound(new, np.log(expected + 1e-300), np.zeros_like(new))
        assert np.all(np.abs(new - expected) <= bound)
        assert np.any(np.abs(new - expected) > softmax_alone)


def test_local_bias_rows_see_what_is_wrong(monkeypatch):
    """Planted: a normaliser that is not a softmax over the keys (a sink), a scale left out of the prediction."""

    def with_sink(query, key, value):
        grown = np.exp(query @ np.swapaxes(key, -1, -2) / math.sqrt(files.HEAD_WIDTH))
        return grown / (1 + grown.sum(axis=-1, keepdims=True))

    with monkeypatch.context() as changed:
        changed.setattr(bias_local, "_weights", with_sink)
        assert by_intervention(local_rows()) == {name: {"fail"} for name in LOCAL}
    query = bias_local._query
    with monkeypatch.context() as changed:

        def altered(head, change):
            right = query(head, change)
            return right[:1] + query(head, 1.001 * change)[1:2] + right[2:]

        changed.setattr(bias_local, "_query", altered)
        found = by_intervention(local_rows())
    assert found == {name: {"fail"} if name.startswith("query") else {"pass"} for name in LOCAL}


def output_row(name, change, bound, effect=0.5, column="verdict"):
    before = np.eye(3)[:2]
    directions = np.ones((2, 2, 3)) / math.sqrt(3)
    row = bias_output._row(
        name, "fp64", before, before + change, directions, np.full((2, 2), bound), np.full(2, effect)
    )
    return getattr(row, column)


def test_output_verdicts():
    assert output_row("key biases removed", 1e-12, 1e-10) == "pass"
    assert output_row("key biases removed", 1e-8, 1e-10) == "fail"
    assert output_row("key biases removed", math.nan, 1e-10) == "fail"
    assert output_row("key biases removed", 1e-12, 0.4) == "abstain"
    assert output_row("query biases removed", 1e-1, 1e-10) == "pass"
    assert output_row("query biases removed", 1e-12, 1e-10) == "fail"
    assert output_row("query biases removed", 1e-12, 0.4) == "abstain"
    # that something changes is predicted, not by how much
    assert output_row("key biases removed", 1e-12, 1e-10, column="theory_value") == 0.0
    assert output_row("query biases removed", 1e-1, 1e-10, column="theory_value") is None


def test_law_verdicts():
    assert row.against_law(2.0, 2.1, 0.2, "why")["verdict"] == "pass"
    assert row.against_law(2.0, 2.5, 0.2, "why")["reason"] == "why"
    assert row.against_law(2.0, 2.5, 1.5, "why")["reason"].startswith("no power")
    assert row.against_law(2.0, math.nan, 0.2, "why")["verdict"] == "fail"
    assert row.against_law(2.0, 2.1, math.nan, "why")["verdict"] == "fail"
    assert row.within_bound(1.0, math.nan, 1e-3)["verdict"] == "fail"


def test_student_quantile():
    """Closed forms: one degree of freedom is Cauchy, tan(π/2 (1 - α)); two: α = 1 - t/√(2 + t²)."""
    for alpha in (0.5, 0.01, 1e-6):
        assert row.student_quantile(1, alpha) == pytest.approx(math.tan(math.pi / 2 * (1 - alpha)), rel=1e-9)
        t = row.student_quantile(2, alpha)
        assert 2 / (math.sqrt(2 + t * t) * (math.sqrt(2 + t * t) + t)) == pytest.approx(alpha, rel=1e-9)
    with pytest.raises(ValueError, match="at least two sentences"):
        row.student_quantile(0, 0.5)


def test_jackknife_of_a_mean_is_the_usual_standard_error():
    x = np.random.default_rng(8).standard_normal(20)
    value, half_width = row.jackknife(lambda s: s[..., 0] / s[..., 1], np.stack([x, np.ones(20)], axis=1))
    usual = x.std(ddof=1) / math.sqrt(20)
    assert value == pytest.approx(x.mean())
    assert half_width == pytest.approx(row.student_quantile(19, row.FALSE_ALARM / row.LAW_ROWS) * usual)


@pytest.fixture(scope="module")
def model():
    try:
        files.locate()
    except files.NotInstalledError as absent:
        pytest.skip(str(absent))
    files.load.cache_clear()
    return files.load()[0]


@pytest.fixture(scope="module")
def quick_rows(model):
    options = Options(profile="quick")
    return [found for unit in part.plan(options) for found in part.run(unit.arguments, options)]


@pytest.mark.slow
def test_rows_of_a_quick_run(quick_rows):
    tables = [one for one in quick_rows if isinstance(one, ModelRow)]
    assert len({one.id for one in tables}) == len(tables)
    assert {one.verdict for one in tables} <= {"pass", "abstain"}
    assert all(one.reason for one in tables if one.verdict != "pass")
    assert {one.layer for one in tables if one.table == "model_variance"} == set(range(files.LAYERS))
    laws = [one for one in tables if one.grade == "sampled"]
    assert len(laws) == row.LAW_ROWS
    assert all(one.verdict == "pass" for one in tables if one.grade == "bound")


@pytest.mark.slow
def test_what_the_theory_predicts_is_seen(quick_rows):
    outputs = {
        (one.intervention, one.dtype): one
        for one in quick_rows
        if isinstance(one, ModelRow) and one.quantity == "output"
    }
    for dtype in ("fp64", "fp32"):
        for name in ("removed", "random"):
            assert outputs[f"key biases {name}", dtype].embedding_change < 1e-5
            assert outputs[f"query biases {name}", dtype].embedding_change > 0.1
    gradients = [one for one in quick_rows if isinstance(one, ModelRow) and one.quantity == "gradient"]
    assert len(gradients) == 2 * files.LAYERS
    lengths = {
        side: [one.bias_norm for one in gradients if f"{side} bias" in one.intervention] for side in ("key", "query")
    }
    assert max(lengths["key"]) < 0.02
    assert min(lengths["query"]) > 2


def test_random_biases_are_as_long_as_the_query_biases(model):
    drawn = part.random_biases(model, 0)
    for vector, layer in zip(drawn, model.layers, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(np.linalg.norm(layer["query.bias"]), rel=1e-6)
    assert not np.array_equal(drawn[0], part.random_biases(model, 1)[0])
    assert np.array_equal(drawn[0], part.random_biases(model, 0)[0])
