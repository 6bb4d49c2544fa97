"""A system as Python text that rebuilds its equations with SymPy alone."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from types import MappingProxyType

import sympy
from sympy import Expr, Indexed, IndexedBase, Rational, Symbol
from sympy.printing.str import StrPrinter

from attnproof.derivations.language.system import System


def sympy_code(system: System) -> str:
    """Sizes, indices and tensors, then ``equations``: a tuple of ``Eq``, equal to the system's own.

    Tensors are named as everywhere in the project (``weight_query[a, r]``); their SymPy letters stay those of the
    formulas. Rational numbers are printed exactly.
    """
    names = _names(system)
    printer = _Printer(names)
    symbols = [symbol for symbol in names if isinstance(symbol, Symbol)]
    sizes = [symbol for symbol in symbols if symbol.is_integer and symbol.is_positive]
    indices = [symbol for symbol in symbols if symbol.is_integer and not symbol.is_positive]
    lines = [
        _declared(names, sizes, "integer=True, positive=True"),
        _declared(names, indices, "integer=True, nonnegative=True"),
    ]
    for tensor in system.tensors.values():
        label = f'Symbol("{tensor.symbol}", real=True)'
        if tensor.shape:
            shape = ", ".join(printer.doprint(length) for length in tensor.shape)
            label = f"IndexedBase({label}, shape=({shape}{',' * (len(tensor.shape) == 1)}))"
        lines.append(f"{names[tensor.base]} = {label}")
    lines += ["equations = ("]
    for equation in system.equations:
        left, right = (printer.doprint(side) for side in (equation.lhs, equation.rhs))
        lines.append(f"    Eq({left}, {right}, evaluate=False),")
    lines.append(")")
    body = "\n".join(line for line in lines if line)
    return f"{_imports(body)}\n\n{body}\n"


def _names(system: System) -> Mapping[Expr, str]:
    """A Python name for every size, index and tensor; a tensor keeps its name before an index does."""
    found: dict[Expr, str] = {}
    taken = {*keyword.kwlist, *dir(sympy), "equations"}
    for tensor in system.tensors.values():
        found[tensor.base] = _free(tensor.name, taken)
    letters = {s for e in system.equations for side in (e.lhs, e.rhs) for s in side.atoms(Symbol)}
    letters |= {s for t in system.tensors.values() for length in t.shape for s in length.free_symbols}
    labels = {tensor.base.label for tensor in system.tensors.values() if tensor.shape}
    for symbol in sorted(letters - labels - found.keys(), key=lambda s: (not s.is_positive, s.name)):
        found[symbol] = _free(symbol.name, taken)
    return MappingProxyType(found)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _declared(names: Mapping[Expr, str], symbols: list[Symbol], assumptions: str) -> str:
    if not symbols:
        return ""
    shown = ", ".join(names[symbol] for symbol in symbols)
    letters = " ".join(symbol.name for symbol in symbols)
    comma = "," * (len(symbols) == 1)
    return f'{shown}{comma} = symbols("{letters}{comma}", {assumptions})'


def _imports(body: str) -> str:
    """What is called in the text; constants (pi, E) are not called but stand alone."""
    words = set(re.findall(r"(?<![\w.\"])([A-Za-z_]\w*)(?=\()", body)) | (set(re.findall(r"\w+", body)) & {"pi", "E"})
    used = sorted((word for word in words if hasattr(sympy, word)), key=lambda word: (word.islower(), word))
    return f"from sympy import {', '.join(used)}"


class _Printer(StrPrinter):  # type: ignore[misc]
    """SymPy's own text, with the names above and exact fractions."""

    printmethod = "_attnproof"  # elements print themselves with their letters otherwise

    def __init__(self, names: Mapping[Expr, str]) -> None:
        super().__init__()
        self.names = names

    def _print_Rational(self, expr: Rational) -> str:
        return f"Rational({expr.p}, {expr.q})"

    def _print_Symbol(self, expr: Symbol) -> str:
        return self.names.get(expr, expr.name)

    def _print_Indexed(self, expr: Indexed) -> str:
        return f"{self.names[expr.base]}[{', '.join(self._print(where) for where in expr.indices)}]"

    def _print_IndexedBase(self, expr: IndexedBase) -> str:
        return self.names[expr]
