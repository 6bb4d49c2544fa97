"""What a program computes, as formulas, and how that differs from the nearest derivation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sympy import Expr, Indexed, exp

from attnproof.derivations.language.notation import N_K, I, J, L, P, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import CAPPED, CONTEXT, LOGITS, SCORES, WEIGHTS
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import family
from attnproof.derivations.typesetting.latex import equation_latex, equation_text, expr_text
from attnproof.verify.reading.lifting.comparison import Comparison, comparable, unbatched
from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.handing import SEED, Handed
from attnproof.verify.reading.lifting.lift import Block, Lifter
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.roles import Roles, linear_in, roles
from attnproof.verify.reading.lifting.shorthand import displayed
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.reading.lifting.words import (
    Speech,
    of_additions,
    of_gradient,
    of_scores,
    of_weights,
    ratio,
)
from attnproof.verify.reading.lifting.writing import Tensors, Writer
from attnproof.verify.recording.recording import Recording

SCHEMA: Final = "attnproof.read/1"
Verdict = Literal["equal", "different", "not lifted"]
EVERY_SIZE: Final = "proved equal at every size, of this branch of the code"


@dataclass(frozen=True)
class Reading:
    """What was read.

    target       its name
    score        the score beside which it was put: the declared one, or the nearest known
    verdict      ``equal``: the canonical form is the derivation's; ``different``; ``not lifted``: no index notation was
                 found for the context
    equations    what the program computes
    differences  from the derivation, in words
    options      what it does beside the score: masks, a soft-cap
    gradients    input -> ``equal``, or the difference in words, or why it could not be lifted
    notes        what the verdict rests on
    reasons      quantity -> why it could not be lifted, with the line
    """

    target: str
    score: str
    verdict: Verdict
    equations: tuple[Equation, ...] = ()
    differences: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    gradients: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """Whether context and gradients are the derivation's, at every size."""
        return self.verdict == "equal" and all(said == "equal" for said in self.gradients.values())

    def text(self) -> str:
        """For people."""
        lines = [self.target, ""]
        lines += [f"    {equation_text(equation)}" for equation in self.equations] + [""] * bool(self.equations)
        lines += self._verdict()
        lines += [f"  {said}" for said in self.differences]
        proved = [name for name, said in self.gradients.items() if said == "equal"]
        if proved:
            lines.append(f"gradients of {', '.join(proved)}: {EVERY_SIZE}")
        lines += [f"  {said}" for said in self.gradients.values() if said != "equal"]
        lines += [f"{name} cannot be lifted here: {why}" for name, why in self.reasons.items()]
        lines += [f"({note})" for note in self.notes]
        return "\n".join(lines)

    def _verdict(self) -> list[str]:
        beside = self.score + "".join(f", {option}" for option in self.options)
        if self.verdict == "equal":
            return [f"context: {beside}: {EVERY_SIZE}"]
        return [f"beside {beside}:"] if self.verdict == "different" else []

    def latex(self) -> str:
        """The equations, one a line."""
        return "\n".join(equation_latex(equation) for equation in self.equations)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "schema": SCHEMA,
            "target": self.target,
            "score": self.score,
            "verdict": self.verdict,
            "equal": self.equal,
            "equations": [
                {"tensor": e.target.name, "text": equation_text(e), "latex": equation_latex(e)} for e in self.equations
            ],
            "differences": list(self.differences),
            "options": list(self.options),
            "gradients": dict(self.gradients),
            "notes": list(self.notes),
            "reasons": dict(self.reasons),
        }


def reading(
    target: str, handed: Handed, recordings: tuple[Recording, Recording], declared: str | None = None
) -> Reading:
    """What two recordings of one question say.

    declared  the score that the target claims to compute; None: the nearest known one
    """
    return _Reader(target, handed, recordings).read(declared)


class _Reader:
    def __init__(self, target: str, handed: Handed, recordings: tuple[Recording, Recording]) -> None:
        self.target, self.handed = target, handed
        self.lead = tuple(letter for letter, _ in handed.batch)
        self.tensors = Tensors(handed.tensors)
        self.results: dict[str, tuple[Block, ...]] = {}
        self.reasons: dict[str, str] = {}
        lifter = self.lifter = Lifter((Elements(recordings[0]), Elements(recordings[1])), handed.sizes, handed.patterns)
        first, second = (recording.calls[-1].results for recording in recordings)
        for name in first:
            try:
                blocks = lifter.result((first[name], second[name]))
                for block in blocks:  # so that everything that the program brings is known
                    letters = tuple(I for _ in block.part.axes)
                    Writer(self.tensors).write(block.part.node, letters)
                self.results[name] = blocks
            except CannotLiftError as error:
                self.reasons[name] = str(error)

    def read(self, declared: str | None) -> Reading:
        if "context" not in self.results or len(self.results["context"]) > 1:
            self.reasons.setdefault("context", "it is made of blocks")
            return Reading(self.target, declared or "", "not lifted", reasons=self.reasons)
        families = [family(declared)] if declared else comparable(self.handed, tuple(FAMILIES))
        found = [Comparison(each, self.handed, self.tensors, self.results, self.lifter.values) for each in families]
        best = next((each for each in found if each.equal), None)
        if best is not None:
            return self._equal(best)
        return self._different(found)

    def _equal(self, found: Comparison) -> Reading:
        gradients = self._gradients(found)
        others = [
            f"{name} is another than the derivation's"
            for name in self.results
            if name in ("weights", "scores") and not found.also(name)
        ]
        return Reading(
            self.target,
            found.score.name,
            "equal",
            self._equations(found),
            tuple(others),
            self._options(found),
            gradients,
            self._notes(),
            self.reasons,
        )

    def _gradients(self, found: Comparison) -> dict[str, str]:
        names = [name.removeprefix("grad.") for name in self.results if name.startswith("grad.")]
        if not names:
            return {}
        found.differentiated()
        said = {}
        for name in names:
            said[name] = "equal" if found.gradient(name) else self._wrong_gradient(found, name)
        return said

    def _wrong_gradient(self, found: Comparison, name: str) -> str:
        blocks, definitions = self.results[f"grad.{name}"], found.reference.of(f"grad_{name}")
        if len(blocks) != 1 or len(definitions) != 1:
            return f"gradient of {name}: not equal in the canonical form"
        letters = definitions[0].letters
        node = blocks[0].part.node
        lifted = found.matching.writer.write(node, tuple(letters[axis] for axis in blocks[0].part.axes))
        return of_gradient(name, lifted, found.matching.wanted(definitions[0]), self._speech(letters))

    def _different(self, found: Sequence[Comparison]) -> Reading:
        whole = found[0].lifted("context")
        value = self.handed.tensors["value"].base
        masks = [mask.base for mask in self.tensors.masks()]
        weights, after = linear_in(whole, value, P, masks), None
        if weights is None:
            weights, after = self._inside(value, masks)
        speech = self._speech((I, J, P))
        if weights is None:
            equation = self._equation(CONTEXT, (I, P), whole)
            said = (f"values do not enter as a weighted sum: context: {speech.short(whole)}",)
            return self._reading(found[0], "different", (equation,), said)
        additions = [*masks, *(t.base for n, t in self.handed.tensors.items() if n == "bias")]
        parts = roles(weights, additions, tuple(self.handed.sizes.scalars))
        nearest = self._nearest(found, parts)
        if parts.cap is not None and not parts.cap.free_symbols & set(self.handed.sizes.scalars):
            capped = Comparison(nearest.score, self.handed, self.tensors, self.results, self.lifter.values, parts.cap)
            if capped.equal:
                return self._equal(capped)
        said_ = self._differences(nearest, parts, speech)
        if after is not None:
            said_.append(f"weights · value, then {speech.short(after)}")
        if not said_:
            said_.append(f"context: {speech.long(whole)}")
        return self._reading(nearest, "different", self._found_equations(parts, after), tuple(said_))

    def _inside(self, value: Any, masks: list[Any]) -> tuple[Expr | None, Expr | None]:
        """The weights of the outermost tensor inside the result that is a weighted sum of values, and the result in
        terms of it.
        """
        (block,) = self.results["context"]
        letters = (*self.lead, I, P)
        at = tuple(letters[axis] for axis in block.part.axes)
        sizes = self.handed.tensors[SEED].shape
        own: list[Node] = [n for n in block.part.node.walk() if sorted(map(str, n.sizes)) == sorted(map(str, sizes))]
        for node in reversed(own):
            place = tuple(letters[sizes.index(size)] for size in node.sizes)
            weights = linear_in(Writer(self.tensors).write(node, place), value, P, masks)
            if weights is not None:
                context = Tensor("context", CONTEXT.symbol, sizes)
                writer = Writer(self.tensors, {node: (context, tuple(letters.index(letter) for letter in place))})
                return weights, writer.write(block.part.node, at)
        return None, None

    def _nearest(self, found: Sequence[Comparison], parts: Roles) -> Comparison:
        def far(each: Comparison) -> tuple[bool, int]:
            wanted = each.reference.written_out(each.reference.of("scores")[0].rhs)
            mine = {e.base for e in parts.scores.atoms(Indexed)}
            return ratio(parts.scores, wanted) is None, len(mine ^ {e.base for e in wanted.atoms(Indexed)})

        return min(found, key=far)

    def _differences(self, found: Comparison, parts: Roles, speech: Speech) -> list[str]:
        said = of_weights(parts, speech)
        if parts.normaliser == "none":
            return said
        wanted: dict[str, Expr] = {}
        if "bias" in self.handed.tensors:
            wanted["bias"] = self.handed.tensors["bias"][(*self.lead, I, J)]
        for name, element in found.mask_elements.items():
            wanted["mask" if name in ("mask", "not mask") else f"mask {name}"] = element
        for flag in ("mask", "causal"):
            if flag in self.handed.flags and not found.mask_elements:
                said.append(f"{flag} is not used")
        more, capped = of_additions(parts, wanted, speech)
        said += more
        capped_roles = roles(exp(capped), (), tuple(self.handed.sizes.scalars)) if more else parts
        scores = capped_roles.scores if capped_roles.normaliser != "none" else parts.scores
        scores = parts.scores if not more else _uncapped(capped, parts)
        derived = found.reference.written_out(found.reference.of("scores")[0].rhs)
        said += of_scores(scores, derived, found.score.name, speech)
        if "softcap" in self.handed.tensors and parts.cap is None:
            said.append("the soft-cap is not used")
        if parts.cap is not None and "softcap" in self.handed.tensors:
            kappa = self.handed.tensors["softcap"].base
            if parts.cap != kappa:
                said.append(f"the soft-cap is {expr_text(parts.cap)}; derived: {expr_text(kappa)}")
        return said

    def _found_equations(self, parts: Roles, after: Expr | None) -> tuple[Equation, ...]:
        """What the program computes, by its parts."""
        here = [self._equation(SCORES, (I, J), parts.scores)]
        last: Tensor = SCORES
        if parts.normaliser == "none":
            here = [self._equation(WEIGHTS, (I, J), parts.weights)]
        else:
            if parts.cap is not None:
                capped = parts.cap * type_tanh(SCORES[I, J] / parts.cap)
                here.append(Equation(CAPPED, (I, J), capped))
                last = CAPPED
            if parts.added:
                added = sum((self._shown(term, (I, J)) for term in parts.added), last[I, J])
                here.append(Equation(LOGITS, (I, J), added))
                last = LOGITS
            below = total(exp(last[I, L]), (L, N_K))
            if parts.normaliser == "softmax over the queries":
                from attnproof.derivations.language.notation import N_Q, index

                below = total(exp(last[index("x"), J]), (index("x"), N_Q))
            if parts.normaliser == "other":
                here.append(self._equation(WEIGHTS, (I, J), parts.weights))
            else:
                here.append(Equation(WEIGHTS, (I, J), exp(last[I, J]) / below))
        value = unbatched(self.handed.tensors["value"], len(self.lead))
        here.append(Equation(CONTEXT, (I, P), total(WEIGHTS[I, J] * value[J, P], (J, N_K))))
        if after is not None:
            result = Tensor("result", "o", CONTEXT.shape, "intermediate")
            here.append(self._equation(result, (I, P), after))
        return tuple(here)

    def _equations(self, found: Comparison) -> tuple[Equation, ...]:
        """The derivation's own, as the program has been proved to compute them."""
        here = []
        for each in found.reference.definitions:
            if each.tensor.role == "cotangent" or each.tensor.name.startswith("grad_"):
                break
            lead = len(self.lead) if each.tensor.batched else 0
            target = unbatched(each.tensor, lead)
            shown = displayed(each.rhs, self._shown_tensors(found), frozenset(each.letters), self.lead)
            where = tuple(start + letter for start, letter in zip(each.starts, each.letters, strict=True))[lead:]
            here.append(Equation(target, where, shown))
        return tuple(here)

    def _shown_tensors(self, found: Comparison | None = None) -> dict[str, Tensor]:
        more = found.reference.tensors if found else {}
        context = Tensor("context", CONTEXT.symbol, self.handed.tensors[SEED].shape, "intermediate")
        batched = {name: tensor for name, tensor in self.tensors.brought.items() if self._has_batch(tensor)}
        return {**{t.name: t for t in (context,)}, **more, **self.handed.tensors, **batched}

    def _has_batch(self, tensor: Tensor) -> bool:
        return tensor.shape[: len(self.lead)] == tuple(size for _, size in self.handed.batch)

    def _equation(self, target: Tensor, indices: tuple[Any, ...], rhs: Expr) -> Equation:
        return Equation(target, indices, self._shown(rhs, indices))

    def _shown(self, expr: Expr, letters: tuple[Any, ...]) -> Expr:
        return displayed(expr, self._shown_tensors(), frozenset((*letters, *self.lead)), self.lead)

    def _speech(self, letters: tuple[Any, ...]) -> Speech:
        return Speech(self._shown_tensors(), self.lead, frozenset((*letters, *self.lead)))

    def _reading(
        self, found: Comparison, verdict: Verdict, equations: tuple[Equation, ...], said: tuple[str, ...]
    ) -> Reading:
        return Reading(
            self.target,
            found.score.name,
            verdict,
            equations,
            said,
            self._options(found),
            {},
            self._notes(),
            self.reasons,
        )

    def _options(self, found: Comparison) -> tuple[str, ...]:
        said = [name for name in found.system.options]
        said += [f"mask {name}" if name not in ("mask", "not mask") else name for name in found.mask_elements]
        if found.cap is not None:
            said.append(f"soft-cap {expr_text(found.cap)}")
        return tuple(said)

    def _notes(self) -> tuple[str, ...]:
        return tuple(
            f"masked scores are {expr_text(number)}, not −∞: taken for it, e^({expr_text(number)}) for 0"
            for number in dict.fromkeys(self.tensors.finite)
        )


def type_tanh(x: Expr) -> Expr:
    from sympy import tanh

    return tanh(x)


def _uncapped(capped: Expr, parts: Roles) -> Expr:
    """The scores inside what is capped."""
    from attnproof.verify.reading.lifting.roles import _cap

    return _cap(capped, tuple(parts.cap.free_symbols) if parts.cap is not None else ())[1]
