"""Statements for pairs: two queries and a strip of keys at once, an expression as operations on packs.

A pack holds one number for each of some keys. A strip is PACKS packs; ROWS queries share what is read of its keys. What
depends on fewer of query, key and unit than its surroundings is computed once for those: outside of the loop over
units, once for a query, once for a pack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sympy import Add, Expr, Function, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol, sech, tanh

from attnproof.derivations.language.functions import texts
from attnproof.derivations.language.indexing import alpha, bounds, substitute
from attnproof.derivations.language.notation import I, J
from attnproof.impl.codegen.targets.fused.pairs.split import SEED, UNIT, Split, Total, inner_sums
from attnproof.impl.codegen.targets.loops.step import is_index
from attnproof.impl.codegen.text.printer import ATOM, PRODUCT, SUM

ROWS: Final = 2
PACKS: Final = 4
HALF: Final = Rational(1, 2)
FUNCTIONS: Final = {**texts("packs"), "sech2": "_tanh({0})"}


@dataclass
class Lines:
    """Lines of one function.

    kept     whether the forward sums are read from their tiles instead of being computed
    numbers  numbers made of sizes, which the kernel is handed; shared by all functions of a module
    rows     queries at once
    """

    split: Split
    kept: bool
    numbers: list[Expr]
    rows: range = range(ROWS)
    out: list[str] = field(default_factory=list)
    inner: list[str] | None = None
    names: dict[tuple[Expr, int | None, int | None], str] = field(default_factory=dict)
    inside: dict[tuple[Expr, int | None, int | None], str] = field(default_factory=dict)
    count: int = 0

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Every query with every pack."""
        return [(r, p) for p in range(PACKS) for r in self.rows]

    def scores(self) -> list[str]:
        """Statements that put the scores of a strip into ``s``, the forward sums into ``kept``."""
        sums = self.split.sums
        (target,) = (base for base, tensor in self.split.tensors.items() if tensor.name == "scores")
        for r, p in self.cells:
            value = self._named(self.split.pairs[target], r, p)
            self.out.append(f"store(s, place + {r} * tile + {p} * n, {value})")
        if not self.kept:
            for number, terms in enumerate(sums):
                for r, p in self.cells:
                    self.out.append(
                        f"store(kept, {number} * kept_size + place + {r} * tile + {p} * n, {self._sum(terms, r, p)})"
                    )
        return self.out

    def weights(self, products: Sequence[Expr]) -> list[str]:
        """Statements that put what is multiplied with a side's features into tiles, for totals that are products."""
        for number, expr in enumerate(products):
            for r, p in self.cells:
                value = self._named(expr, r, p)
                self.out.append(f"store(weights, {number} * kept_size + place + {r} * tile + {p} * n, {value})")
        return self.out

    def totals(self, totals: Sequence[Total], places: Mapping[str, str]) -> list[str]:
        """Statements that add a strip to the totals; ``places``: the slot of each."""
        for expr in (*self.split.pairs.values(), *(total.body for total in totals)):
            for terms in inner_sums(expr):  # no loop over units begins inside of another one
                if terms not in self.split.sums:
                    self._sum(terms, 0, 0)
        for unit in dict.fromkeys(total.unit for total in totals):
            chosen = [total for total in totals if total.unit == unit]
            if unit is None:
                for total in chosen:
                    self._add(total, places[total.tensor.name])
            else:
                self.inner, self.inside = [], {}
                for total in chosen:
                    self._add(total, f"({places[total.tensor.name]} + c)")
                self._loop(unit)
        return self.out

    def _add(self, total: Total, slot: str) -> None:
        lines = self.out if self.inner is None else self.inner
        name = total.tensor.name
        # a sum over queries is one for each pack, one over keys for each query, one over both for neither
        by_pack, by_row = J in total.axes, I in total.axes
        self._values(total.body)
        for own in range(PACKS) if by_pack else self.rows if by_row else (0,):
            where = {
                (True, False): f"of_keys, at + {slot} * strip + {own} * n",
                (False, True): f"of_rows, (to + {own} * query_slots + {slot}) * n",
                (False, False): f"of_none, {slot} * n",
            }[by_pack, by_row]
            found = f"{name}_{own}"
            begun = [f"{found} = load({where})"]
            for r, p in self.cells:
                if (by_pack and p != own) or (by_row and r != own):
                    continue
                begun.append(f"{found} = {self._plus(found, total.body, r, p)}")
            lines += [*begun, f"store({where}, {found})"]

    def _values(self, expr: Expr) -> None:
        """Name what the expression is made of at every cell, before any line that uses it."""
        for r, p in self.cells:
            self._text(expr, r, p)

    def _loop(self, unit: Expr) -> None:
        self.out.append(f"for c in range(width_{unit}):")
        self.out += [f"    {line}" for line in self.inner or ()]
        self.inner, self.inside = None, {}

    def _sum(self, terms: Expr, r: int, p: int) -> str:
        """The name of a sum over units; its loop is for all cells."""
        key = (terms, r, p)
        if key in self.names:
            return self.names[key]
        number = self.split.sums.index(terms) if terms in self.split.sums else len(self.split.sums) + self.count
        cells = {cell: f"sum_{number}_{cell[0]}{cell[1]}" for cell in self.cells}
        if self.kept and terms in self.split.sums:
            for (row, pack), name in cells.items():
                self.out.append(f"{name} = load(kept, {number} * kept_size + place + {row} * tile + {pack} * n)")
        elif self.inner is not None:
            raise ValueError(f"a sum inside a loop over units: {terms}")
        else:
            ((letter, size),) = bounds(terms)
            body = substitute(terms.function, {letter: UNIT})
            self.inner, self.inside = [], {}
            for (row, pack), name in cells.items():
                self.out.append(f"{name} = zero")
                self.inner.append(f"{name} = {self._plus(name, body, row, pack)}")
            self._loop(size)
        self.names |= {(terms, row, pack): name for (row, pack), name in cells.items()}
        return self.names[key]

    def _plus(self, before: str, expr: Expr, r: int, p: int) -> str:
        """``before + expr``."""
        texts_, below, negative = self._factors(expr, r, p)
        if len(texts_) > 1 and below is None:
            return f"{'fnma' if negative else 'fma'}({texts_[0]}, {' * '.join(texts_[1:])}, {before})"
        return f"{before} {'-' if negative else '+'} {self._text(-expr if negative else expr, r, p, PRODUCT)}"

    def _named(self, expr: Expr, r: int, p: int) -> str:
        """A name for a value, computed once for all that it depends on."""
        on = self._on(expr)
        key = (expr, r if I in on else None, p if J in on else None)
        known = self.names.get(key) or self.inside.get(key)
        if known is not None:
            return known
        if isinstance(expr, Sum):
            return self._sum(alpha(expr), r, p)
        if isinstance(expr, Indexed | Symbol) and self._base(expr) in self.split.pairs:
            found = self._named(self.split.pairs[self._base(expr)], r, p)
        else:
            text = self._element(expr, r, p) if isinstance(expr, Indexed | Symbol) else self._text(expr, r, p)
            if text.isidentifier():
                found = text
            else:
                self.count += 1
                stem = self._base_name(expr) if isinstance(expr, Indexed | Symbol) else "x"
                found = f"{stem}_{self.count}"
                lines = self.out if UNIT not in on or self.inner is None else self.inner
                lines.append(f"{found} = {text}")
        (self.inside if UNIT in on else self.names)[key] = found
        return found

    def _base(self, leaf: Expr) -> Expr:
        return leaf.base if isinstance(leaf, Indexed) else leaf

    def _base_name(self, leaf: Expr) -> str:
        return self.split.tensors[self._base(leaf)].name

    def _on(self, expr: Expr) -> frozenset[Symbol]:
        """Which of i, j and UNIT a value depends on."""
        return frozenset(one for one in (I, J, UNIT) if one in expr.free_symbols)

    def _element(self, leaf: Expr, r: int, p: int) -> str:
        tensor = self.split.tensors[self._base(leaf)]
        where = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        if any(one not in {I, J, UNIT} for one in where):
            raise ValueError(f"an element of a block in a pair: {leaf}")
        if tensor.name == SEED:
            return f"load(ds, place + {r} * tile + {p} * n)"
        slot = f"at_{tensor.name}" + " + c" * (UNIT in where)
        if I in where:
            return f"fill(get(of_query, x + {r} * query_row + {slot}))"
        if J in where:
            return f"load(of_key, y + ({slot}) * strip + {p} * n)"
        return f"fill(get(given, {slot}))"

    def _number(self, value: Expr) -> str:
        if isinstance(value, Rational):
            return "zero" if value == 0 else f"constant(of_key, {int(value.p)} / {int(value.q)})"
        if value not in self.numbers:
            self.numbers.append(value)
        return f"fill(get(given, at_numbers + {self.numbers.index(value)}))"

    def _is_number(self, expr: Expr) -> bool:
        return not expr.has(Indexed, Sum) and not any(
            symbol in self.split.tensors or is_index(symbol) for symbol in expr.free_symbols
        )

    def _text(self, expr: Expr, r: int, p: int, within: int = SUM) -> str:
        body, strength = self._print(expr, r, p)
        return f"({body})" if strength < within else body

    def _print(self, expr: Expr, r: int, p: int) -> tuple[str, int]:
        if self._is_number(expr):
            return self._number(expr), ATOM
        if isinstance(expr, Indexed | Symbol | Sum):
            return self._named(expr, r, p), ATOM
        if isinstance(expr, Add):
            return self._added(expr, r, p)
        if isinstance(expr, Mul):
            found, below, negative = self._factors(expr, r, p)
            text = " * ".join(found)
            if below is not None:
                text = f"{text} / {below}"
            return (f"{self._number(Integer(-1))} * {text}" if negative else text), (
                PRODUCT if len(found) > 1 or below or negative else ATOM
            )
        if isinstance(expr, Pow):
            return self._power(expr, r, p)
        if isinstance(expr, Function):
            return self._function(type(expr).__name__, expr, r, p), ATOM
        raise ValueError(f"{type(expr).__name__} is not part of the notation: {expr}")

    def _function(self, name: str, expr: Expr, r: int, p: int) -> str:
        """The name of a function's value; ``sech2``: of the derivative of ``expr``, a tanh, which comes with it."""
        if name not in FUNCTIONS:
            raise ValueError(f"no operation on packs for {name}")
        on = self._on(expr)
        key = (expr, r if I in on else None, p if J in on else None)
        known = self.names.get(key) or self.inside.get(key)
        if known is None:
            self.count += 1
            known = f"{type(expr).__name__}_{self.count}"
            text = FUNCTIONS[type(expr).__name__].format(self._text(expr.args[0], r, p))
            lines = self.out if UNIT not in on or self.inner is None else self.inner
            lines.append(f"{known} = {text}")
            (self.inside if UNIT in on else self.names)[key] = known
        return f"{known}[{int(name == 'sech2')}]" if isinstance(expr, tanh) else known

    def _added(self, expr: Add, r: int, p: int) -> tuple[str, int]:
        terms = self._parted(expr, Add)
        terms.sort(key=lambda one: (bool(one.could_extract_minus_sign()), isinstance(one, Mul)))
        text, *_ = [self._text(terms[0], r, p, SUM)]
        strength = SUM if len(terms) == 1 else ATOM
        for term in terms[1:]:
            text = self._plus(text, term, r, p)
            strength = ATOM if text.startswith(("fma(", "fnma(")) else SUM
        return text, min(strength, SUM)

    def _parted(self, expr: Expr, kind: type[Expr]) -> list[Expr]:
        """Arguments of a sum or product; those that depend on less than the whole, in one for all that do."""
        whole = self._on(expr)
        found: list[Expr] = []
        groups: dict[frozenset[Symbol], list[Expr]] = {}
        for one in expr.args:
            on = self._on(one)
            # a loop over units leaves out what has no unit; in it, and outside, what has no key is one for all packs
            group = on - {UNIT} if UNIT in whole and UNIT not in on else on
            outer = UNIT in whole and UNIT not in on
            key = frozenset({Symbol("outer")}) if outer else frozenset() if J not in group and J in whole else group
            groups.setdefault(key, []).append(one)
        for group, members in groups.items():
            del group
            part = kind(*members)
            found.append(part)
        return found if len(found) > 1 else list(expr.args)

    def _factors(self, expr: Expr, r: int, p: int) -> tuple[list[str], str | None, bool]:
        """Texts of the factors above the bar, text of what is below, and whether the sign is minus."""
        negative = bool(expr.could_extract_minus_sign()) and not isinstance(expr, Add)
        if negative:
            expr = -expr
        if isinstance(expr, Pow) and expr.exp == 2 and not isinstance(expr.base, sech):
            base = self._named(expr.base, r, p)
            return [base, base], None, negative
        if not isinstance(expr, Mul):
            return [self._text(expr, r, p, PRODUCT)], None, negative
        whole = self._on(expr)
        above: list[str] = []
        below: list[str] = []
        for part in self._parted(expr, Mul):
            if self._on(part) != whole and not isinstance(part, Indexed | Symbol | Sum):
                above.append(self._named(part, r, p))
                continue
            for factor in Mul.make_args(part):
                if isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
                    below.append(self._text(Pow(factor.base, -factor.exp), r, p, ATOM))
                elif isinstance(factor, Rational) and factor.p == 1 and factor.q != 1:
                    below.append(self._number(Integer(factor.q)))
                else:
                    above.append(self._text(factor, r, p, ATOM))
        if not above:
            above = ["one"]
        return above, None if not below else f"({' * '.join(below)})" if len(below) > 1 else below[0], negative

    def _power(self, expr: Pow, r: int, p: int) -> tuple[str, int]:
        base, exponent = expr.args
        if exponent.could_extract_minus_sign():
            return f"one / {self._text(Pow(base, -exponent), r, p, ATOM)}", PRODUCT
        if isinstance(base, sech) and exponent == 2:
            return self._function("sech2", tanh(base.args[0]), r, p), ATOM
        if exponent == HALF:
            return f"square_root({self._text(base, r, p)})", ATOM
        if exponent.is_Integer:
            return " * ".join([self._named(base, r, p)] * int(exponent)), PRODUCT
        if exponent.is_Rational and exponent.q == 2:
            whole = self._text(Pow(base, exponent - HALF), r, p, PRODUCT)
            return f"{whole} * square_root({self._text(base, r, p)})", PRODUCT
        raise ValueError(f"no operation on packs for a power of {exponent}")


def used(lines: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of the names that the lines read."""
    text = "\n".join(lines)
    return [name for name in names if re.search(rf"\b{name}\b", text)]
