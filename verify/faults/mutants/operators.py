"""Ways of being wrong: from one expression to altered ones.

Every operator takes a node and yields ``(kind, words, altered node)``; ``alterations`` applies all of them at every
place of a function where a formula stands. A term or factor that is dropped leaves its shape behind (zeros, ones), so
that the altered program runs and is wrong, and does not merely break.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Final

Alteration = tuple[str, str, ast.expr]
AXES: Final = (-1, -2, -3)
AXIS: Final = ("axis", "dim")  # what NumPy and torch call an axis
DIFFERENTIABLE: Final = {
    "tanh": "missing tanh",
    "abs": "missing function",
    "square": "missing function",
    "exp": "missing function",
}


def text(node: ast.AST, limit: int = 40) -> str:
    """The node as source, cut to a length that a name can have."""
    found = ast.unparse(node)
    return found if len(found) <= limit else found[: limit - 1] + "…"


def call(function: str, *arguments: ast.expr) -> ast.expr:
    """``function(arguments)``."""
    return ast.Call(ast.parse(function, mode="eval").body, list(arguments), [])


def terms_and_factors(node: ast.expr) -> Iterator[Alteration]:
    """Dropped terms and factors, wrong signs, quotients upside down."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "wrong sign", f"of {text(node)}", node.operand
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    if isinstance(node.op, ast.Add | ast.Sub):
        for side, term in (("left", left), ("right", right)):
            gone = ast.BinOp(left, node.op, right)
            setattr(gone, side, call("np.zeros_like", term))
            yield "dropped term", text(term), gone
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "wrong sign", f"of {text(right)}", ast.BinOp(left, other, right)
        yield "wrong sign", f"of {text(left)}", ast.BinOp(ast.UnaryOp(ast.USub(), left), node.op, right)
    elif isinstance(node.op, ast.Mult | ast.Div):
        for side, factor in (("left", left), ("right", right)):
            gone = ast.BinOp(left, node.op, right)
            setattr(gone, side, call("np.ones_like", factor))
            yield "dropped factor", text(factor), gone
        if isinstance(node.op, ast.Div):
            yield "wrong operation", f"times {text(right)}", ast.BinOp(left, ast.Mult(), right)
            yield "swapped operands", text(node), ast.BinOp(right, ast.Div(), left)


def matrices(node: ast.expr) -> Iterator[Alteration]:
    """Transposed and swapped operands of matrix products, and transposes lost."""
    if isinstance(node, ast.Attribute) and node.attr == "mT":
        yield "transposition", f"lost of {text(node.value)}", node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            operand = getattr(node, side)
            if not (isinstance(operand, ast.Attribute) and operand.attr == "mT"):
                turned = ast.BinOp(node.left, node.op, node.right)
                setattr(turned, side, ast.Attribute(operand, "mT", ast.Load()))
                yield "transposition", f"of {text(operand)}", turned
        yield "swapped operands", text(node), ast.BinOp(node.right, node.op, node.left)


def subscripts(node: ast.expr) -> Iterator[Alteration]:
    """Letters of an einsum exchanged, another letter kept, operands exchanged."""
    if not _is_call(node, "einsum"):
        return
    assert isinstance(node, ast.Call)
    written = str(ast.literal_eval(node.args[0]))
    sources, result = written.split("->")
    operands = sources.split(",")
    for number, operand in enumerate(operands):
        letters = operand.removeprefix("...")
        for a in range(len(letters)):
            for b in range(a + 1, len(letters)):
                swapped = list(letters)
                swapped[a], swapped[b] = swapped[b], swapped[a]
                others = [*operands[:number], "..." + "".join(swapped), *operands[number + 1 :]]
                yield _einsum(node, ",".join(others) + "->" + result)
    kept = result.removeprefix("...")
    for letter in dict.fromkeys(c for c in sources if c.isalpha()):
        if len(kept) == 1 and letter != kept:
            yield _einsum(node, f"{sources}->...{letter}")
    yield "swapped operands", text(node), ast.Call(node.func, [node.args[0], *reversed(node.args[1:])], node.keywords)


def _einsum(node: ast.Call, written: str) -> Alteration:
    words = f"{ast.literal_eval(node.args[0])} as {written}"
    return "index swap", words, ast.Call(node.func, [ast.Constant(written), *node.args[1:]], node.keywords)


def axes(node: ast.expr) -> Iterator[Alteration]:
    """Other axes of sums, maxima, softmax and concatenations; blocks in the other order; an axis put elsewhere; another
    size.
    """
    if isinstance(node, ast.Call):
        for number, keyword in enumerate(node.keywords):
            if keyword.arg in AXIS:
                yield from _other_axes(node, number, keyword.value)
        if (_is_call(node, "concatenate") or _is_call(node, "cat")) and isinstance(node.args[0], ast.Tuple):
            turned = ast.Tuple(list(reversed(node.args[0].elts)), ast.Load())
            yield (
                "index swap",
                "blocks in the other order",
                ast.Call(node.func, [turned, *node.args[1:]], node.keywords),
            )
    if isinstance(node, ast.Subscript):
        written = ast.unparse(node.slice)
        others: dict[str, tuple[str, ...]] = {
            "(..., None, :, :)": ("..., :, None, :", "..., :, :, None"),
            "(..., None, :)": ("..., None, :, :", "..., :, :, None"),
            "(..., None)": ("..., None, :",),
            "-1": ("-2",),
            "(..., slice(None, d_q, None))": (),
        }
        for other in others.get(written if written.startswith("(") or written == "-1" else f"({written})", ()):
            yield "wrong axis", f"{text(node)} as [{other}]", _subscript(node, other)
        if "d_q" in written:
            other = "..., d_q:" if ":d_q" in written else "..., :d_q"
            yield "index swap", f"the other block in {text(node)}", _subscript(node, other)


def _subscript(node: ast.Subscript, written: str) -> ast.expr:
    made = ast.parse(f"x[{written}]", mode="eval").body
    assert isinstance(made, ast.Subscript)
    return ast.Subscript(node.value, made.slice, node.ctx)


def _other_axes(node: ast.Call, number: int, value: ast.expr) -> Iterator[Alteration]:
    try:
        given = ast.literal_eval(value)
    except ValueError:
        return  # computed: another operator changes what it is computed from
    choices: list[object] = (
        [axis for axis in AXES if axis != given]
        if isinstance(given, int)
        else [(a, b) for a, b in ((-3, -2), (-3, -1), (-2, -1)) if (a, b) != given]
    )
    for choice in choices:
        keywords = list(node.keywords)
        keywords[number] = ast.keyword(node.keywords[number].arg, ast.parse(str(choice), mode="eval").body)
        yield "wrong axis", f"{choice} in {text(node)}", ast.Call(node.func, node.args, keywords)


def functions(node: ast.expr) -> Iterator[Alteration]:
    """Functions left out, guards left out, sums over the batch left out, squares lost."""
    if not isinstance(node, ast.Call) or not node.args:
        return
    name = ast.unparse(node.func).rpartition(".")[2].removesuffix("_")  # exp_: exp in place
    if name in DIFFERENTIABLE:
        yield DIFFERENTIABLE[name], text(node), node.args[0]
    elif name == "sqrt":
        yield "missing function", text(node), node.args[0]
    elif name == "sech2":
        yield "dropped factor", text(node), call("np.ones_like", node.args[0])
        yield "missing function", f"square of sech in {text(node)}", call("np.sqrt", node)
    elif name == "softmax":
        yield "missing function", text(node), node.args[0]
    elif name == "sum_to":
        yield "missing sum", f"over the batch in {text(node)}", node.args[0]
    elif name == "masked_fill" and isinstance(node.func, ast.Attribute):
        yield "missing guard", text(node), node.func.value
    elif name == "where":
        yield "missing guard", text(node), node.args[2]


def constants(node: ast.expr) -> Iterator[Alteration]:
    """Every number that takes part in arithmetic one larger, one smaller and doubled; every size one larger."""
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        for field in ("left", "right", "operand"):
            value = getattr(node, field, None)
            if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
                for other in dict.fromkeys((value.value + 1, value.value - 1, 2 * value.value)):
                    yield (
                        "wrong constant",
                        f"{other} for {value.value} in {text(node)}",
                        _with(node, field, ast.Constant(other)),
                    )
    if _is_call(node, "sqrt"):
        assert isinstance(node, ast.Call)
        more = ast.BinOp(node.args[0], ast.Add(), ast.Constant(1))
        yield "wrong constant", f"{text(more)} for {text(node.args[0])}", ast.Call(node.func, [more], [])


def options(node: ast.expr) -> Iterator[Alteration]:
    """``a if x is None else b``: the option is ignored."""
    if isinstance(node, ast.IfExp):
        yield "dropped term", f"option in {text(node)}", node.body


OPERATORS: Final[tuple[Callable[[ast.expr], Iterator[Alteration]], ...]] = (
    terms_and_factors,
    matrices,
    subscripts,
    axes,
    functions,
    constants,
    options,
)


@dataclass(frozen=True, eq=False)
class Altered:
    """A function with one expression altered: what was done, and the two expressions.

    function  its name
    source    of the altered function
    line      of the statement in its source file
    """

    kind: str
    words: str
    line: int
    function: str
    source: str
    before: ast.expr
    after: ast.expr


@dataclass(frozen=True, eq=False)
class _Formula:
    """An expression with the statement that it stands in; ``whole``: the right-hand side of an array's assignment, or a
    result.
    """

    node: ast.expr
    statement: ast.stmt
    whole: bool


def alterations(function: ast.FunctionDef) -> Iterator[Altered]:
    """Every altered function, each different from the original and from the others."""
    places = _places(function)
    written: set[tuple[int, str]] = set()
    for formula in _formulas(function):
        node, number = formula.node, id(formula.statement)
        written.add((number, ast.unparse(formula.statement)))
        found = [change for operator in OPERATORS for change in operator(node)]
        if formula.whole:
            found.append(("wrong precision", f"of {text(node)}", call("_narrow", node)))
            found.append(("wrong sign", f"of all of {text(node)}", ast.UnaryOp(ast.USub(), node)))
        for kind, words, after in found:
            with _put(places, node, after):
                statement = ast.unparse(formula.statement)
                new = (number, statement) not in written
                source = ast.unparse(function) if new else ""
            if new:
                written.add((number, statement))
                yield Altered(kind, words, node.lineno, function.name, source, node, after)


def _formulas(function: ast.FunctionDef) -> list[_Formula]:
    """The expressions of all assignments and of the result, outer ones first."""
    found: list[_Formula] = []
    for statement in ast.walk(function):
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Return) and statement.value is not None:
            value = statement.value
            if isinstance(value, ast.Dict | ast.Tuple | ast.Name):
                continue
            whole = not _is_plumbing(statement)
            literal = {id(part) for node in ast.walk(value) for part in _literal_axes(node)}
            found += [
                _Formula(node, statement, whole and node is value)
                for node in ast.walk(value)
                if isinstance(node, ast.expr) and id(node) not in literal
            ]
    return found


def _literal_axes(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of ``axis=-1`` and the like, which ``axes`` alters: they are no numbers to calculate with."""
    if isinstance(node, ast.keyword) and node.arg in AXIS and not any(isinstance(x, ast.Name) for x in ast.walk(node)):
        yield from ast.walk(node.value)


def _is_plumbing(statement: ast.Assign | ast.AnnAssign | ast.Return) -> bool:
    """Sizes and axes, which are no arrays of numbers."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return bool(names & {"d", "d_q", "lead", "stretched"})


_Places = dict[int, tuple[ast.AST, str, int | None]]  # id of a node -> where it hangs: parent, field, number in a list


def _places(function: ast.FunctionDef) -> _Places:
    found: _Places = {}
    for parent in ast.walk(function):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list):
                found |= {id(item): (parent, field, number) for number, item in enumerate(value)}
            else:
                found[id(value)] = parent, field, None
    return found


@contextmanager
def _put(places: _Places, node: ast.expr, after: ast.expr) -> Iterator[None]:
    """While it lasts ``after`` hangs in the place of ``node``."""
    parent, field, number = places[id(node)]

    def hang(value: ast.expr) -> None:
        if number is None:
            setattr(parent, field, value)
        else:
            getattr(parent, field)[number] = value

    hang(after)
    try:
        yield
    finally:
        hang(node)


def _with(node: ast.expr, field: str, value: ast.expr) -> ast.expr:
    changed = copy(node)
    setattr(changed, field, value)
    return changed


def _is_call(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and text(node.func).rpartition(".")[2] == name
