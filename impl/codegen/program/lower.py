"""Lowering: one equation in index notation becomes one array node.

    Σ_r q[i,r] k[j,r]             MatMul(query, key transposed)
    exp(t[i,j]) / Σ_l exp(t[i,l]) Softmax(logits)
    log(Σ_l exp(t[i,l]))          LogSumExp(logits)
    z[i,j,a] + b[a]               Map("add", preactivation, bias_hidden)
    W[a, d_q + f]                 Block(weight, columns from d_q on)

Functions are kept by name (``exp``, ``tanh``, ``sech`` ...); whether a target has them is the printer's business. The
square of ``sech`` is a function of its own, ``sech2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Function, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol, exp, log, sech, sqrt

from attnproof.derivations.language.indexing import bounds, substitute
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.system import Equation, System
from attnproof.impl.codegen.program.contraction import contracted
from attnproof.impl.codegen.program.ir import Block, Diagonal, Expand, Load, LogSumExp, Node, Repeat, Softmax
from attnproof.impl.codegen.program.labelled import Axes, Labelled, added, aligned, mapped, multiplied, number

HALF = Rational(1, 2)


@dataclass(frozen=True)
class Scope:
    """What an expression may refer to.

    where    the equation, for messages
    tensors  SymPy base -> tensor
    batch    tensor name -> names of the inputs whose batch axes it carries
    sizes    index letter -> its size
    order    the order in which axes are laid out: free indices of the equation, then summed ones
    """

    where: str
    tensors: Mapping[Expr, Tensor]
    batch: Mapping[str, frozenset[str]]
    sizes: Mapping[Symbol, Expr]
    order: Axes

    def refuse(self, expr: object, why: str) -> ValueError:
        """The error for an expression that cannot be lowered."""
        return ValueError(f"{self.where}: cannot generate code for {expr}: {why}")


def lowered(system: System, equation: Equation, batch: Mapping[str, frozenset[str]]) -> Node:
    """The right-hand side of a resolved ``equation`` as a node with the axes of its left-hand side.

    batch  tensor name -> inputs whose batch axes it carries

    Raises ValueError, naming the equation, for what is not part of the notation.
    """
    where = f"{system.name}: equation for {equation.target.name}"
    sizes = free_ranges(system, equation)
    free = tuple(split(index)[1] for index in equation.indices)
    scope = Scope(where, system.by_base, batch, sizes, free)
    if not _has_tensor(equation.rhs, scope):
        raise scope.refuse(equation.rhs, "a right-hand side without tensors has neither dtype nor device")
    result = _lower(equation.rhs, scope)
    node = aligned(result, free)
    if isinstance(node, Expand) or node.rank < len(free):  # constant along some axes: the copies are made here
        kept = tuple(a in result.axes for a in free)
        node = Expand(len(free), node.batch, node.x if isinstance(node, Expand) else node, kept)
        for axis, letter in enumerate(free):
            if letter not in result.axes and sizes[letter] != Integer(1):
                node = Repeat(len(free), node.batch, node, axis - len(free), sizes[letter])
    return node


def _lower(expr: Expr, scope: Scope) -> Labelled:
    if not _has_tensor(expr, scope):
        return _constant(expr, scope)
    if isinstance(expr, Indexed):
        return _element(expr, scope)
    if isinstance(expr, Symbol):
        tensor = scope.tensors[expr]
        return Labelled(Load(0, scope.batch[tensor.name], tensor.name), ())
    if isinstance(expr, Add):
        return added([_signed(term, scope) for term in expr.args], scope.order)
    if isinstance(expr, Mul):
        return _softmax(expr, scope) or _product(expr, scope)
    if isinstance(expr, Pow):
        return _power(expr, scope)
    if isinstance(expr, Sum):
        return _sum(expr, scope)
    if isinstance(expr, log):
        return _log_sum_exp(expr, scope) or mapped("log", (_lower(expr.args[0], scope),), scope.order)
    if isinstance(expr, Function) and len(expr.args) == 1:
        return mapped(type(expr).__name__.lower(), (_lower(expr.args[0], scope),), scope.order)
    raise scope.refuse(expr, f"{type(expr).__name__} is not part of the notation")


def _has_tensor(expr: Expr, scope: Scope) -> bool:
    return bool(expr.has(Indexed)) or any(symbol in scope.tensors for symbol in expr.free_symbols)


def _constant(expr: Expr, scope: Scope) -> Labelled:
    indices = [symbol for symbol in expr.free_symbols if symbol in scope.sizes]
    if indices or expr.has(Sum):
        raise scope.refuse(expr, f"index {indices[0] if indices else ''} stands outside the brackets of a tensor")
    unknown = [symbol for symbol in expr.free_symbols if not (symbol.is_integer and symbol.is_positive)]
    if unknown:
        raise scope.refuse(expr, f"{unknown[0]} is neither a tensor nor a size")
    return number(expr)


def _element(expr: Indexed, scope: Scope) -> Labelled:
    """``tensor[i, offset + f, ...]``."""
    if expr.base not in scope.tensors:
        raise scope.refuse(expr, f"{expr.base} is not a tensor that is defined before")
    tensor = scope.tensors[expr.base]
    node: Node = Load(len(tensor.shape), scope.batch[tensor.name], tensor.name)
    axes = []
    for axis, (index, length) in enumerate(zip(expr.indices, tensor.shape, strict=True)):
        try:
            offset, letter = split(index)
        except ValueError as error:
            raise scope.refuse(expr, str(error)) from error
        if letter not in scope.sizes:
            raise scope.refuse(expr, f"index {letter} is neither free nor summed over")
        stop = (offset + scope.sizes[letter]).expand()
        if offset != Integer(0) or stop != length:
            if (stop - length).expand().is_positive or offset.is_negative:
                raise scope.refuse(expr, f"{index} leaves the axis of length {length}")
            node = Block(node.rank, node.batch, node, axis, offset, None if stop == length else stop)
        axes.append(letter)
    if len(set(axes)) < len(axes):
        letters = tuple(dict.fromkeys(axes))
        node = Diagonal(len(letters), node.batch, node, tuple(letters.index(a) for a in axes))
        axes = list(letters)
    return Labelled(node, tuple(axes))


def _signed(term: Expr, scope: Scope) -> tuple[int, Labelled]:
    if term.could_extract_minus_sign():
        return -1, _lower(-term, scope)
    return 1, _lower(term, scope)


def _power(expr: Pow, scope: Scope) -> Labelled:
    base, exponent = expr.args
    if exponent.could_extract_minus_sign():
        return multiplied([], [_lower(Pow(base, -exponent), scope)], Integer(1), scope.order)
    if isinstance(base, sech) and exponent == Integer(2):
        return mapped("sech2", (_lower(base.args[0], scope),), scope.order)
    names = {Integer(2): "square", HALF: "sqrt"}
    if exponent in names:
        return mapped(names[exponent], (_lower(base, scope),), scope.order)
    if exponent.is_Integer:  # products of squares, which are rounded correctly, unlike powers
        factors = [Pow(base, Integer(2))] * int(exponent // 2) + [base] * int(exponent % 2)
        return multiplied([_lower(factor, scope) for factor in factors], [], Integer(1), scope.order)
    if exponent.is_Rational and exponent.q == 2:
        whole = [_lower(Pow(base, exponent - HALF), scope), _lower(sqrt(base), scope)]
        return multiplied(whole, [], Integer(1), scope.order)
    return mapped("pow", (_lower(base, scope), _lower(exponent, scope)), scope.order)


def _split_product(expr: Expr, scope: Scope) -> tuple[list[Expr], list[Expr], Expr]:
    """Factors above and below the bar, and the coefficient made of numbers and sizes."""
    above: list[Expr] = []
    below: list[Expr] = []
    coefficient = Integer(1)
    for factor in Mul.make_args(expr):
        if not _has_tensor(factor, scope):
            _constant(factor, scope)  # refuses what is not a number
            coefficient *= factor
        elif isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
            below.append(Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    return above, below, coefficient


def _product(expr: Expr, scope: Scope) -> Labelled:
    above, below, coefficient = _split_product(expr, scope)
    return multiplied([_lower(x, scope) for x in above], [_lower(x, scope) for x in below], coefficient, scope.order)


def _softmax(expr: Mul, scope: Scope) -> Labelled | None:
    """``exp(x[.., j]) / Σ_l exp(x[.., l])``, alone or times other factors; None where there is none."""
    above, below, coefficient = _split_product(expr, scope)
    for numerator in (x for x in above if isinstance(x, exp)):
        for denominator in (x for x in below if isinstance(x, Sum) and len(x.limits) == 1):
            axis = _softmax_axis(numerator, denominator, scope)
            if axis is None:
                continue
            x = _lower(numerator.args[0], scope)
            node = Softmax(x.node.rank, x.node.batch, x.node, x.axes.index(axis) - len(x.axes))
            above.remove(numerator)
            below.remove(denominator)
            others = [_lower(y, scope) for y in above]
            return multiplied(
                [Labelled(node, x.axes), *others], [_lower(y, scope) for y in below], coefficient, scope.order
            )
    return None


def _softmax_axis(numerator: Expr, denominator: Sum, scope: Scope) -> Symbol | None:
    """The free index that becomes the summed one: the axis over which the weights add up to 1."""
    ((letter, size),) = bounds(denominator)
    for axis in scope.order:
        if scope.sizes[axis] != size or axis not in numerator.free_symbols:
            continue
        if substitute(numerator, {axis: letter}) == denominator.function:
            return axis
    return None


def _log_sum_exp(expr: log, scope: Scope) -> Labelled | None:
    """``log Σ_l exp(x[.., l])``; None where it is the logarithm of something else."""
    terms = expr.args[0]
    if not (isinstance(terms, Sum) and len(terms.limits) == 1 and isinstance(terms.function, exp)):
        return None
    ((letter, _),) = bounds(terms)
    x = _lower(terms.function.args[0], _inside(terms, scope))
    if letter not in x.axes:
        return None
    left = tuple(axis for axis in x.axes if axis != letter)
    return Labelled(LogSumExp(len(left), x.node.batch, x.node, x.axes.index(letter) - len(x.axes)), left)


def _inside(expr: Sum, scope: Scope) -> Scope:
    """The scope of a sum's terms."""
    over = bounds(expr)
    clash = [letter for letter, _ in over if letter in scope.sizes]
    if clash:
        raise scope.refuse(expr, f"index {clash[0]} is already in use around the sum")
    order = scope.order + tuple(letter for letter, _ in over)
    return Scope(scope.where, scope.tensors, scope.batch, {**scope.sizes, **dict(over)}, order)


def _sum(expr: Sum, scope: Scope) -> Labelled:
    """Each term of the summand by itself: factors without a summed index stand outside its contraction."""
    over, inner = bounds(expr), _inside(expr, scope)
    terms = []
    for term in Add.make_args(expr.function):
        negative = term.could_extract_minus_sign()
        terms.append((-1 if negative else 1, _sum_of_product(-term if negative else term, dict(over), inner)))
    return added(terms, scope.order)


def _sum_of_product(term: Expr, over: Mapping[Symbol, Expr], scope: Scope) -> Labelled:
    above, below, coefficient = _split_product(term, scope)
    if isinstance(term, Mul) and term.has(exp) and _softmax(term, scope) is not None:
        above, below, coefficient = [term], [], Integer(1)
    factors = [_lower(x, scope) for x in above]
    divisors = [_lower(x, scope) for x in below]
    for divisor in [x for x in divisors if set(x.axes) & set(over)]:
        divisors.remove(divisor)
        factors.append(multiplied([], [divisor], Integer(1), scope.order))
    inside = [x for x in factors if set(x.axes) & set(over)]
    outside = [x for x in factors if not set(x.axes) & set(over)]
    present = frozenset(a for x in inside for a in x.axes)
    for letter, size in over.items():
        if letter not in present:  # Σ_l c = size · c
            coefficient *= size
    if inside:
        outside.insert(0, contracted(inside, frozenset(over) & present, scope.order))
    return multiplied(outside, divisors, coefficient, scope.order)
