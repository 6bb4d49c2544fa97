"""The claims A1 to A4 and T8: they are decided, each step carries its verdict, and altered statements are rejected."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from functools import partial

import pytest
from sympy import Integer, Symbol, exp, log

from derivations.canonical import equal
from derivations.claim import Claim, decide
from derivations.claims import CLAIMS, a3

MODULES = {"A3": a3}
STEPS = [(name, number) for name, module in MODULES.items() for number in range(len(module.CLAIM.steps))]


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_is_decided_by_its_steps(name):
    claim = MODULES[name].CLAIM
    decision = decide(claim)
    assert claim.id == name
    assert CLAIMS[name] is claim
    assert decision.verdict == claim.if_proved, decision.reason
    assert claim.statement
    assert claim.assumptions
    assert (claim.counterexample is None) == (claim.if_proved == "proved")


def with_check(claim: Claim, number: int, check) -> Claim:
    steps = list(claim.steps)
    steps[number] = replace(steps[number], check=check)
    return replace(claim, steps=(*(replace(step, check=lambda: True) for step in steps[:number]), *steps[number:]))


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_each_step_carries_the_verdict(name, number):
    """A step that does not check makes the verdict fall; an identity is altered, another step is switched off."""
    step = MODULES[name].CLAIM.steps[number]
    checks = [lambda: False]
    if step.check.func is equal:
        left, right = step.check.args
        checks += [partial(equal, left, right + 1), partial(equal, left, right + Symbol("x", real=True))]
    alone = replace(MODULES[name].CLAIM, steps=(step,))
    for check in checks:
        decision = decide(with_check(alone, 0, check))
        assert decision.verdict == "not decided"
        assert decision.failed == (0,)
        assert step.rule in (decision.reason or "")


ALTERED = {
    "A3 no divergence in the other direction": lambda: equal(a3.OBJECTIVE, a3.VALUE + a3.TAU[()] * a3.DIVERGENCE),
    "A3 entropy without the temperature": lambda: equal(a3.OBJECTIVE, a3.VALUE - a3.DIVERGENCE),
    "A3 value without the temperature": lambda: equal(a3.at_softmax(a3.OBJECTIVE), log(a3.PARTITION)),
    "A3 occupancies without the empty site": lambda: equal(
        exp(a3.LOG_K[a3.J]) / a3.BOUND, exp(a3.LOG_K[a3.J]) / (a3.BOUND - 1)
    ),
    "A3 term without α": lambda: a3.term(a3.P_ONE * (-1 - log(a3.RATIO))),
    "A3 logarithm above its tangent": lambda: a3.nonnegative_and_zero_at_one_only(log(a3.RATIO) - a3.RATIO + 1),
    "A3 logarithm twice as steep": lambda: a3.nonnegative_and_zero_at_one_only(a3.RATIO - 1 - 2 * log(a3.RATIO)),
    "A3 not only at one": lambda: a3.nonnegative_and_zero_at_one_only(0 * a3.RATIO),
    "A3 a key without mass adds nothing": lambda: a3.zero_term(lambda _: Integer(0)),
    "A3 growing terms": lambda: a3.at_most_one(exp(a3.STEP)),
    "A3 terms that are not positive": lambda: a3.at_most_one(1 - a3.STEP),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name):
    assert ALTERED[name]() is False


def test_every_check_is_altered_somewhere():
    """Each function that a step of a claim calls is among those that an altered statement goes through."""
    used = {step.check.func.__qualname__ for module in MODULES.values() for step in module.CLAIM.steps}
    assert used <= {name for check in ALTERED.values() for name in check.__code__.co_names}


WITH_COUNTEREXAMPLE = [name for name, module in MODULES.items() if module.CLAIM.counterexample]


@pytest.mark.parametrize("name", WITH_COUNTEREXAMPLE)
def test_the_counterexample_is_short_and_runs(name):
    code = MODULES[name].CLAIM.counterexample
    assert len(code.splitlines()) <= 10
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})  # noqa: S102 - it is there to be pasted and run
    assert output.getvalue()
