"""What a program computes, as formulas, and how that differs from the nearest derivation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sympy import Indexed, IndexedBase, Integer

from attnproof.derivations.calculus.effort import EffortError, at_most
from attnproof.derivations.language.indexing import Bounds
from attnproof.derivations.language.notation import N_K, N_Q, I, J, P
from attnproof.derivations.language.system import Equation
from attnproof.derivations.language.tensors import CONTEXT
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.following import SOFTMAX, followed
from attnproof.derivations.scores.own import family
from attnproof.derivations.typesetting.latex import expr_text, letter_text
from attnproof.verify.composing.angles import base_of, wrong
from attnproof.verify.reading.lifting.comparison import Comparison, comparable
from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.handing import SEED, Handed
from attnproof.verify.reading.lifting.lift import Block, Lifter
from attnproof.verify.reading.lifting.normal import MOST_STEPS
from attnproof.verify.reading.lifting.patterns import CAUSAL
from attnproof.verify.reading.lifting.result import UNDECIDED, Reading
from attnproof.verify.reading.lifting.roles import Roles, roles, uncapped
from attnproof.verify.reading.lifting.showing import Shown
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.reading.lifting.weighing import Weighing
from attnproof.verify.reading.lifting.words import Beside, Speech, of_additions, of_gradient, of_scores, of_weights
from attnproof.verify.reading.lifting.writing import LARGEST, MOST_PARTS, Tensors
from attnproof.verify.recording.recording import Recording

ADDED: Final = ("bias",)
MOST_EFFORT: Final = 4 * MOST_STEPS  # of all questions about one program
TOO_MUCH: Final = f"its formula has more than {MOST_PARTS} parts, or takes more than {MOST_STEPS} steps to compare"
LEFT_OPEN: Final = f"left open by the canonical form: what {TOO_MUCH.removeprefix('its formula ')}"


def reading(
    target: str, handed: Handed, recordings: tuple[Recording, Recording], declared: str | None = None
) -> Reading:
    """What two recordings of one question say.

    declared  the score that the target claims to compute; None: the nearest known one
    """
    with at_most(MOST_EFFORT) as effort:
        found = _Reader(target, handed, recordings).read(declared)
    if handed.square:
        found = replace(found, notes=(*found.notes, _first_of(handed)))
    return replace(found, notes=(*found.notes, LEFT_OPEN)) if effort.stopped else found


def _first_of(handed: Handed) -> str:
    """Which queries were read where there are as many keys as queries."""
    rows = " and ".join(f"{q} of {k}" for q, k in zip(*(handed.sizes.lengths[n] for n in (N_Q, N_K)), strict=True))
    what = f"the context of the first {rows} queries, not that of the others, no gradient"
    return f"as many queries as keys: read is {what}"


class _Reader:
    def __init__(self, target: str, handed: Handed, recordings: tuple[Recording, Recording]) -> None:
        self.target, self.handed = target, handed
        self.lead = tuple(letter for letter, _ in handed.batch)
        self.scored = (*handed.batch, (I, N_Q), (J, N_K))
        self.summed = (*handed.batch, (I, N_Q), (P, handed.tensors[SEED].shape[-1]))
        self.tensors = Tensors(handed.tensors)
        self.shown = Shown(handed, self.tensors)
        self.results: dict[str, tuple[Block, ...]] = {}
        self.reasons: dict[str, str] = {}
        self.lifter = Lifter((Elements(recordings[0]), Elements(recordings[1])), handed.sizes, handed.patterns)
        first, second = (recording.calls[-1].results for recording in recordings)
        for name in first:
            try:
                blocks = self.lifter.result((first[name], second[name]))
                for block in blocks:
                    self.tensors.take_up(block.part.node, self.lifter.values)
                self.results[name] = blocks
            except CannotLiftError as error:
                self.reasons[name] = str(error)

    def read(self, declared: str | None) -> Reading:
        """Beside the declared score, or beside every known one that has these inputs."""
        if "context" in self.results and len(self.results["context"]) > 1:
            self.reasons["context"] = "it is made of blocks"
        if "context" in self.reasons:
            return Reading(self.target, declared or "", "not lifted", reasons=self.reasons)
        families = [family(declared)] if declared else comparable(self.handed, tuple(FAMILIES))
        found = [Comparison(each, self.handed, self.tensors, self.results, self.lifter.values) for each in families]
        best = next((each for each in found if each.equal), None)
        if best is not None:
            return self._equal(best)
        (context,) = self.results["context"]
        weighing = Weighing(self.handed, self.tensors, context, self.lifter.values, self._masks())
        try:
            return self._different(found, weighing)
        except EffortError:
            return self._by_numbers(found, weighing)

    def _by_numbers(self, found: Sequence[Comparison], weighing: Weighing) -> Reading:
        """What the recorded numbers say where the formula is too large to be written, or to be compared."""
        agreeing = next((each for each in found if each.agrees), None)
        if agreeing is not None:
            return self._reading(agreeing, "undecided", (), [])
        what, shown = ("scores", self.shown.softmax()) if weighing.softmax else ("context", ())
        return self._reading(found[0], "different", shown, [f"{what}: other than the derivation's ({TOO_MUCH})"])

    def _equal(self, found: Comparison) -> Reading:
        if unused := [*self._unused(found), *self._other_angles()]:
            return self._reading(found, "different", self.shown.derived(found), unused)
        others = [
            f"{name} that it returns are others than the derivation's"
            for name in self.results
            if name in ("weights", "scores") and not found.also(name)
        ]
        gradients = self._gradients(found)
        return self._reading(found, "equal", self.shown.derived(found), others, gradients)

    def _other_angles(self) -> list[str]:
        """How the angles that the program turns queries and keys by are none of positions."""
        if self.handed.turned is None:
            return []
        said = (next(wrong(tables, ""), "") for tables in self.handed.turned.tables)
        return [f"rotary positions: {first}" for first in dict.fromkeys(said) if first]

    def _unused(self, found: Comparison) -> list[str]:
        """Masks that were handed over, and that are none of those that the program has. A mask may say either way what
        is seen, and a causal one start at either corner: the options say which.
        """
        has = found.mask_elements
        own = [name for name in has if name not in ("mask", "not mask")]
        said = []
        if "mask" in self.handed.flags and not has.keys() & {"mask", "not mask"}:
            said.append("mask is not used")
        said += self.handed.promised.missing(has)
        if "causal" in self.handed.flags and not has.keys() & set(CAUSAL):
            said.append(f"causal keeps {', '.join(own)}" if own else "causal is not used")
        return said

    def _gradients(self, found: Comparison) -> dict[str, str]:
        names = [name.removeprefix("grad.") for name in self.results if name.startswith("grad.")]
        if names:
            found.differentiated()
        return {name: "equal" if found.gradient(name) else self._wrong_gradient(found, name) for name in names}

    def _wrong_gradient(self, found: Comparison, name: str) -> str:
        blocks, definitions = self.results[f"grad.{name}"], found.reference.of(f"grad_{name}")
        if len(blocks) != 1 or len(definitions) != 1:
            return f"gradient of {name}: not the derived one, block by block"
        if found.matching.agrees(blocks[0], definitions[0]):
            return f"gradient of {name}: {UNDECIDED}"
        try:
            return self._told_gradient(found, name)
        except EffortError:
            return f"gradient of {name}: other numbers than the derived one's ({TOO_MUCH})"

    def _told_gradient(self, found: Comparison, name: str) -> str:
        """How a gradient differs, by formula."""
        blocks, definitions = self.results[f"grad.{name}"], found.reference.of(f"grad_{name}")
        letters, part = definitions[0].letters, blocks[0].part
        lifted = found.matching.writer.write(part.node, tuple(letters[axis] for axis in part.axes))
        tensors = self.shown.tensors(found)
        speech = Speech(tensors, self.lead, tuple(each for each in letters if each not in self.lead))
        wanted = found.matching.wanted(definitions[0])
        if lifted.has(definitions[0].tensor.base):  # a tensor on the way is the gradient
            wanted = definitions[0].tensor[letters]
        return of_gradient(name, lifted, wanted, speech, self._beside(found, definitions[0].axes))

    def _different(self, found: Sequence[Comparison], weighing: Weighing) -> Reading:
        speech = Speech(self.shown.tensors(), self.lead, (I, J, P))
        weights, logits, after = weighing.weights()
        if weights is None:
            whole = found[0].lifted("context")
            said = [f"values do not enter as a weighted sum: context: {speech.short(whole)}"]
            return self._reading(found[0], "different", (self.shown.equation(CONTEXT, (I, P), whole),), said)
        additions = [*self._masks(), *(t.base for n, t in self.handed.tensors.items() if n in ADDED)]
        parts = roles(weights, additions, tuple(self.handed.sizes.scalars), logits)
        nearest = self._nearest(found, parts)
        own_cap = parts.cap is not None and self.handed.promised.cap is None
        if own_cap and parts.cap is not None and not parts.cap.free_symbols & set(self.handed.sizes.scalars):
            capped = Comparison(nearest.score, self.handed, self.tensors, self.results, self.lifter.values, parts.cap)
            if capped.equal:
                return self._equal(capped)
        if agreeing := [each for each in found if each.agrees]:
            return self._reading(agreeing[0], "undecided", self.shown.parts(parts, after), [])
        said = self._differences(nearest, parts, speech)
        if after is not None and not nearest.score.post:
            said.append(f"weights · value, then {speech.short(after)}")
        said = said or [f"context: {speech.long(found[0].lifted('context'))}"]
        return self._reading(nearest, "different", self.shown.parts(parts, after), said)

    def _legend(self, equations: Sequence[Equation]) -> tuple[str, ...]:
        """What the tensors are that the program brings."""
        here = {str(element.base.label) for equation in equations for element in equation.rhs.atoms(Indexed)}
        said = []
        for tensor in self.tensors.brought.values():
            if tensor.symbol in here and tensor.role == "input":
                said.append(f"{letter_text(tensor.symbol)} is 0 where {tensor.name} and −∞ elsewhere")
            elif tensor.symbol in here and tensor.role == "parameter":
                said.append(f"{letter_text(tensor.symbol)} is {tensor.name}")
        return tuple(said)

    def _angles(self) -> tuple[str, ...]:
        """What stands in the tables that the program turns queries and keys by."""
        if self.handed.turned is None:
            return ()
        base = base_of(self.handed.turned.tables[0])
        names = "C_k, S_k" if self.handed.turned.first is not None else "C_q, S_q, C_k, S_k"
        return (f"{names} are cosines and sines of its own" + (f", of angles of base {base}" if base else ""),)

    def _masks(self) -> list[IndexedBase]:
        return [mask.base for mask in self.tensors.masks()]

    def _beside(self, found: Comparison, axes: Bounds) -> Beside:
        return Beside(found.matching.numbers, axes, tuple(self._masks()))

    def _nearest(self, found: Sequence[Comparison], parts: Roles) -> Comparison:
        def far(each: Comparison) -> tuple[bool, bool, int]:
            wanted = each.reference.written_out(each.reference.of("scores")[0].rhs)
            factor = self._beside(each, self.scored).ratio(parts.scores, wanted)
            mine = {element.base for element in parts.scores.atoms(Indexed)}
            return factor != 1, factor is None, len(mine ^ {element.base for element in wanted.atoms(Indexed)})

        return min(found, key=far)

    def _differences(self, found: Comparison, parts: Roles, speech: Speech) -> list[str]:
        maxima = [tensor.base for name, tensor in self.tensors.brought.items() if name.startswith(LARGEST)]
        said = of_weights(parts, self.shown.weights(parts), speech, maxima)
        if found.score.normaliser != SOFTMAX and parts.normaliser.startswith(SOFTMAX):
            said.append(f"weights: a {parts.normaliser}; derived: {found.score.normaliser}")
        if parts.normaliser == "none":
            return said
        wanted = {n: self.handed.tensors[n][(*self.lead, I, J)] for n in ADDED if n in self.handed.tensors}
        for name, element in found.mask_elements.items():
            wanted["mask" if name in ("mask", "not mask") else f"mask {name}"] = element
        said += self._unused(found)
        more, capped = of_additions(parts, wanted, speech)
        said += more
        scores = uncapped(capped, tuple(self.handed.sizes.scalars))[1]
        scores = scores.xreplace({e: Integer(0) for e in scores.atoms(Indexed) if e.base in maxima})  # told above
        derived = found.reference.written_out(found.reference.of("scores")[0].rhs)
        said += of_scores(scores, derived, found.score.name, speech, self._beside(found, self.scored))
        kappa = self.handed.promised.cap
        if "softcap" in self.handed.tensors:
            kappa = self.handed.tensors["softcap"].base
        if kappa is not None:
            if parts.cap is None:
                said.append("the soft-cap is not used")
            elif parts.cap != kappa:
                said.append(f"the soft-cap is {expr_text(parts.cap)}; derived: {expr_text(kappa)}")
        return said

    def _reading(self, found: Comparison, verdict: Any, equations: Any, said: Any, gradients: Any = None) -> Reading:
        options = [*found.system.options]
        options += [f"mask {name}" if name not in ("mask", "not mask") else name for name in found.mask_elements]
        if found.cap is not None:
            options.append(f"soft-cap {expr_text(found.cap)}")
        if self.handed.turned is not None:
            options.append(f"rotary positions of its own ({self.handed.turned.word})")
        notes = (
            self._legend(equations)
            + self._angles()
            + tuple(
                f"masked scores are {expr_text(number)}, not −∞; e^({expr_text(number)}) is taken for 0"
                for number in dict.fromkeys(self.tensors.finite)
            )
        )
        return Reading(
            self.target,
            followed(found.score.name, found.score.normaliser, found.score.post),
            verdict,
            equations,
            tuple(said),
            tuple(options),
            gradients or {},
            notes,
            self.reasons,
        )
