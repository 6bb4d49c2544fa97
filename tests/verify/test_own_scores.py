"""User scores are checked as the built-in ones are: they pass, and wrong programs of them do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from attnproof.derivations.scores.own import label, pinned
from attnproof.impl.codegen import own
from attnproof.impl.codegen.targets import TARGETS
from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.bounds import bounds
from attnproof.verify.comparisons import checks
from attnproof.verify.implementations.optional import EVERY
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import classes_for, make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.options import Options, own_scores
from attnproof.verify.proofs.derive import run as derive

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
NAMES = ("cosine", "gatv2", "scaled_additive")
CLASSES = {"cosine": set(), "gatv2": {"kinked"}, "scaled_additive": {"saturated"}}


def example(name: str) -> str:
    return pinned(f"{EXAMPLES / name}.py:{name}")


def options(name: str, *dtypes: str) -> Options:
    return Options("quick", 0, (example(name),), dtypes, ("cpu",), claims=())


def rows(name: str, *dtypes: str) -> list[dict]:
    chosen = options(name, *dtypes)
    return [row for unit in checks.plan(chosen) for row in checks.run(unit.arguments, chosen)]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_quick_verification_passes(name: str) -> None:
    found = rows(name, "fp64", "fp32")
    assert {row.outcome for row in found} == {"pass"}
    assert {row.implementation for row in found} >= {"generated-numpy", "generated-torch"}
    assert all(row.implementation.startswith("generated-") for row in found)
    assert {row.score for row in found} == {name}
    assert all(row.id.startswith(f"{name}/generated-") for row in found)
    assert f"--score {EXAMPLES / name}.py:{name} " in found[0].reproduce
    quantities = {row.quantity for row in found}
    assert {"scores", "weights", "context", "grad.query", "grad.key", "grad.value", "grad.softcap"} <= quantities
    assert {row.input_class for row in found} == {"normal", "large", "tied", "shifted"} | CLASSES[name]


MUTATIONS = {
    "cosine": [
        (
            "query_length = np.sqrt(np.sum(np.square(query), axis=-1))",
            "query_length = np.sum(np.square(query), axis=-1)",
        ),
        ("/ query_length[..., None]", "* query_length[..., None]"),
        ("grad_key_part_2 +", "grad_key_part_2 -"),
        ("grad_query_length = sum_to(-(", "grad_query_length = sum_to(("),
        ("(temperature * key_length)", "key_length"),
    ],
    "gatv2": [
        ("np.heaviside(preactivation, 0)", "np.heaviside(preactivation, 1)"),  # another convention at the kink
        ("np.heaviside(preactivation, 0)", "np.heaviside(-preactivation, 0)"),
        ("(1 / 5 + 4 *", "(1 / 4 + 4 *"),
        ("np.maximum(preactivation, 0)", "np.abs(preactivation)"),
        ("preactivation / 5 +", "-preactivation / 5 +"),
        ("* v *", "*"),
    ],
    "scaled_additive": [
        ("math.sqrt(d_a)", "d_a"),
        ("sech2(preactivation)", "np.tanh(preactivation)"),
    ],
}


@pytest.fixture
def _fresh() -> Iterator[None]:
    own._imported.cache_clear()
    yield
    own._imported.cache_clear()


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize(("name", "old", "new"), [(name, *pair) for name, pairs in MUTATIONS.items() for pair in pairs])
def test_a_wrong_program_is_caught(name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = own.source
    assert old in right("numpy", example(name))
    monkeypatch.setattr(own, "source", lambda target, score: right(target, score).replace(old, new))
    only = {"generated-numpy": checks.EVERY["generated-numpy"]}
    monkeypatch.setattr(checks, "EVERY", only)
    outcomes = {row.outcome for row in rows(name, "fp64")}
    assert "fail" in outcomes


def test_the_derivation_has_code_for_every_target_and_the_variance() -> None:
    (row,) = derive({"score": example("cosine")}, options("cosine", "fp64"))
    assert row.name == "cosine"
    assert {code["target"] for code in row.code} >= {"numpy", "torch"}
    assert all("def attention_backward" in code["source"] for code in row.code)
    assert row.own["variance"]["text"] == "1 / (d τ²)"
    assert row.own["inputs"][2] == {"name": "temperature", "latex": r"\tau", "shape": "", "positive": True}
    assert all(check["holds"] for check in row.rechecks)
    assert {check["road"] for check in row.rechecks} == {"enclosed", "enumerated", "ring"}
    assert all(check["rejected"] for check in row.planted)


def test_classes_are_those_that_mean_something() -> None:
    base = SETTINGS["base"]
    for name in NAMES:
        assert (
            set(classes_for("standard", base, example(name))) - {"normal", "large", "tied", "shifted"} == CLASSES[name]
        )
    kinked = make_case(example("gatv2"), base, "kinked", "fp32", 0)
    assert not kinked.inputs["query"][0].any()
    assert not kinked.inputs["key"][0].any()
    assert kinked.inputs["key"][1].all()
    with pytest.raises(
        ValueError, match="unknown input class 'kinked'; known classes: normal, large, tied, shifted, deep"
    ):
        make_case(example("cosine"), base, "kinked", "fp32", 0)
    saturated = make_case(example("scaled_additive"), base, "saturated", "fp32", 0)
    assert np.std(saturated.inputs["query"]) > 2 * np.std(kinked.inputs["query"][1:])


def test_positive_parameters_are_positive() -> None:
    case = make_case(example("cosine"), SETTINGS["base"], "normal", "fp32", 0)
    assert 0.5 <= float(case.inputs["temperature"]) <= 2.0
    with pytest.raises(ValueError, match="temperature must be > 0, got -1"):
        Case(example("cosine"), {**case.inputs, "temperature": np.asarray(-1.0)}, case.grad_context)


def test_a_case_does_not_depend_on_where_the_file_is(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.py"
    copy.write_text((EXAMPLES / "cosine.py").read_text(encoding="utf-8"), encoding="utf-8")
    here, there = (
        make_case(name, SETTINGS["base"], "normal", "fp32", 0) for name in (example("cosine"), pinned(f"{copy}:cosine"))
    )
    assert label(there.score) == "cosine"
    assert all(np.array_equal(here.inputs[name], there.inputs[name]) for name in here.inputs)


def test_two_scores_of_one_name(tmp_path: Path) -> None:
    copy = tmp_path / "other.py"
    copy.write_text((EXAMPLES / "cosine.py").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="two different scores are called 'cosine'"):
        own_scores([f"{EXAMPLES / 'cosine.py'}:cosine", f"{copy}:cosine"])
    assert len(own_scores([f"{EXAMPLES / 'cosine.py'}:cosine"] * 2)) == 1


def test_a_square_in_a_denominator_that_may_overflow_has_no_bound(tmp_path: Path) -> None:
    """τ = 300 is a number of fp16, τ² is none: 1/τ² comes out as 0."""
    file = tmp_path / "squared.py"
    text = (
        (EXAMPLES / "cosine.py")
        .read_text(encoding="utf-8")
        .replace("(TAU[()] * LENGTH_Q[I] * LENGTH_K[J])", "TAU[()] ** 2")
    )
    file.write_text(text, encoding="utf-8")
    usual = make_case(pinned(f"{file}:cosine"), SETTINGS["base"], "normal", "fp16", 0)
    case = Case(usual.score, {**usual.inputs, "temperature": np.asarray(300.0)}, usual.grad_context, dtype="fp16")
    for given, bounded in ((usual, True), (case, False)):
        found = bounds(given, backend("numpy", "fp16"))["scores"]
        assert np.all(np.isfinite(found.bound)) == bounded
    assert "a product of denominators may leave the normal range of fp16" in found.reasons


def test_every_target_is_an_implementation_that_computes_scores_of_ones_own() -> None:
    for target in TARGETS:
        assert EVERY[f"generated-{target}"].own_scores
