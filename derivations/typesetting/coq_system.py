"""A system as one Coq definition: a function of its sizes and inputs whose value is one of its tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sympy import Expr, Symbol

from attnproof.derivations.language.notation import Tensor, index
from attnproof.derivations.language.ranges import split
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.typesetting.coq import name, real, whole


def system_definition(identifier: str, title: str, system: System, quantity: str, sizes: Sequence[Expr]) -> str:
    """``Definition IDENTIFIER (n_q ... : nat) (q : nat -> nat -> R) ... : nat -> nat -> R := let ... in ...``.

    The arrays are functions of positions; what they are beyond their shapes does not matter. Raises ValueError for an
    expression without a Coq text, and for a quantity that the system does not define.
    """
    if quantity not in {equation.target.name for equation in system.equations}:
        raise ValueError(f"{system.name} does not define {quantity!r}")
    binders = [f"({' '.join(name(str(size)) for size in sizes)} : nat)"] if sizes else []
    binders += [f"({name(tensor.symbol)} : {_kind(tensor)})" for tensor in system.inputs]
    target = system.tensors[quantity]
    lines = [f"(* {title} *)", f"Definition {identifier} {' '.join(binders)} : {_kind(target)} :="]
    lines += [f"  {line}" for line in _bindings(system)]
    return "\n".join([*lines, f"  {name(target.symbol)}.", ""])


def _kind(tensor: Tensor) -> str:
    return "nat -> " * len(tensor.shape) + "R"


def _bindings(system: System) -> Iterator[str]:
    for target, found in groupby(system.equations, lambda equation: equation.target):
        blocks = list(found)
        if len(blocks) == 1 and all(isinstance(where, Symbol) for where in blocks[0].indices):
            (equation,) = blocks
            yield f"let {name(target.symbol)} := {_places(equation.indices)}{real(equation.rhs)} in"
        else:
            yield f"let {name(target.symbol)} := {_in_blocks(target, blocks)} in"


def _places(indices: Sequence[Expr]) -> str:
    return "".join(f"fun {name(str(where))} : nat => " for where in indices)


def _in_blocks(target: Tensor, blocks: Sequence[Equation]) -> str:
    """An axis made of blocks: which one a position is in is asked from the last block on, so that a difference of
    positions is taken only where there is one.
    """
    places = [index(f"at_{axis}") for axis in range(len(target.shape))]
    text = "0"
    for number, equation in enumerate(blocks):
        text = _block(equation, places, text, first=number == 0)
    return f"{_places(places)}{text}"


def _block(equation: Equation, places: Sequence[Symbol], otherwise: str, *, first: bool) -> str:
    local, asked = "", []
    for where, place in zip(equation.indices, places, strict=True):
        offset, letter = split(where)
        if offset == 0:
            local += f"let {name(letter.name)} := {place} in "
        else:
            asked.append(f"Nat.leb {whole(offset)} {place}")
            local += f"let {name(letter.name)} := ({place} - {whole(offset)})%nat in "
    body = f"{local}{real(equation.rhs)}"
    if not asked:
        if not first:
            raise ValueError(f"{equation.target.symbol}: a block without an offset comes first")
        return body
    return f"if {' && '.join(asked)} then {body} else ({otherwise})"
