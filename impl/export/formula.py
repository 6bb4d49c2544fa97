"""Code of a single formula: one self-contained function, of whole arrays or of scalar loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sympy import Symbol, fraction

from attnproof import __version__
from attnproof.derivations.formulas import Formula
from attnproof.derivations.formulas.formula import IDENTITY
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.scores.own import is_own
from attnproof.derivations.typesetting.latex import equation_text, letter_text, shape_text
from attnproof.impl.codegen.program import plan as plans
from attnproof.impl.codegen.program.ir import Einsum, LogSumExp, MatMul, Reduce, Softmax, SumTo, inside, numbers
from attnproof.impl.codegen.program.plan import Plan
from attnproof.impl.codegen.program.share import shared
from attnproof.impl.codegen.targets import TARGETS
from attnproof.impl.codegen.targets.loops import LOOPS
from attnproof.impl.codegen.text.emit import INDENT, Emitter
from attnproof.impl.codegen.text.imports import headed
from attnproof.impl.codegen.text.module import FIRST, annotated, indented, signature, sizes_of, wrapped
from attnproof.impl.codegen.text.printer import WIDENING, Printer, Syntax, scalar
from attnproof.impl.export.inline import inlined
from attnproof.impl.export.score import LICENCE, joined

ADDING = (Einsum, LogSumExp, MatMul, Reduce, Softmax, SumTo)


class NoCodeError(ValueError):
    """A target has no code for a formula; the message says why."""


@dataclass(frozen=True)
class _Body:
    """Statements from arguments to the result, by name."""

    plans: tuple[Plan, ...]
    arguments: tuple[Tensor, ...]
    sizes: tuple[Symbol, ...]


def targets() -> tuple[str, ...]:
    """The targets that have code for single formulas: whole arrays, then scalar loops."""
    return (*array_targets(), *LOOPS)


def array_targets() -> tuple[str, ...]:
    """Those that compute with whole arrays."""
    return tuple(name for name, target in TARGETS.items() if target.syntax is not None)


def code(formula: Formula, target: str) -> str:
    """One module with one function: the quantity from the formula's inputs.

    The text imports the target's library and the standard library only; what it needs of the target's runtime is in it.
    Functions of whole arrays take leading batch axes and do not check their arguments; functions of loops (``LOOPS``)
    take no batch axes and check shapes. Raises KeyError with the known names for an unknown target, NoCodeError where
    there is no code.
    """
    if target not in targets():
        raise KeyError(f"unknown target {target!r}; known targets: {', '.join(targets())}")
    head = f'"""{_head(formula)}\n"""'
    if not formula.system.inputs:
        return f"{head}\n\nfrom __future__ import annotations\n\n\n{_count(formula)}\n"
    try:
        if target in LOOPS:
            return f"{joined(head, inlined(LOOPS[target].source(formula)))}\n"
        syntax = TARGETS[target].syntax
        assert syntax is not None  # as array_targets() are chosen by it
        text = _function(formula, syntax)
    except ValueError as error:
        raise NoCodeError(f"{target} has no code for {formula.name}: {error}") from error
    parts = inlined(headed(head, text, f"attnproof.impl.generated.{target}._runtime"))
    return f"{joined(head, parts)}\n"


def _head(formula: Formula) -> str:
    lines = [f"{formula.name}: {formula.title}.", "", *(INDENT + equation_text(e) for e in formula.equations), ""]
    lines += [wrapped(f"Assumes: {one}", 0) for one in formula.assumptions]
    lines += ["", f"Written by attnproof {__version__}, licence {LICENCE}.", wrapped(f"Source: {formula.source}.", 0)]
    return "\n".join(lines)


def _count(formula: Formula) -> str:
    """A number of sizes alone: plain Python, with the imports that it needs."""
    above, below = fraction(formula.expression.together())
    kind, imports = ("int", "") if below == 1 else ("Fraction", "from fractions import Fraction\n\n\n")
    value = scalar(above)[0] if below == 1 else f"Fraction({scalar(above)[0]}, {scalar(below)[0]})"
    sizes = ", ".join(f"{size}: int" for size in formula.sizes)
    doc = f'{INDENT}"""{letter_text(formula.tensor.symbol)} at these sizes, exactly."""'
    return f"{imports}def {formula.quantity}({sizes}) -> {kind}:\n{doc}\n{INDENT}return {value}"


def _function(formula: Formula, syntax: Syntax) -> str:
    body = _body(formula)
    parameters = [*(f"{t.name}: {syntax.array}" for t in body.arguments), *(f"{size}: int" for size in body.sizes)]
    printer = Printer(syntax, {}, sum_to="sum_to_any")
    name = formula.quantity
    statements = annotated([s for plan in body.plans for s in Emitter(plan, printer).lines()], name, syntax.array)
    return "\n".join(
        [
            *([WIDENING] if _widened(formula, body, syntax) else []),
            signature(name, parameters, syntax.array),
            _doc(formula, body, syntax),
            *sizes_of(_sizes(body.plans) - set(body.sizes), body.arguments),
            *_identity_line(formula, body, syntax),
            *statements,
            f"{INDENT}return {name}",
        ]
    )


def _widened(formula: Formula, body: _Body, syntax: Syntax) -> bool:
    """Is half precision computed in single: a user's formula, or sums that stop growing in the library?"""
    nodes = [node for plan in body.plans for statement in plan.statements for node in statement.variants.values()]
    return is_own(formula.name) or (
        syntax.naive and any(isinstance(part, ADDING) for node in nodes for part in (node, *inside(node)))
    )


def _doc(formula: Formula, body: _Body, syntax: Syntax) -> str:
    tensors = {**formula.symbols, **{t.name: t for t in body.arguments}}
    read = {tensor.name for tensor in formula.system.inputs}
    lines = [f'"""{formula.title[0].upper()}{formula.title[1:]}.', ""]
    lines += [INDENT + equation_text(e) for e in formula.equations if e.target.name == formula.quantity]
    lines += ["", "Parameters", "----------"]
    for tensor in body.arguments:
        where = shape_text(tensor, batch=True) if tensor.shape or tensor.batched else "0-d"
        remark = "" if tensor.name in read else ", of which only the shape matters"
        lines += [f"{tensor.name} : {where}", f"{INDENT}{letter_text(tensor.symbol)}{remark}"]
    lines += [f"{size} : int" for size in body.sizes]
    result = tensors[formula.quantity]
    lines += [
        "",
        "Returns",
        "-------",
        syntax.array,
        f"{INDENT}{letter_text(result.symbol)} {shape_text(result, batch=bool(result.shape))}",
    ]
    if any(t.batched for t in body.arguments):
        lines += ["", "The dots stand for leading batch axes, which broadcast."]
    return indented("\n".join([*lines, '"""']))


@lru_cache(maxsize=512)
def _body(formula: Formula) -> _Body:
    name = formula.quantity
    if formula.forward is not None and formula.of is not None:
        whole = plans.backward(formula.forward, (formula.of,))
        if name not in {statement.name for statement in whole.statements}:
            raise ValueError(f"{name} is no step of the program, which computes the gradients another way")
        backward = shared(plans.pruned(replace(whole, outputs=(name,))))
        computed = dict.fromkeys(equation.target.name for equation in formula.forward.equations)
        kept = tuple(one for one in computed if one in backward.reads)
        forward = (shared(plans.forward(formula.forward, kept)),) if kept else ()
        found = (*forward, backward)
    else:
        found = (shared(plans.forward(formula.system, (name,))),)
    made = {statement.name for plan in found for statement in plan.statements}
    read = {one for plan in found for one in plan.reads} - made
    known = {**(formula.forward.tensors if formula.forward else {}), **formula.symbols}
    given = [tensor for name, tensor in known.items() if name in read and name != IDENTITY.name]
    arguments = sorted(given, key=lambda tensor: FIRST.get(tensor.name, len(FIRST)))
    shapes = {length for tensor in arguments for length in tensor.shape}
    return _Body(found, tuple(arguments), tuple(sorted(_sizes(found) - shapes, key=str)))


def _identity_line(formula: Formula, body: _Body, syntax: Syntax) -> list[str]:
    """The identity matrix, where the formula has one: the size, dtype and device are those of an argument."""
    if IDENTITY not in formula.system.inputs:
        return []
    (length,) = set(IDENTITY.shape)
    like = next(t for t in body.arguments if length in t.shape)
    count = f"{like.name}.shape[{like.shape.index(length) - len(like.shape)}]"
    return [f"{INDENT}{IDENTITY.name} = {syntax.identity.format(count=count, like=like.name)}"]


def _sizes(found: Sequence[Plan]) -> set[Symbol]:
    """The sizes that statements use."""
    nodes = [node for plan in found for statement in plan.statements for node in statement.variants.values()]
    return {size for node in nodes for value in numbers(node) for size in value.free_symbols}
