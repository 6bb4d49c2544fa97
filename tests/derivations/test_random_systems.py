"""Systems that nobody wrote by hand: Hypothesis draws them, and their derivatives and canonical forms must be right."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from flint import fmpq
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Expr,
    Integer,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    exp,
    log,
    nan,
    oo,
    preorder_traversal,
    sin,
    tanh,
    zoo,
)

from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.calculus.canonical import canonical, equal
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.exact import evaluate, positions
from attnproof.derivations.recheck.recheck import mismatches, random_point
from attnproof.derivations.recheck.scalar import differences

N, M = size("n"), size("m")
SIZES = ({"n": 2, "m": 3}, {"n": 3, "m": 1}, {"n": 1, "m": 2})
LETTERS = [index(name) for name in "ijlmrfap"]
FUNCTIONS = {"all": (tanh, exp, sin, log), "decidable": (tanh, exp)}


@dataclass
class Scope:
    """The index symbols in scope with their sizes, and the tensors that may be used."""

    sizes: dict
    tensors: list
    functions: tuple
    powers: tuple = (2, 3, -1, -2)

    def inside(self, symbol, count):
        return replace(self, sizes={**self.sizes, symbol: count})


@st.composite
def elements(draw, scope: Scope) -> Expr:
    """An element of some tensor, summed over the indices that the scope does not offer."""
    tensor = draw(st.sampled_from(scope.tensors))
    where, new, used = [], [], set()
    for count in tensor.shape:
        if count == N + M:
            wanted, offset = draw(st.sampled_from([(N, Integer(0)), (M, N), (N + M, Integer(0))]))
        else:
            wanted, offset = count, Integer(0)
        known = [s for s, c in scope.sizes.items() if c == wanted and s not in used]
        if known and draw(st.integers(0, 3)):
            symbol = draw(st.sampled_from(known))
        else:
            free = [s for s in LETTERS if s not in scope.sizes and s not in used]
            assume(free)
            symbol = draw(st.sampled_from(free))
            new.append((symbol, wanted))
        used.add(symbol)
        where.append(offset + symbol)
    return total(tensor[tuple(where)], *new) if new else tensor[tuple(where)]


@st.composite
def expressions(draw, scope: Scope, depth: int) -> Expr:
    """An expression in the notation of systems."""
    kind = draw(
        st.sampled_from(
            ["element"]
            if depth == 0
            else ["element", "add", "product", "product", "sum", "power", "function", "softmax"]
        )
    )
    if kind == "add":
        weight = draw(st.sampled_from([Integer(1), Integer(-1), Rational(2, 3), N]))
        return draw(expressions(scope, depth - 1)) + weight * draw(expressions(scope, depth - 1))
    if kind == "product":
        weight = draw(st.sampled_from([Integer(1), Integer(1), Integer(-1), Rational(3, 2)]))
        return weight * draw(expressions(scope, depth - 1)) * draw(expressions(scope, depth - 1))
    if kind == "sum":
        free = [s for s in LETTERS if s not in scope.sizes]
        symbol, count = draw(st.sampled_from(free)), draw(st.sampled_from([N, M]))
        return total(draw(expressions(scope.inside(symbol, count), depth - 1)), (symbol, count))
    if kind == "power":
        return draw(expressions(scope, depth - 1)) ** draw(st.sampled_from(scope.powers))
    if kind == "function":
        weight = draw(st.sampled_from([Integer(1), Integer(1), Integer(2), Rational(-1, 3)]))
        return weight * draw(st.sampled_from(scope.functions))(draw(expressions(scope, depth - 1)))
    if kind == "softmax":
        logits = draw(expressions(scope, depth - 1))
        over = [s for s in scope.sizes if s in logits.free_symbols]
        if over:
            symbol = draw(st.sampled_from(over))
            other = next(s for s in reversed(LETTERS) if s not in scope.sizes)
            return exp(logits) / total(exp(substitute(logits, {symbol: other})), (other, scope.sizes[symbol]))
    return draw(elements(scope))


@st.composite
def systems(draw, functions: str = "all", largest: int = 3, depth: int = 2) -> System:
    """Inputs of rank 0 to 3 and a few equations, each of which may use every earlier tensor."""
    axes = st.sampled_from([N, M, N, M, N + M])
    inputs = [Tensor(f"x{k}", f"x{k}", tuple(draw(st.lists(axes, max_size=3)))) for k in range(draw(st.integers(1, 3)))]
    known, equations = list(inputs), []
    for k in range(draw(st.integers(1, largest))):
        shape = tuple(draw(st.lists(axes, max_size=2)))
        target = Tensor(f"y{k}", f"y{k}", shape, "intermediate")
        letters = LETTERS[: len(shape)]
        choices = [[]]
        for symbol, count in zip(letters, shape, strict=True):
            parts = [(symbol, N, symbol), (N + symbol, M, symbol)] if count == N + M else [(symbol, count, symbol)]
            choices = [[*chosen, part] for chosen in choices for part in parts]
        for block in choices:
            scope = Scope({symbol: count for _, count, symbol in block}, list(known), FUNCTIONS[functions])
            rhs = draw(expressions(scope, depth))
            assume(not rhs.has(zoo, nan, oo, -oo))
            equations.append(Equation(target, tuple(where for where, _, _ in block), rhs))
        known.append(target)
    return System("random", tuple(inputs), tuple(equations), (f"y{largest - 1}",))


def draw_outputs(data: st.DataObject, system: System) -> tuple[str, ...]:
    targets = list(dict.fromkeys(equation.target.name for equation in system.equations))
    others = data.draw(st.lists(st.sampled_from(targets), unique=True, max_size=2))
    return tuple(dict.fromkeys([targets[-1], *others]))


def point_of(system, derived, outputs, sizes):
    try:
        return random_point(system, derived, outputs, sizes)
    except ValueError as error:
        assume("no random point" not in str(error))  # a denominator that is identically zero
        raise


MANY = settings(max_examples=50, suppress_health_check=list(HealthCheck), derandomize=True)
FEW = settings(MANY, max_examples=25)


@MANY
@given(data=st.data())
def test_adjoints_of_random_systems_agree_with_dual_numbers(data):
    system = data.draw(systems())
    outputs = draw_outputs(data, system)
    derived = adjoint(system, outputs)
    for sizes in SIZES:
        wrong = mismatches(point_of(system, derived, outputs, sizes), derived)
        assert not any(wrong.values()), f"{sizes}: {wrong} in {derived.equations}"


@FEW
@given(data=st.data())
def test_adjoints_of_small_random_systems_agree_with_sympy(data):
    system = data.draw(systems("decidable", largest=2, depth=1))
    outputs = draw_outputs(data, system)
    derived = adjoint(system, outputs)
    inputs = tuple(tensor.name for tensor in system.inputs)
    try:
        wrong = differences(system, derived, {"n": 1, "m": 2}, outputs, inputs)
    except ZeroDivisionError:
        assume(False)
    assert not any(wrong.values()), f"{wrong} in {derived.equations}"


@MANY
@given(data=st.data())
def test_tangents_of_random_systems_agree_with_dual_numbers(data):
    system = data.draw(systems())
    outputs = draw_outputs(data, system)
    moved = tangent(system, outputs)
    derived = adjoint(system, outputs)
    sizes = data.draw(st.sampled_from(SIZES))
    point = point_of(system, derived, outputs, sizes)
    rng = random.Random(0)
    direction = {
        f"tangent_{t.name}": {w: fmpq(rng.randint(-9, 9), 7) for w in positions(t, sizes)} for t in system.inputs
    }
    values = evaluate(moved, sizes, {**point.values, **direction}, point.atoms)
    seeds = {n: point.values.get(f"seed_{n}", point.values.get(f"grad_{n}")) for n in outputs}
    forward = sum((seeds[n][w] * values[f"tangent_{n}"][w] for n in outputs for w in seeds[n]), fmpq(0))
    reverse = sum(
        (
            slope * direction[f"tangent_{name}"][w]
            for name, array in point.gradients.items()
            for w, slope in array.items()
        ),
        fmpq(0),
    )
    assert forward == reverse


@MANY
@given(data=st.data())
def test_nothing_but_the_notation_is_left_in_derived_equations(data):
    system = data.draw(systems())
    for derived in (adjoint(system, draw_outputs(data, system)), tangent(system, (system.equations[-1].target.name,))):
        bases = {tensor.base for tensor in derived.tensors.values()}
        for equation in derived.equations:
            free = {s for where in equation.indices for s in where.free_symbols}
            assert not equation.rhs.has(KroneckerDelta, Piecewise)
            for symbol in equation.rhs.free_symbols:
                known = symbol in bases or getattr(symbol, "base", None) in bases or symbol in free
                assert known or symbol in {b.label for b in bases if hasattr(b, "label")} or symbol in {N, M}, symbol
            assert not any(
                str(s).startswith("_") for node in preorder_traversal(equation.rhs) for s in node.free_symbols
            )


@MANY
@given(data=st.data())
def test_the_canonical_form_has_the_value_of_the_expression(data):
    tensors = [Tensor("u", "u", (N,)), Tensor("w", "w", (N, N)), Tensor("s", "s", ()), Tensor("z", "z", (M, N))]
    scope = Scope({LETTERS[0]: N}, tensors, FUNCTIONS["decidable"], (2, -1))
    expr = data.draw(expressions(scope, 2))
    assume(not expr.has(zoo, nan, oo, -oo))
    form = canonical(expr)
    assume(max((len(sum_.limits) for sum_ in form.atoms(Sum)), default=0) <= 5)  # so that the loops stay short
    target = [Tensor(name, name, (N,), "intermediate") for name in ("left", "right")]
    both = System(
        "both", tuple(tensors), (Equation(target[0], (LETTERS[0],), expr), Equation(target[1], (LETTERS[0],), form)), ()
    )
    sizes = data.draw(st.sampled_from(SIZES))
    rng = random.Random(1)
    inputs = {t.name: {w: fmpq(rng.randint(1, 500), 7) for w in positions(t, sizes)} for t in tensors}
    try:
        values = evaluate(both, sizes, inputs, Atoms("canonical"))
    except ZeroDivisionError:
        assume(False)
    assert values["left"] == values["right"], f"{expr} became {form}"
    assert canonical(form) == form, "the canonical form of a canonical form is itself"


@MANY
@given(data=st.data())
def test_renamed_and_multiplied_out_expressions_are_equal(data):
    tensors = [Tensor("u", "u", (N,)), Tensor("w", "w", (N, N)), Tensor("s", "s", ()), Tensor("z", "z", (M, N))]
    scope = Scope({LETTERS[0]: N}, tensors, FUNCTIONS["decidable"], (2, -1))
    left, right = data.draw(expressions(scope, 1)), data.draw(expressions(scope, 1))
    assume(not (left * right).has(zoo, nan, oo, -oo))
    renaming = {LETTERS[0]: LETTERS[5]}
    back = {LETTERS[5]: LETTERS[0]}  # dummies in the way are renamed on the way there or back
    for a in (left, right):
        assert equal(substitute(substitute(a, renaming), back), a)
    assert equal((left + right) ** 2, left**2 + 2 * left * right + right**2)
    assert equal(total(left + right, (LETTERS[0], N)), total(right, (LETTERS[0], N)) + total(left, (LETTERS[0], N)))
    assert not equal(left**2 + 1, left**2)
