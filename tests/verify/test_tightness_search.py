"""The search for errors beyond their bounds: it finds planted ones, counts what it looked at, and its inputs are what
they claim.
"""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.comparisons import tightness_search
from attnproof.verify.comparisons.tightness_search import BATCH, INPUTS, SETTINGS, SUMMED, look, plan, run
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.inputs.adversarial import DRAWN, KINDS, adversarial, changed, instance, with_instances
from attnproof.verify.options import DTYPES, SCORES, Options

CPU = Options(devices=("cpu",))
OUTPUTS = {"scores", "weights", "context", "grad"}


def rng(number=0):
    return np.random.default_rng(number)


@pytest.fixture(scope="module")
def honest():
    return run({"score": "dot", "dtype": "fp32"}, CPU)


def test_no_bound_is_exceeded_and_the_inputs_are_counted(honest):
    assert {row.verdict for row in honest} == {"pass"}
    assert {row.implementation for row in honest} == set(IMPLEMENTATIONS)
    assert {row.output for row in honest} == {*OUTPUTS, SUMMED}
    plain = [row for row in honest if row.output in OUTPUTS and row.implementation != "torch-sdpa"]
    assert all(row.judged + row.unbounded >= INPUTS["standard"] for row in plain)
    kernel = [row for row in honest if row.implementation == "torch-sdpa" and row.output in OUTPUTS]
    assert all(row.judged + row.unbounded >= INPUTS["standard"] for row in kernel)
    assert all(0.0 < row.median < row.largest <= 1.0 for row in plain)
    assert len({row.id for row in honest}) == len(honest)


def test_the_search_comes_close_to_the_bounds(honest):
    """Ordinary inputs come to a tenth or so: inputs that are chosen must do better, or the search is none."""
    assert max(row.largest for row in honest if row.output == "scores") > 0.5


def test_the_same_seed_gives_the_same_rows_and_another_one_others(honest):
    assert run({"score": "dot", "dtype": "fp32"}, CPU) == honest
    assert run({"score": "dot", "dtype": "fp32"}, replace(CPU, seed=1)) != honest


OTHERS = [("bilinear", "fp64"), ("concat", "fp16")]


@pytest.mark.parametrize(
    ("score", "dtype"), [("additive", "bf16"), *(pytest.param(*each, marks=pytest.mark.slow) for each in OTHERS)]
)
def test_other_scores_and_formats(score, dtype):
    rows = run({"score": score, "dtype": dtype}, CPU)
    assert {row.verdict for row in rows} <= {"pass", "abstain"}
    assert {row.score for row in rows} == {score}


@pytest.mark.parametrize("quantity", ["scores", "context", "grad.key", "grad.weight"])
def test_one_wrong_element_in_one_instance_fails(monkeypatch, quantity):
    name = "reference-numpy"
    real = IMPLEMENTATIONS[name]

    def spoil(found, wanted):
        if wanted in found:
            array = found[wanted] = found[wanted].copy()
            array.flat[-1] = array.flat[-1] * 1.01 + 0.01
        return found

    wrong = replace(
        real,
        forward=lambda *a: spoil(dict(real.forward(*a)), quantity),
        gradients=lambda *a: spoil(dict(real.gradients(*a)), quantity.removeprefix("grad.")),
    )
    monkeypatch.setattr(tightness_search, "IMPLEMENTATIONS", MappingProxyType({**IMPLEMENTATIONS, name: wrong}))
    rows = run({"score": "bilinear", "dtype": "fp32"}, CPU)
    output = SUMMED if quantity == "grad.weight" else quantity.partition(".")[0]
    assert {(row.implementation, row.output) for row in rows if row.verdict == "fail"} == {(name, output)}
    (row,) = [row for row in rows if row.verdict == "fail"]
    assert row.measured >= 1
    assert "exceed their bound" in row.reason


def test_a_nan_is_a_violation(monkeypatch):
    real = IMPLEMENTATIONS["generated-numpy"]
    wrong = replace(real, forward=lambda *a: {q: np.full_like(x, np.nan) for q, x in real.forward(*a).items()})
    monkeypatch.setattr(tightness_search, "IMPLEMENTATIONS", MappingProxyType({"generated-numpy": wrong}))
    rows = run({"score": "dot", "dtype": "fp64"}, CPU)
    assert {row.output for row in rows if row.verdict == "fail"} == {"scores", "weights", "context"}


def test_a_device_that_is_not_there_is_skipped_and_said_so(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    rows = run({"score": "dot", "dtype": "fp32"}, Options(devices=("cuda",)))
    assert {row.verdict for row in rows} == {"skipped"}
    assert {row.implementation for row in rows} == {"generated-torch", "reference-torch", "torch-sdpa"}
    both = run({"score": "additive", "dtype": "bf16"}, Options())
    assert {row.verdict for row in both if row.device == "cuda"} == {"skipped"}
    assert len({row.id for row in both}) == len(both)


def test_units_by_profile():
    assert plan(Options(profile="quick")) == []
    assert len(plan(Options())) == len(SCORES) * len(DTYPES)
    assert INPUTS["thorough"] == 10_000


def test_together_the_units_of_standard_take_every_kind_setting_and_class(monkeypatch):
    kinds, names, settings = set(), set(), set()

    def nothing(case, options, found):
        found["context", ("one", "cpu")].unbounded += BATCH
        return {"scores": 0}

    monkeypatch.setattr(tightness_search, "look", nothing)
    made = tightness_search.adversarial

    def seen(score, dtype, setting, kind, rng):
        kinds.add(kind)
        settings.add(setting)
        return made(score, dtype, setting, kind, rng)

    monkeypatch.setattr(tightness_search, "adversarial", seen)
    for score in SCORES:
        for dtype in DTYPES:
            first = SCORES.index(score) + DTYPES.index(dtype)
            names |= {name for _, name in tightness_search._classes("standard", score, first)}
            run({"score": score, "dtype": dtype}, CPU)
    assert kinds == set(KINDS)
    assert settings == set(SETTINGS)
    assert names >= {"normal", "large", "tied", "shifted", "deep"}
    everything = tightness_search._classes("thorough", "additive", 0)
    assert {name for _, name in everything} == {"normal", "large", "tied", "shifted", "deep", "saturated"}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_finite_and_of_the_format(kind, dtype):
    for setting in SETTINGS:
        case = adversarial("additive", dtype, setting, kind, rng())
        for name, array in case.inputs.items():
            assert FORMATS[dtype].representable(array).all()
            assert name == "bias" or np.isfinite(array).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_kinds_are_what_they_say(dtype):
    fmt = FORMATS[dtype]
    u = fmt.unit_roundoff

    def draw(kind, name="query"):
        return fmt.round(KINDS[kind](rng(1), name, (40, 6), fmt))

    assert np.all(draw("one sign") > 0)
    terms = draw("rounds up")
    size = np.abs(terms[0, 0])
    assert np.all(fmt.round(size + np.abs(terms[:, 1:])) == size * (1 + 2 * u))
    assert np.all(np.abs(draw("cancels")[:, ::2] + draw("cancels", "query")[:, 1::2]) <= 60 * u)
    sizes = np.abs(draw("ratios"))
    assert sizes.max() > 16 * sizes.min()
    assert np.all(np.abs(draw("subnormal", "value")) < fmt.smallest_normal)
    products = draw("subnormal") * draw("subnormal", "key")
    assert np.median(np.abs(products)) < fmt.smallest_normal
    product = np.abs(draw("ties") * draw("ties")[::-1])
    if dtype != "fp64":  # where the products themselves are rounded by the test's own arithmetic
        exact = np.abs(fmt.round(product) - product)
        spacing = 2.0 ** (np.floor(np.log2(product)) - fmt.precision + 1)
        assert np.mean(exact == spacing / 2) > 0.2
    near = np.abs(draw("near powers"))
    assert np.all(near / 2.0 ** np.floor(np.log2(near)) <= 1 + 6 * u)


def test_instances_of_all_kinds_and_small_changes():
    case = adversarial("dot", "fp32", SETTINGS[0], "normal", rng())
    assert np.all(case.inputs["query"][1] >= 1.0)  # the second kind has one sign
    own = instance(case, 0)
    assert set(own) == {*DRAWN, "grad_context"}
    moved = changed(own, "fp32", rng(2))
    differing = np.mean(np.concatenate([(moved[name] != own[name]).ravel() for name in own]))
    assert 0.0 < differing < 0.5
    other = with_instances(case, {3: moved})
    assert np.array_equal(other.inputs["key"][3], moved["key"])
    for number in (0, 1, 2, 4, 5, 6, 7):
        assert all(np.array_equal(instance(other, number)[name], instance(case, number)[name]) for name in own)


def test_the_next_case_keeps_the_best_and_changes_the_others():
    case = adversarial("dot", "fp32", SETTINGS[0], "normal", rng())
    after = tightness_search._next(case, {"scores": 2, "grad": 5}, rng(3))
    for number in (2, 5):
        assert np.array_equal(after.inputs["query"][number], case.inputs["query"][number])
    near = [min(np.mean(after.inputs["key"][n] != case.inputs["key"][p]) for p in (2, 5)) for n in range(BATCH)]
    assert max(near) < 0.5
    assert after.input_class == "normal, changed"
    assert tightness_search._next(after, {"scores": 0}, rng()).input_class == "normal, changed"


def test_look_names_the_instance_that_came_closest():
    case = adversarial("dot", "fp32", SETTINGS[0], "normal", rng())
    found = tightness_search.defaultdict(tightness_search.Found)
    best = look(case, CPU, found)
    assert set(best) == OUTPUTS
    for output in OUTPUTS:
        tops = [max(range(BATCH), key=seen.ratios.__getitem__) for (name, _), seen in found.items() if name == output]
        assert best[output] in tops
