"""What a formula is, and every form in which it can be read."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from sympy import Eq, Expr, KroneckerDelta

from attnproof.derivations.formulas.sympy_code import sympy_code
from attnproof.derivations.language.notation import N_K, Tensor
from attnproof.derivations.language.ranges import free_ranges
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.proof.identities import put
from attnproof.derivations.typesetting.coq_system import system_definition
from attnproof.derivations.typesetting.latex import (
    equation_latex,
    equation_text,
    letter_latex,
    letter_text,
    shape_text,
)
from attnproof.derivations.typesetting.mathml import equation_mathml, latex_mathml

MATHML = "http://www.w3.org/1998/Math/MathML"
CELL = 19_500  # bytes that a notebook keeps of a formula, at most
Check = Callable[[], bool | None]
IDENTITY = Tensor("identity", "delta", (N_K, N_K), "parameter", batched=False)  # the matrix: nobody has to give it


@dataclass(frozen=True)
class Proof:
    """Why a formula holds.

    why     one sentence
    claims  ids in the ledger that prove it or speak about it: ``attnproof claim ID``
    checks  each road by which a machine can check the formula again; none for a definition. A road that has no answer
            says None
    """

    why: str
    claims: tuple[str, ...] = ()
    checks: Mapping[str, Check] = field(default_factory=lambda: MappingProxyType({}), compare=False)


@dataclass(frozen=True)
class Formula:
    """A derived formula: the equations that lead from its inputs to one quantity, options decided.

    name         ``additive.adjoint.query``, with ``+option`` for every option that is given
    title        what it is
    system       ``system.inputs`` lead by ``system.equations``, in order of evaluation, to the quantity
    quantity     the name of the tensor that the last equations define
    assumptions  what it needs
    proof        why it holds; ``check()`` runs the proof's checks
    source       literature
    forward      for a gradient: the system that is differentiated, and ``of`` its output whose gradient it is
    """

    name: str
    title: str
    system: System
    quantity: str
    assumptions: tuple[str, ...]
    proof: Proof
    source: str
    forward: System | None = None
    of: str | None = None

    @property
    def tensor(self) -> Tensor:
        """The quantity: its name, letter and shape."""
        return self.system.tensors[self.quantity]

    @property
    def symbol(self) -> str:
        """The quantity's letter, ``q̄``."""
        return letter_text(self.tensor.symbol)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """In order of evaluation; the last one (the last ones, where it is made of blocks) define the quantity."""
        return self.system.equations

    @property
    def expression(self) -> Expr:
        """The right-hand side that defines the quantity. Raises ValueError where it is made of blocks."""
        found = [equation for equation in self.equations if equation.target.name == self.quantity]
        if len(found) != 1:
            raise ValueError(f"{self.name} is made of {len(found)} blocks; read its equations instead")
        return found[0].rhs

    @property
    def symbols(self) -> Mapping[str, Tensor]:
        """Every tensor by name, inputs first: ``symbols["query"].shape`` is ``(n_q, d_q)``."""
        return self.system.tensors

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The tensors that have to be given; the identity matrix is none of them."""
        return tuple(tensor for tensor in self.system.inputs if tensor != IDENTITY)

    @cached_property
    def sizes(self) -> tuple[Expr, ...]:
        """The symbolic sizes that occur, in alphabetical order."""
        shapes = {s for tensor in self.symbols.values() for length in tensor.shape for s in length.free_symbols}
        ranges = {
            s for e in self.equations for length in free_ranges(self.system, e).values() for s in length.free_symbols
        }
        plain = {s for e in self.equations for s in e.rhs.free_symbols if s.is_integer and s.is_positive}
        return tuple(sorted(shapes | ranges | plain, key=str))

    def check(self) -> Mapping[str, bool | None]:
        """Run every check of the proof now: road -> whether it holds, None where it has no answer. Empty for a
        definition.
        """
        return {road: check() for road, check in self.proof.checks.items()}

    def text(self) -> str:
        """One equation a line, plain text with Unicode letters."""
        return "\n".join(equation_text(equation) for equation in self.equations)

    def latex(self) -> str:
        r"""The equations in LaTeX, for maths mode; several stand in ``aligned``."""
        lines = [equation_latex(equation) for equation in self.equations]
        if len(lines) == 1:
            return lines[0]
        rows = "".join(f"  {line.replace(' = ', ' &= ', 1)} \\\\\n" for line in lines)
        return f"\\begin{{aligned}}\n{rows}\\end{{aligned}}"

    def mathml(self) -> str:
        """One ``<math>`` element a line."""
        return "\n".join(equation_mathml(equation) for equation in self.equations)

    def sympy(self) -> tuple[Eq, ...]:
        """The equations as SymPy's ``Eq``, unevaluated."""
        return tuple(Eq(e.lhs, e.rhs, evaluate=False) for e in _written_out(self.system).equations)

    def sympy_code(self) -> str:
        """Python that rebuilds ``sympy()`` with SymPy alone; names for tensors, ``equations`` for all."""
        return sympy_code(_written_out(self.system))

    def coq(self) -> str:
        """A Coq definition of the quantity, over the words of ``verify/kernel/theory/prelude.v``.

        Raises ValueError where an expression has no Coq text.
        """
        plain, *options = self.name.split("+")
        identifier = "_".join((re.sub(r"\W", "_", plain), *(f"with_{option}" for option in options)))
        return system_definition(identifier, self.title, _written_out(self.system), self.quantity, self.sizes)

    def described(self) -> str:
        """Text for a person: title, equations, what the letters stand for, assumptions, proof, source."""
        wide = max(len(letter_text(t.symbol)) for t in self.symbols.values())
        long = max(len(name) for name in self.symbols)
        lines = [f"{self.name}: {self.title}", "", *(f"    {line}" for line in self.text().splitlines()), ""]
        for name, tensor in self.symbols.items():
            what = f"{shape_text(tensor)}{', the identity matrix' * (tensor == IDENTITY)}"
            lines.append(f"{letter_text(tensor.symbol):<{wide}}  {name:<{long}}  {what}")
        lines += ["", *(f"Assumes: {one}" for one in self.assumptions), f"Holds: {self.proof.why}"]
        if self.proof.claims:
            lines.append(f"Claims: {', '.join(self.proof.claims)} (attnproof claim {self.proof.claims[0]})")
        return "\n".join([*lines, f"Source: {self.source}."])

    def __repr__(self) -> str:
        """Short: a notebook keeps it beside the other forms, and an error message may hold it."""
        return f"formula({self.name!r})"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        rows = _light(
            "".join(
                f"<tr><td>{latex_mathml(letter_latex(tensor.symbol), block=False)}</td>"
                f"<td><code>{html.escape(name)}</code></td><td>{html.escape(shape_text(tensor))}</td></tr>"
                for name, tensor in self.symbols.items()
            )
        )
        head = f"<p><b><code>{html.escape(self.name)}</code></b>: {html.escape(self.title)}</p>"
        room = CELL - len((head + rows + self._repr_latex_()).encode())
        lines: list[str] = []  # the last ones, where not all of them fit
        for equation in reversed(self.equations):
            lines.insert(0, _light(equation_mathml(equation)))
            room -= len(lines[0].encode())
            if room < 0:
                lines[0] = (
                    f"<p>… {len(self.equations) - len(lines) + 1} equations before these: <code>text()</code></p>"
                )
                break
        return f"<div>{head}{''.join(lines)}<table>{rows}</table></div>"


def _light(page: str) -> str:
    """MathML without what HTML does not need: a namespace, rows of one element, numbers for letters. Notebooks keep
    it.
    """
    page = re.sub(r"<mrow>(<(m[ion])>[^<]*</\2>)</mrow>", r"\1", page.replace(f' xmlns="{MATHML}"', ""))
    return re.sub(r"&#x[0-9A-F]+;", lambda found: html.escape(html.unescape(found[0])), page)


def _written_out(system: System) -> System:
    """The system with Kronecker's delta in place of the elements of the identity matrix."""
    if IDENTITY not in system.inputs:
        return system
    equations = tuple(Equation(e.target, e.indices, put(e.rhs, IDENTITY, KroneckerDelta)) for e in system.equations)
    return System(system.name, tuple(t for t in system.inputs if t != IDENTITY), equations, system.outputs)
