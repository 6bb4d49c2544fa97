"""The equations of a reading, with the family's names: scores, capped, logits, weights, context."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Mul, Pow, Sum, Symbol, exp, tanh

from attnproof.derivations.calculus.canonical import canonical
from attnproof.derivations.language.notation import N_K, N_Q, I, J, L, P, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import CAPPED, CONTEXT, LOGITS, SCORES, WEIGHTS
from attnproof.verify.reading.lifting.comparison import Comparison, unbatched
from attnproof.verify.reading.lifting.handing import SEED, Handed
from attnproof.verify.reading.lifting.roles import Roles, same_sum
from attnproof.verify.reading.lifting.shorthand import displayed
from attnproof.verify.reading.lifting.writing import Tensors

X = index("x")
RESULT = Tensor("result", "o", CONTEXT.shape, "intermediate")


@dataclass
class Shown:
    """Writes equations without the batch's indices."""

    handed: Handed
    brought: Tensors

    @property
    def lead(self) -> tuple[Symbol, ...]:
        """The letters of the batch."""
        return tuple(letter for letter, _ in self.handed.batch)

    def tensors(self, found: Comparison | None = None) -> dict[str, Tensor]:
        """Every tensor that may stand in a formula."""
        own = dict(found.reference.tensors) if found else {}
        context = Tensor("context", CONTEXT.symbol, self.handed.tensors[SEED].shape, "intermediate")
        batch = tuple(size for _, size in self.handed.batch)
        brought = {n: t for n, t in self.brought.brought.items() if t.shape[: len(batch)] == batch}
        return {"context": context, **own, **self.handed.tensors, **brought}

    def expression(self, expr: Expr, letters: tuple[Symbol, ...]) -> Expr:
        """An expression in these letters."""
        return displayed(expr, self.tensors(), frozenset((*letters, *self.lead)), self.lead)

    def equation(self, target: Tensor, letters: tuple[Symbol, ...], rhs: Expr) -> Equation:
        """An equation."""
        return Equation(target, letters, self.expression(rhs, letters))

    def derived(self, found: Comparison) -> tuple[Equation, ...]:
        """The derivation's own equations, which the program has been proved to compute."""
        here = []
        for each in found.reference.definitions[: found.forward]:
            lead = len(self.lead) if each.tensor.batched else 0
            shown = displayed(each.rhs, self.tensors(found), frozenset(each.letters), self.lead)
            where = tuple(start + letter for start, letter in zip(each.starts, each.letters, strict=True))[lead:]
            here.append(Equation(unbatched(each.tensor, lead), where, shown))
        return tuple(here)

    def parts(self, found: Roles, after: Expr | None) -> tuple[Equation, ...]:
        """What a program computes, by its parts; ``after``: what follows the context."""
        if found.normaliser == "none":
            here = [self.equation(WEIGHTS, (I, J), found.weights)]
        else:
            here = [self.equation(SCORES, (I, J), found.scores)]
            if found.cap is not None:
                here.append(Equation(CAPPED, (I, J), found.cap * tanh(SCORES[I, J] / found.cap)))
            if found.added:
                added = [self.expression(term, (I, J)) for term in found.added]
                here.append(Equation(LOGITS, (I, J), Add(here[-1].target[I, J], *added)))
            here.append(Equation(WEIGHTS, (I, J), self.weights(found)))
        here.append(self._context())
        if after is not None:
            here.append(self.equation(RESULT, (I, P), after))
        return tuple(here)

    def softmax(self) -> tuple[Equation, ...]:
        """What is made of scores that are not shown."""
        weights = exp(SCORES[I, J]) / total(exp(SCORES[I, L]), (L, N_K))
        return Equation(WEIGHTS, (I, J), weights), self._context()

    def _context(self) -> Equation:
        value = unbatched(self.handed.tensors["value"], len(self.lead))
        return Equation(CONTEXT, (I, P), total(WEIGHTS[I, J] * value[J, P], (J, N_K)))

    def weights(self, found: Roles) -> Expr:
        """The weights in terms of what they are the exponentials of."""
        last = LOGITS if found.added else CAPPED if found.cap is not None else SCORES
        above = exp(last[I, J])
        if found.normaliser == "softmax over the keys":
            return found.factor * above / total(exp(last[I, L]), (L, N_K))
        if found.normaliser == "softmax over the queries":
            return found.factor * above / total(exp(last[X, J]), (X, N_Q))
        shown = [above]  # all exponentials above the line together are those of the logits
        for factor in Mul.make_args(canonical(found.weights)):
            if isinstance(factor, exp):
                continue
            if isinstance(factor, Pow) and factor.exp == -1:
                shown.append(1 / Add(*(self._below(term, found, last) for term in Add.make_args(factor.base))))
            else:
                shown.append(self.expression(factor, (I, J)))
        return Mul(*shown)

    def _below(self, term: Expr, found: Roles, last: Tensor) -> Expr:
        if isinstance(term, Sum) and same_sum(term, found.logits, J, N_K):
            return total(exp(last[I, L]), (L, N_K))
        if isinstance(term, Sum) and same_sum(term, found.logits, I, N_Q):
            return total(exp(last[X, J]), (X, N_Q))
        return self.expression(term, (I, J))
