"""What a user score has to keep to, beyond what every system has to
(``attnproof.derivations.language.wellformed``).

The functions are those of which every room knows enough (``attnproof.derivations.language.functions``). docs/SCORES.md
says how to add one; tests/verify/test_own_functions.py fails while something is missing.
"""

from __future__ import annotations

import keyword
from typing import Final

from sympy import Expr, Float, Pow, Rational, preorder_traversal
from sympy.core.function import Application

from attnproof.derivations.language.functions import USER
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, D, Tensor
from attnproof.derivations.language.ranges import tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.language.wellformed import MistakeError, check
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.layer import LAYER

MOST_NODES: Final = 2000  # the largest built-in score has 129; code for 500 takes 4 s, and grows with the square
LARGEST_NUMBER: Final = 10**40
LARGEST_EXPONENT: Final = 64
SIZES: Final = frozenset({N_Q, N_K, D, D_Q, D_K, D_A})
# Letters and names that stand for something else in formulas and in generated programs.
ACCENTS: Final = frozenset({"bar", "dot", "seed", "sigma"})
RESERVED: Final = frozenset(
    {"given", "gradients", "wanted", "ctx", "apply", "result", "names", "needed", "math", "np", "torch", "jax", "jnp"}
    | {"check", "check_cotangent", "scalar", "sech", "sech2", "softmax", "sum_to", "attention", "row_dot"}
    | {size.name for size in SIZES}
)


def check_family(family: ScoreFamily) -> None:
    """Raise MistakeError, naming the equation where there is one, for the first mistake in a user score."""
    if not family.name.isidentifier() or keyword.iskeyword(family.name) or family.name.startswith("_"):
        raise MistakeError(f"a score's name is a Python identifier, got {family.name!r}")
    if family.name in FAMILIES:
        raise MistakeError(f"the name {family.name!r} is that of a built-in score; choose another")
    system = family.system
    _check_size(system)
    for tensor in system.tensors.values():
        _check_tensor(tensor)
    for equation in system.equations:
        for rhs in (equation.rhs, equation.otherwise):
            if rhs is not None:
                _check_expression(rhs, equation)
    check(system)
    _check_inputs(system)
    _check_batches(system)
    last = system.equations[-1] if system.equations else None
    if system.outputs != ("scores",) or system.tensors.get("scores") != SCORES or (last and last.target != SCORES):
        raise MistakeError(f"{family.name}: the last equation has to define SCORES[I, J], of shape (n_q, n_k)", last)
    check(system.then(LAYER, name=family.name))


def _check_size(system: System) -> None:
    """Formulas that a person has written, not a program: what is derived from much larger ones takes minutes."""
    left = MOST_NODES
    for equation in system.equations:
        for rhs in (equation.rhs, equation.otherwise):
            for node in preorder_traversal(rhs) if rhs is not None else ():
                left -= 1
                if left < 0:
                    # without the equation, which would fill pages
                    raise MistakeError(
                        f"equation for {equation.target.name!r}: more than {MOST_NODES} symbols and operations"
                    )
                if isinstance(node, Rational) and max(abs(node.p), node.q) > LARGEST_NUMBER:
                    raise MistakeError(f"equation for {equation.target.name!r}: a number of more than 40 digits")
                if isinstance(node, Pow) and node.exp.is_Rational and abs(node.exp) > LARGEST_EXPONENT:
                    raise MistakeError(f"equation for {equation.target.name!r}: an exponent beyond {LARGEST_EXPONENT}")


def _check_tensor(tensor: Tensor) -> None:
    name, letter = tensor.name, tensor.symbol
    taken = RESERVED | {other.name for other in (*LAYER.inputs, *LAYER.tensors.values())} - {"scores"}
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith(("_", "grad_", "seed_")):
        raise MistakeError(f"a tensor's name is a Python identifier without grad_ or seed_ before it, got {name!r}")
    if name in taken:
        raise MistakeError(f"tensor {name!r}: the name is taken; choose another")
    if tensor.positive and (tensor.shape or tensor.batched):
        raise MistakeError(f"tensor {name!r}: only scalar parameters are checked to be positive")
    parts = letter.split("_")
    if not all(part.isalnum() for part in parts) or not parts[0].isalpha() or ACCENTS & set(parts):
        raise MistakeError(
            f"tensor {name!r}: a letter is like x, tau or W_s (not {', '.join(ACCENTS)}), got {letter!r}"
        )
    for length in tensor.shape:
        unknown = sorted(length.free_symbols - SIZES, key=str)
        if unknown:
            known = ", ".join(sorted(size.name for size in SIZES))
            raise MistakeError(f"tensor {name!r}: unknown size {unknown[0]}; a score has the sizes {known}")


def _check_expression(rhs: Expr, equation: Equation) -> None:
    """Only functions, powers and numbers that every room knows."""
    where = f"equation for {equation.target.name!r}"
    for node in preorder_traversal(rhs):
        if isinstance(node, Application) and type(node) not in USER:
            known = ", ".join(USER.values())
            raise MistakeError(f"{where}: unknown function {node.func}; known: {known}, powers and roots", equation)
        if isinstance(node, Float):
            raise MistakeError(f"{where}: {node} is rounded; write an exact number, such as Rational(1, 5)", equation)
        if isinstance(node, Pow) and not (node.exp.is_Rational and node.exp.q in (1, 2)):
            raise MistakeError(f"{where}: power {node}; exponents are integers and halves of integers", equation)
        if node.is_number and not isinstance(node, Rational) and not node.args:
            raise MistakeError(f"{where}: {node} is no rational number", equation)


def _check_inputs(system: System) -> None:
    known = {tensor.name: tensor for tensor in system.inputs}
    for name, first, widths in (("query", N_Q, (D_Q, D)), ("key", N_K, (D_K, D))):
        tensor = known.pop(name, None)
        if tensor is None or len(tensor.shape) != 2 or tensor.shape[0] != first or tensor.shape[1] not in widths:
            shape, known_as = f"({first}, {' or '.join(map(str, widths))})", name.upper()
            expected = f"{known_as} or {known_as}_SHARED of attnproof.derivations.language.tensors {shape}"
            raise MistakeError(f"{system.name}: input {name!r}: expected {expected}")
        if not tensor.batched:
            raise MistakeError(f"{system.name}: input {name!r} has batch dimensions")
    for tensor in known.values():
        if tensor.batched:
            raise MistakeError(
                f"{system.name}: input {tensor.name!r}: a parameter has no batch dimensions (batched=False)"
            )
    used = {
        t.name
        for e in system.equations
        for rhs in (e.rhs, e.otherwise)
        if rhs is not None
        for t in tensors_in(rhs, system)
    }
    for tensor in system.inputs:
        if tensor.name not in used:
            raise MistakeError(f"{system.name}: no equation uses the input {tensor.name!r}")


def _check_batches(system: System) -> None:
    """What depends on query or key has their batch dimensions."""
    for equation in system.equations:
        if not equation.target.batched and any(tensor.batched for tensor in tensors_in(equation.rhs, system)):
            raise MistakeError(f"{equation.target.name!r} has batch dimensions, since what it is made of has", equation)
