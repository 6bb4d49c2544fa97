"""Numbers, indices, masks and programs recorded by hand: what is lifted of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sympy import Integer, Rational, Symbol, sqrt

from attnproof.derivations.language.notation import D_K, D_Q, D_V, N_K, N_Q, D, I, J, Tensor, index
from attnproof.derivations.typesetting.latex import expr_text
from attnproof.verify.reading.lifting import lift
from attnproof.verify.reading.lifting.affine import coefficients, completed, place
from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.lift import Lifter
from attnproof.verify.reading.lifting.numeric import Numbers, close, proportional
from attnproof.verify.reading.lifting.pairs import CutError, SplitError
from attnproof.verify.reading.lifting.patterns import Patterns
from attnproof.verify.reading.lifting.sizes import LN2, PRIMES, B, CannotLiftError, H, Sizes, exact
from attnproof.verify.reading.lifting.writing import Tensors, Writer

from .arrays import A, concatenate, recorded, stack, where

KAPPA = Symbol("kappa", real=True)
SIZES = Sizes({size: pair for size, pair in PRIMES.items() if size != D_Q}, {KAPPA: (1.7, 2.3)})


def pair(function: Callable[..., float], *sizes: Symbol) -> tuple[float, float]:
    first, second = (function(*(PRIMES[size][run] for size in sizes)) for run in (0, 1))
    return first, second


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        (pair(lambda d: d**-0.5, D), 1 / sqrt(D)),
        (pair(lambda d: 1 / d, D), 1 / D),
        (pair(lambda d: 3.5 * math.sqrt(d), D), Rational(7, 2) * sqrt(D)),
        (pair(lambda d, h: (d * h) ** -0.5, D, H), 1 / sqrt(D * H)),
        (pair(lambda d: d**-0.25, D), D ** Rational(-1, 4)),
        (pair(lambda d: math.log2(math.e) / math.sqrt(d), D), 1 / (LN2 * sqrt(D))),
        ((0.125, 0.125), Rational(1, 8)),
        ((1e-12, 1e-12), Rational(1, 10**12)),
        ((1 / 1.7, 1 / 2.3), 1 / KAPPA),
        (pair(float, N_K), N_K),
        (pair(lambda n, m: float(n - m), N_K, N_Q), N_K - N_Q),
    ],
)
def test_numbers_of_two_recordings_are_functions_of_sizes(numbers: tuple[float, float], says: Any) -> None:
    assert (SIZES.number(numbers) - says).simplify() == 0


def test_numbers_that_are_nothing_known_are_refused() -> None:
    with pytest.raises(CannotLiftError, match=r"0\.3 at one set of sizes and 0\.41"):
        SIZES.number((0.3, 0.41234567891234))
    with pytest.raises(CannotLiftError):
        SIZES.whole((4, 1000))


def test_sizes_and_what_is_made_of_them_are_told_apart() -> None:
    """No two of the sizes, their neighbours, sums of two and products of two are the same pair."""
    own = list(PRIMES.items())
    own = [(size, numbers) for size, numbers in own if size != D_Q]  # as wide as d, which stands for it
    simple = [numbers for _, numbers in own]
    products = [(a * c, b * d) for k, (_, (a, b)) in enumerate(own) for _, (c, d) in own[k + 1 :]]
    assert len({*simple, *products}) == len(simple) + len(products)
    for run in (0, 1):
        for size, numbers in own:
            assert all(numbers[run] % n for n in range(2, numbers[run])), f"{size} is no prime"


def test_a_literal_is_what_stands_in_the_program() -> None:
    assert exact(0.044715) == Rational("0.044715")
    assert exact(math.sqrt(2)) == sqrt(2)
    assert exact(math.pi) == Rational(repr(math.pi))


def test_affine_indices() -> None:
    i, j = np.indices((3, 4))
    assert coefficients(5 + 2 * i - j) == (5, [2, -1])
    assert coefficients(i * j) is None


def test_an_index_that_jumps_is_cut_and_a_merged_one_is_split() -> None:
    jump = np.array([0, 1, 2, 3, 4, 5, 6, 20, 21]), np.array([*range(13), 40, 41, 42, 43])
    with pytest.raises(CutError) as cut:
        place(jump, SIZES, "here")
    assert cut.value.cuts == ((7,), (13,))
    merged = tuple(np.arange(PRIMES[H][run] * PRIMES[D][run]) // PRIMES[D][run] for run in (0, 1))
    with pytest.raises(SplitError) as split:
        place((merged[0], merged[1]), SIZES, "here")
    assert (split.value.outer, split.value.inner) == (PRIMES[H], PRIMES[D])
    with pytest.raises(CannotLiftError, match="no linear function"):
        place((np.array([0, 3, 1]), np.array([2, 0, 1, 5, 4])), SIZES, "here")
    with pytest.raises(CannotLiftError, match="no linear function"):  # with an axis of one position, which has no step
        place((np.array([[0, 3, 1]]), np.array([[2, 0, 1, 5, 4]])), SIZES, "here")


def test_what_a_mask_hides_is_completed_by_the_same_rule() -> None:
    whole = 7 + np.arange(12).reshape(3, 4)
    known = np.tri(3, 4, 1, bool)
    found = completed(np.where(known, whole, -5), known, lambda ids: bool((ids < 100).all()))
    assert found is not None
    assert (found == whole).all()
    assert completed(np.where(known, whole, -5), known, lambda _: False) is None
    bent = np.where(known, whole, -5)
    bent[2, 1] += 1
    assert completed(bent, known, lambda _: True) is None, "no one rule gives what is known"
    assert completed(whole, np.zeros((3, 4), bool) | (np.arange(3) == 0)[:, None], lambda _: True) is None


def test_masks_are_known_by_their_patterns() -> None:
    lengths = [(PRIMES[N_Q][run], PRIMES[N_K][run]) for run in (0, 1)]
    causal = tuple(np.tri(n, m, m - n, bool) for n, m in lengths)
    given = tuple(np.random.default_rng(run).random((PRIMES[B][run], *lengths[run])) < 0.7 for run in (0, 1))
    patterns = Patterns(SIZES, {"mask": ((B, N_Q, N_K), (given[0], given[1]))})
    (one,) = patterns.known((N_Q, N_K), (causal[0], causal[1]))
    assert one.says == "j ≤ i + n_k - n_q"
    (turned,) = patterns.known((N_K, N_Q), (causal[0].T, causal[1].T))
    assert turned.says == one.says
    (opposite,) = patterns.known((B, N_Q, N_K), (~given[0], ~given[1]))
    assert opposite.says == "not mask"
    both = patterns.known((B, N_Q, N_K), (given[0] & causal[0], given[1] & causal[1]))
    assert {each.says for each in both} == {"mask", "j ≤ i + n_k - n_q"}
    with pytest.raises(CannotLiftError, match="no mask known"):
        patterns.known((N_Q, N_K), (given[0][0], given[1][0]))


# Programs by hand

SHAPES = {"query": (N_Q, D), "key": (N_K, D), "value": (N_K, D_V)}


def lifted(program: Callable[..., A], shapes: dict[str, tuple[Any, ...]] | None = None) -> str:
    """The result of a program as text, with the letters i, p."""
    shapes = shapes or SHAPES
    runs = []
    for run in (0, 1):
        numbers = {size: Integer(both[run]) for size, both in PRIMES.items()}
        runs.append(recorded(program, {n: tuple(int(s.xreplace(numbers)) for s in own) for n, own in shapes.items()}))
    lifter = Lifter((Elements(runs[0]), Elements(runs[1])), SIZES, Patterns(SIZES))
    (block,) = lifter.result((runs[0].calls[0].results["context"], runs[1].calls[0].results["context"]))
    tensors = Tensors({name: Tensor(name, name[0], own) for name, own in shapes.items()})
    letters = (I, index("p"), index("x"))
    return expr_text(Writer(tensors).write(block.part.node, tuple(letters[axis] for axis in block.part.axes)))


def test_views_slices_and_loops_leave_no_trace() -> None:
    assert lifted(lambda query, key, value: query.mT.mT[:, ::-1]) == "q[i,d - 1 - p]"
    assert lifted(lambda query, key, value: stack([query[k] * 2 for k in range(query.shape[0])], 0)) == "2 q[i,p]"
    assert lifted(lambda query, key, value: query.reshape(-1).reshape(*query.shape)[:, 1:]) == "q[i,1 + p]"


def test_a_concatenation_is_summed_in_blocks() -> None:
    text = lifted(lambda query, key, value: concatenate([query.exp(), key[: query.shape[0]]], 1).sum(1))
    assert text == "Σ__s0 exp(q[i,_s0]) + Σ__s1 k[i,_s1]"


def test_a_concatenated_result_is_cut_where_its_kind_changes() -> None:
    with pytest.raises(ValueError, match="values to unpack"):
        lifted(lambda query, key, value: concatenate([query.exp(), query], 1))


def test_an_unrolled_sum_is_a_sum() -> None:
    def program(query: A, key: A, value: A) -> A:
        total: Any = 0.0
        for k in range(query.shape[1]):
            total = total + query[:, k] * query[:, k]
        return total

    assert lifted(program) == "Σ__s0 q[i,_s0]²"


def test_a_largest_element_is_known_as_one() -> None:
    text = lifted(lambda query, key, value: (query @ key.mT).max(-1))
    assert text == "m[i]"


def test_what_is_the_largest_of_equals_is_made_of_itself_no_more() -> None:
    def program(query: A, key: A, value: A) -> A:
        scores = (query * 0.0) @ key.mT + key.sum(-1)  # the same for all queries: each of them the largest
        return scores.exp() / (scores.max(0).sum() * 0.0 + 1.0)

    assert lifted(program).startswith("exp(")


def test_lifting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(query: A, key: A, value: A) -> A:
        for _ in range(400):
            query = query.exp()
        return query

    with pytest.raises(CannotLiftError, match="more than 100 operations on each other"):
        lifted(deep)
    monkeypatch.setattr(lift, "ELEMENTS", 100)
    with pytest.raises(CannotLiftError, match="more than 100 elements"):
        lifted(lambda query, key, value: query.exp() + query)


def test_relu_is_known_by_its_sign() -> None:
    assert lifted(lambda query, key, value: (query * 2).relu()) == "relu(2 q[i,p])"


def test_a_padded_sum_is_what_was_padded() -> None:
    def program(query: A, key: A, value: A) -> A:
        zero = query.home.of(np.zeros(query.shape))
        half = query.shape[1] - 2
        left, right = (
            concatenate([query[:, :half], zero[:, half:]], 1),
            concatenate([zero[:, :half], query[:, half:]], 1),
        )
        return left + right

    assert lifted(program) == "q[i,p]"


def test_elements_in_disorder_are_refused() -> None:
    order = [2, 0, 1, 4, 3, 6, 5]
    with pytest.raises(CannotLiftError, match="no linear function"):
        lifted(lambda query, key, value: query[:, order])
    with pytest.raises(CannotLiftError, match="no mask known"):
        lifted(lambda query, key, value: where(np.arange(query.shape[1]) % 3 == 1, query.exp(), 0.0))


def test_expressions_are_evaluated_at_the_recorded_numbers() -> None:
    q = Tensor("query", "q", (N_Q, D))
    numbers = Numbers({q.base: np.arange(6.0).reshape(2, 3)}, {N_Q: 2, D: 3, N_K: 1})
    from attnproof.derivations.language.system import total

    r = index("r")
    assert close(numbers.of(total(q[I, r] ** 2, (r, D)), ((I, N_Q),)), np.array([5.0, 50.0]))
    assert numbers.of(q[J, r] + I, ((I, N_K), (J, N_Q), (r, D))).shape == (1, 2, 3)
    assert proportional(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    assert not proportional(np.array([1.0, 2.0]), np.array([2.0, 5.0]))
    assert not close(np.array([np.inf, 1.0]), np.array([1.0, 1.0]))


def test_merged_axes_of_three_sizes_are_taken_apart() -> None:
    product = tuple(PRIMES[B][k] * PRIMES[N_Q][k] * PRIMES[N_K][k] for k in (0, 1))
    orders = SIZES.merged((product[0], product[1]))
    assert len(orders) == 6
    assert (PRIMES[B], PRIMES[N_Q], PRIMES[N_K]) in orders
    assert not SIZES.merged(PRIMES[D_K])


def test_masks_and_logarithms_have_rules_of_their_own() -> None:
    from sympy import exp, log

    from attnproof.derivations.language.system import total
    from attnproof.verify.reading.lifting.normal import same

    mask, weights, scores = (Tensor(name, name, (N_Q, N_K)) for name in ("mask", "weights", "scores"))
    m, a, e = mask[I, J], weights[I, J], scores[I, J]
    assert same(exp(m) ** 2 * e, exp(m) * e, [mask.base])
    assert not same(exp(m) ** 2 * e, exp(m) * e), "of any other tensor"
    assert same(a * exp(m), a, [mask.base], [weights.base])
    assert not same(e * exp(m), e, [mask.base], [weights.base])
    assert not same(weights[I, index("l")] * exp(m), weights[I, index("l")], [mask.base], [weights.base])
    shift = Tensor("largest", "x", (N_Q,))[I]
    shifted = log(total(exp(scores[I, J] - shift), (J, N_K))) + shift
    assert same(shifted, log(total(exp(scores[I, J]), (J, N_K))))
    assert not same(shifted - shift, log(total(exp(scores[I, J]), (J, N_K))))
