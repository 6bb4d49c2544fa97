"""Plans: systems with their options become statements over arrays, each with one variant per choice of options.

    forward(system)   statements for the outputs and the intermediates that the adjoint reads
    backward(system)  statements for the gradient of every input, from the adjoint of each resolved system

A *choice* is the set of optional arrays that are given: optional inputs of the system, and cotangents of outputs other
than the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations

from sympy import Expr, Integer

from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import ordered, split
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.typesetting.latex import equation_text
from attnproof.impl.codegen.program.cotangents import bases_in, lowered_cotangent
from attnproof.impl.codegen.program.ir import Concatenate, Load, Map, Node, loads
from attnproof.impl.codegen.program.lower import lowered

Choice = frozenset[str]


@dataclass(frozen=True)
class Statement:
    """``name = node``; no variant for a choice under which it is not computed.

    formulas  the equations as text, by choice
    added     optional arrays that are added to the value when they are given: the cotangent of an output that other
              equations use
    """

    name: str
    variants: Mapping[Choice, Node]
    formulas: Mapping[Choice, tuple[str, ...]]
    added: tuple[str, ...] = ()

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names that any variant loads."""
        return frozenset[str]().union(*(loads(node) for node in set(self.variants.values())))


@dataclass(frozen=True)
class Plan:
    """Statements in order of evaluation.

    options  the optional arrays, in order; choices are their subsets
    outputs  names of the results
    """

    options: tuple[str, ...]
    statements: tuple[Statement, ...]
    outputs: tuple[str, ...]

    @property
    def reads(self) -> frozenset[str]:
        """Every name that is read, given or computed."""
        return frozenset[str]().union(*(statement.reads for statement in self.statements), self.outputs)


def choices(options: Sequence[str]) -> tuple[Choice, ...]:
    """Every subset of ``options``."""
    return tuple(frozenset(some) for count in range(len(options) + 1) for some in combinations(options, count))


def batches(system: System) -> dict[str, frozenset[str]]:
    """For every tensor of an open system, the names of the inputs whose batch axes it carries."""
    found = {tensor.name: frozenset({tensor.name} if tensor.batched else ()) for tensor in system.inputs}
    for equation in system.equations:
        read = [rhs for rhs in (equation.rhs, equation.otherwise) if rhs is not None]
        own = found.get(equation.target.name, frozenset())
        found[equation.target.name] = own.union(*(found[t.name] for rhs in read for t in tensors_of(rhs, system)))
    return found


def tensors_of(expr: Expr, system: System) -> tuple[Tensor, ...]:
    """The tensors of ``system`` that ``expr`` mentions, in the system's order."""
    return tuple(system.by_base[base] for base in bases_in(expr, system))


def forward(system: System, outputs: Sequence[str]) -> Plan:
    """Statements that compute ``outputs`` from the inputs of an open ``system``."""
    batch = batches(system)
    found: dict[Choice, dict[str, tuple[Node, tuple[str, ...]]]] = {}
    for choice in choices(system.options):
        resolved = system.resolve(*choice)
        found[choice] = _nodes(resolved, partial(lowered, resolved, batch=batch))
    return pruned(_merged(system.options, found, tuple(outputs)))


def backward(system: System, outputs: Sequence[str]) -> Plan:
    """Statements for ``grad_NAME`` of every input of an open ``system``, from cotangents of ``outputs``.

    The cotangent of the first output must be given; the others are optional.
    """
    batch = batches(system)
    found: dict[Choice, dict[str, tuple[Node, tuple[str, ...]]]] = {}
    seeds: tuple[str, ...] = ()
    for choice in choices(system.options):
        resolved = system.resolve(*choice)
        derived = adjoint(resolved, tuple(outputs))
        used = {target.name for target in resolved.inputs} | {e.target.name for e in resolved.equations}
        given = tuple(t for t in derived.inputs if t.name not in used)
        seeds = tuple(t.name for t in given[1:])
        known = _cotangent_batches(batch, derived)
        alike = _alike(resolved, outputs)
        for absent in choices(seeds):
            reduced = _without(derived, [t for t in given if t.name in absent])
            found[choice | frozenset(seeds) - absent] = _nodes(
                reduced, partial(lowered_cotangent, reduced, batch=known, alike=alike)
            )
    gradients = tuple(f"grad_{tensor.name}" for tensor in system.inputs)
    merged = _merged(system.options + seeds, found, gradients)
    return pruned(replace(merged, statements=tuple(_with_added(one, seeds) for one in merged.statements)))


def following(system: System, outputs: Sequence[str], batch: Mapping[str, frozenset[str]]) -> Plan:
    """Statements that compute ``outputs`` of a system with cotangents among its inputs, options decided.

    batch  for its inputs, and for every tensor whose gradient it computes, the inputs whose batch axes it carries
    """
    known = _cotangent_batches(batch, system)
    alike = {name: name for name in (*batch, *system.tensors)}
    nodes = _nodes(system, partial(lowered_cotangent, system, batch=known, alike=alike))
    return pruned(_merged((), {frozenset(): nodes}, tuple(outputs)))


def from_arguments(backward: Plan, forward: Plan, known: Collection[str]) -> Plan:
    """``backward`` with the statements of ``forward`` that it reads: it needs arguments and what is ``known``."""
    own = frozenset(forward.options)
    again = []
    for statement in forward.statements:
        if statement.name not in known:
            at = {choice: choice & own for choice in choices(backward.options)}
            variants = {c: statement.variants[part] for c, part in at.items() if part in statement.variants}
            formulas = {c: statement.formulas[part] for c, part in at.items() if part in statement.formulas}
            again.append(replace(statement, variants=variants, formulas=formulas))
    return pruned(Plan(backward.options, (*again, *backward.statements), backward.outputs))


def _with_added(statement: Statement, seeds: Sequence[str]) -> Statement:
    """The same statement, with the seeds that are merely added to it taken out of its variants."""
    for seed in seeds:
        variants = dict(statement.variants)
        for choice in statement.variants:
            if seed not in choice:
                continue
            node, without = variants[choice], variants.get(choice - {seed})
            operands = node.args if isinstance(node, Map) and node.op == "add" else ()
            if without is None or {without, *operands} != set(operands) or seed not in _names(operands):
                break
            variants[choice] = without
        else:
            if any(seed in loads(node) for node in statement.variants.values()):
                shown = {choice: statement.formulas[choice | {seed}] for choice in statement.formulas}
                statement = replace(statement, variants=variants, formulas=shown, added=(*statement.added, seed))
    return statement


def _names(nodes: Sequence[Node]) -> set[str]:
    return {node.name for node in nodes if isinstance(node, Load)}


def _cotangent_batches(batch: Mapping[str, frozenset[str]], derived: System) -> dict[str, frozenset[str]]:
    """Batch axes of the adjoint's tensors: those of the tensor that a cotangent belongs to, else of what is read."""
    found = dict(batch)
    for tensor in derived.tensors.values():
        prefix, _, name = tensor.name.partition("_")
        if tensor.role == "cotangent" and prefix in {"grad", "seed"} and name in batch:
            found[tensor.name] = batch[name]
    for equation in derived.equations:
        if equation.target.name not in found:
            read = tensors_of(equation.rhs, derived)
            found[equation.target.name] = frozenset[str]().union(*(found[tensor.name] for tensor in read))
    return found


def _alike(system: System, outputs: Sequence[str]) -> dict[str, str]:
    """For every tensor of a resolved system one of the same shape, batch axes included, that is at hand if possible.

    A gradient is summed to a *shape*; reading it from an output spares keeping an intermediate for it.
    """
    batch = batches(system)
    inputs = {tensor.name for tensor in system.inputs}
    at_hand = [name for name in system.tensors if name in inputs or name in outputs]
    found = {}
    for name, tensor in system.tensors.items():
        same = (
            other for other in at_hand if system.tensors[other].shape == tensor.shape and batch[other] == batch[name]
        )
        found[name] = name if name in at_hand else next(same, name)
    return found


def _without(system: System, absent: Sequence[Tensor]) -> System:
    """The system with some of its inputs, in which it is linear, set to zero."""
    if not absent:
        return system
    bases = {tensor.base for tensor in absent}
    equations = []
    for equation in system.equations:
        elements = [x for x in equation.rhs.atoms() | equation.rhs.free_symbols if getattr(x, "base", x) in bases]
        rhs = equation.rhs.xreplace({element: Integer(0) for element in elements}) if elements else equation.rhs
        equations.append(Equation(equation.target, equation.indices, rhs))
    return System(system.name, system.inputs, tuple(equations), system.outputs)


def _nodes(system: System, lower: Callable[[Equation], Node]) -> dict[str, tuple[Node, tuple[str, ...]]]:
    """One node for each target, its blocks put together."""
    blocks: dict[str, list[Equation]] = {}
    for equation in system.equations:
        blocks.setdefault(equation.target.name, []).append(equation)
    last = {equation.target.name: position for position, equation in enumerate(system.equations)}
    found = {}
    for name in sorted(blocks, key=last.__getitem__):
        equations = blocks[name]
        formulas = tuple(equation_text(equation) for equation in equations)
        if len(equations) == 1:
            found[name] = (lower(equations[0]), formulas)
        else:
            found[name] = (_joined(system, equations, [lower(equation) for equation in equations]), formulas)
    return found


def _joined(system: System, equations: Sequence[Equation], nodes: Sequence[Node]) -> Node:
    """Blocks along one axis, side by side."""
    target = equations[0].target
    offsets = [[split(index)[0] for index in equation.indices] for equation in equations]
    axes = [axis for axis in range(len(target.shape)) if len({row[axis] for row in offsets}) > 1]
    if len(axes) != 1:
        raise ValueError(f"{system.name}: equations for {target.name}: blocks must differ in the offset of one axis")
    by_offset = {row[axes[0]]: node for row, node in zip(offsets, nodes, strict=True)}
    if len(by_offset) < len(nodes) or Integer(0) not in by_offset:
        raise ValueError(f"{system.name}: equations for {target.name}: its blocks do not cover the axis once")
    args = tuple(by_offset[offset] for offset in ordered(by_offset))
    batch = frozenset[str]().union(*(node.batch for node in nodes))
    return Concatenate(nodes[0].rank, batch, args, axes[0] - len(target.shape))


def _merged(
    options: tuple[str, ...],
    found: Mapping[Choice, Mapping[str, tuple[Node, tuple[str, ...]]]],
    outputs: tuple[str, ...],
) -> Plan:
    """One statement for each name, in an order that is right for every choice."""
    names = list(dict.fromkeys(name for choice in reversed(list(found)) for name in found[choice]))
    statements = {}
    for name in names:
        variants = {choice: nodes[name][0] for choice, nodes in found.items() if name in nodes}
        formulas = {choice: nodes[name][1] for choice, nodes in found.items() if name in nodes}
        statements[name] = Statement(name, variants, formulas)
    return Plan(options, _sorted(statements.values()), tuple(name for name in outputs if name in statements))


def _sorted(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Topological order, otherwise as given."""
    waiting = list(statements)
    result: list[Statement] = []
    while waiting:
        pending = {statement.name for statement in waiting}
        ready = next(statement for statement in waiting if not statement.reads & (pending - {statement.name}))
        waiting.remove(ready)
        result.append(ready)
    return tuple(result)


def pruned(plan: Plan) -> Plan:
    """Only what the outputs need."""
    needed = set(plan.outputs)
    kept = []
    for statement in reversed(plan.statements):
        if statement.name in needed:
            needed |= statement.reads
            kept.append(statement)
    return Plan(plan.options, tuple(reversed(kept)), plan.outputs)
