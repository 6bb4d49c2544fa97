"""What a layer makes of its context, as an expression: ``tanh(weight_c [context query])``, Luong's attentional vector.

    EXPRESSION = TERM {(+ | -) TERM}        TERM = FACTOR {* FACTOR}        elementwise, vectors as wide as the context
    FACTOR = context                        what attention gives, width d_v
           | NAME                           a new parameter added or multiplied, width d_v
           | NAME VECTOR                    a new matrix, (d_v, width of the vector), times the vector
           | tanh(…) | sigmoid(…) | relu(…) | (…) | - FACTOR
    VECTOR = context | query | [PART PART …] | tanh(…) | sigmoid(…) | relu(…) | (…)
    PART = context | query                  side by side, in this order

The result takes the context's place and has its width. Of every query alone: nothing is mixed across queries or heads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sympy import Expr, tanh

from attnproof.derivations.language.notation import D_V, N_Q, I, P, Tensor, index
from attnproof.derivations.language.piecewise import relu
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import CONTEXT

ATTENDED: Final = Tensor("attended", "h", (N_Q, D_V), "intermediate")  # the context before
FUNCTIONS: Final[Mapping[str, type[Expr]]] = {"tanh": tanh, "sigmoid": sigmoid, "relu": relu}
OWN: Final = ("context", "query")
COLUMN: Final = index("s")
LONGEST: Final = 200  # characters
_TOKEN: Final = re.compile(r"\s*(?:([A-Za-z_]\w*)|([-+*()\[\]]))")


class PostError(ValueError):
    """An expression that is none."""


def with_post(layer: System, text: str, query: Tensor) -> System:
    """The layer with what the text makes of its context in the context's place.

    Raises PostError, naming the text and what was expected.
    """
    made = _read(text, query)
    taken = {*layer.tensors, "key", "value", "query"}
    for tensor in made.parameters.values():
        if tensor.name in taken:
            raise PostError(f"post {text!r}: {tensor.name!r} is a tensor of the layer; expected a name of its own")
    equations = [
        Equation(ATTENDED, each.indices, each.rhs) if each.target == CONTEXT else each for each in layer.equations
    ]
    inputs = (*layer.inputs, *made.parameters.values())
    return System(layer.name, inputs, (*equations, *made.equations), layer.outputs)


def parameters(text: str, query: Tensor) -> tuple[Tensor, ...]:
    """The parameters that the text brings. Raises PostError."""
    return tuple(_read(text, query).parameters.values())


@lru_cache(maxsize=64)
def _read(text: str, query: Tensor) -> _Reader:
    reader = _Reader(text, query, _tokens(text))
    reader.run()
    return reader


def _tokens(text: str) -> list[str]:
    if not text.strip() or len(text) > LONGEST:
        raise PostError(f"post {text[:LONGEST]!r}: expected an expression of at most {LONGEST} characters")
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise PostError(
                f"post {text!r}: cannot read {text[at:].strip()[:20]!r}; expected tanh(weight_c [context query])"
            )
        found.append(match[1] or match[2])
        at = match.end()
    return found


@dataclass
class _Reader:
    """Recursive descent: an element [i, p] of what was read, and the equations before it."""

    text: str
    query: Tensor
    tokens: list[str]
    parameters: dict[str, Tensor] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)

    def run(self) -> None:
        found = self._sum()
        if self.tokens:
            raise self._error(f"{self.tokens[0]!r} is left over")
        if "context" not in _TOKEN.sub(lambda m: f" {m[1]} " if m[1] else " ", self.text).split():
            raise self._error("nothing is made of the context")
        self.equations.append(Equation(CONTEXT, (I, P), found))

    def _sum(self) -> Expr:
        found = self._product()
        while self._next() in ("+", "-"):
            sign = self._take()
            found = found + self._product() if sign == "+" else found - self._product()
        return found

    def _product(self) -> Expr:
        found = self._factor()
        while self._next() == "*":
            self._take()
            found = found * self._factor()
        return found

    def _factor(self) -> Expr:
        token = self._take()
        if token == "-":
            return -self._factor()
        if token == "(":
            return self._closed(self._sum())
        if token in FUNCTIONS:
            return self._applied(token)
        if token == "context":
            return ATTENDED[I, P]
        if not token.isidentifier() or token in OWN:
            raise self._error(f"{token or 'the end'!r} stands where a vector as wide as the context was expected")
        following = self._next()
        if following in ("[", "(") or following.isidentifier():
            return self._matrix(token, self._vector())
        return self._parameter(token, (D_V,))[P]

    def _applied(self, name: str) -> Expr:
        if self._take() != "(":
            raise self._error(f"expected {name}(…)")
        return FUNCTIONS[name](self._named(self._closed(self._sum()))[I, P])

    def _closed(self, found: Expr) -> Expr:
        if self._take() != ")":
            raise self._error("a bracket is not closed")
        return found

    def _vector(self) -> list[Tensor]:
        """Tensors side by side that a matrix is multiplied by."""
        token = self._take()
        if token == "[":
            found = []
            while self._next() in OWN:
                found.append(self._own(self._take()))
            if self._take() != "]" or not found:
                raise self._error("between brackets stand context and query")
            return found
        if token in OWN:
            return [self._own(token)]
        if token == "(":
            return [self._named(self._closed(self._sum()))]
        if token in FUNCTIONS:
            return [self._named(self._applied(token))]
        raise self._error(
            f"{token!r} is no vector: expected context, query, [context query] or an expression in brackets"
        )

    def _matrix(self, name: str, parts: list[Tensor]) -> Expr:
        widths = [part.shape[-1] for part in parts]
        matrix = self._parameter(name, (D_V, sum(widths[1:], widths[0])))
        terms: list[Expr] = []
        for k, (part, width) in enumerate(zip(parts, widths, strict=True)):
            place = sum(widths[1:k], widths[0]) + COLUMN if k else COLUMN
            terms.append(total(matrix[P, place] * part[I, COLUMN], (COLUMN, width)))
        return sum(terms[1:], terms[0])

    def _named(self, expr: Expr) -> Tensor:
        """An element [i, p] as a tensor of its own, unless it is one."""
        if expr == ATTENDED[I, P]:
            return ATTENDED
        number = len(self.equations) + 1
        tensor = Tensor(f"after_{number}", f"y_{number}", (N_Q, D_V), "intermediate")
        self.equations.append(Equation(tensor, (I, P), expr))
        return tensor

    def _own(self, name: str) -> Tensor:
        return ATTENDED if name == "context" else self.query

    def _parameter(self, name: str, shape: tuple[Expr, ...]) -> Tensor:
        made = Tensor(name, name, shape, "parameter", batched=False)
        if self.parameters.setdefault(name, made) != made:
            raise self._error(f"{name!r} stands for two shapes")
        return made

    def _next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def _take(self) -> str:
        return self.tokens.pop(0) if self.tokens else ""

    def _error(self, what: str) -> PostError:
        return PostError(f"post {self.text!r}: {what}; expected a form such as tanh(weight_c [context query])")
