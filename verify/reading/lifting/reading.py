"""What a program computes, as formulas, and how that differs from the nearest derivation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sympy import Expr, Indexed, IndexedBase, Symbol, exp

from attnproof.derivations.calculus.canonical import canonical
from attnproof.derivations.language.indexing import Bounds, substitute, summed
from attnproof.derivations.language.notation import D_V, N_K, N_Q, I, J, L, P, Tensor
from attnproof.derivations.language.tensors import CONTEXT, LOGITS
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import family
from attnproof.derivations.typesetting.latex import expr_text
from attnproof.verify.reading.lifting.comparison import Comparison, comparable
from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.handing import SEED, Handed
from attnproof.verify.reading.lifting.lift import Block, Lifter
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.normal import same
from attnproof.verify.reading.lifting.numeric import close
from attnproof.verify.reading.lifting.result import Reading
from attnproof.verify.reading.lifting.roles import Roles, linear_in, normalised, roles, uncapped
from attnproof.verify.reading.lifting.showing import Shown
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.reading.lifting.words import Beside, Speech, of_additions, of_gradient, of_scores, of_weights
from attnproof.verify.reading.lifting.writing import Tensors, Writer
from attnproof.verify.recording.recording import Recording

ADDED: Final = ("bias",)


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
        self.scored = (*handed.batch, (I, N_Q), (J, N_K))
        self.summed = (*handed.batch, (I, N_Q), (P, D_V))
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
        return self._different(found) if best is None else self._equal(best)

    def _equal(self, found: Comparison) -> Reading:
        others = [
            f"{name} that it returns are others than the derivation's"
            for name in self.results
            if name in ("weights", "scores") and not found.also(name)
        ]
        gradients = self._gradients(found)
        return self._reading(found, "equal", self.shown.derived(found), others, gradients)

    def _gradients(self, found: Comparison) -> dict[str, str]:
        names = [name.removeprefix("grad.") for name in self.results if name.startswith("grad.")]
        if names:
            found.differentiated()
        return {name: "equal" if found.gradient(name) else self._wrong_gradient(found, name) for name in names}

    def _wrong_gradient(self, found: Comparison, name: str) -> str:
        blocks, definitions = self.results[f"grad.{name}"], found.reference.of(f"grad_{name}")
        if len(blocks) != 1 or len(definitions) != 1:
            return f"gradient of {name}: not the derived one, block by block"
        letters, part = definitions[0].letters, blocks[0].part
        lifted = found.matching.writer.write(part.node, tuple(letters[axis] for axis in part.axes))
        tensors = self.shown.tensors(found)
        speech = Speech(tensors, self.lead, tuple(each for each in letters if each not in self.lead))
        beside = self._beside(found, definitions[0].axes)
        return of_gradient(name, lifted, found.matching.wanted(definitions[0]), speech, beside)

    def _different(self, found: Sequence[Comparison]) -> Reading:
        speech = Speech(self.shown.tensors(), self.lead, (I, J, P))
        weights, logits, after = self._weights()
        if weights is None:
            whole = found[0].lifted("context")
            said = [f"values do not enter as a weighted sum: context: {speech.short(whole)}"]
            return self._reading(found[0], "different", (self.shown.equation(CONTEXT, (I, P), whole),), said)
        additions = [*self._masks(), *(t.base for n, t in self.handed.tensors.items() if n in ADDED)]
        parts = roles(weights, additions, tuple(self.handed.sizes.scalars), logits)
        nearest = self._nearest(found, parts)
        if parts.cap is not None and not parts.cap.free_symbols & set(self.handed.sizes.scalars):
            capped = Comparison(
                nearest.score, self.handed, self.tensors, self.results, self.lifter.values, parts.cap
            )
            if capped.equal:
                return self._equal(capped)
        said = self._differences(nearest, parts, speech)
        if after is not None:
            said.append(f"weights · value, then {speech.short(after)}")
        said = said or [f"context: {speech.long(found[0].lifted('context'))}"]
        return self._reading(nearest, "different", self.shown.parts(parts, after), said)

    def _masks(self) -> list[IndexedBase]:
        return [mask.base for mask in self.tensors.masks()]

    def _sums(self) -> list[Node]:
        """The tensors inside the context that have its shape, the outermost first."""
        (block,) = self.results["context"]
        sizes = list(map(str, self.handed.tensors[SEED].shape))
        return [n for n in reversed(list(block.part.node.walk())) if sorted(map(str, n.sizes)) == sorted(sizes)]

    def _weights(self) -> tuple[Expr | None, Expr | None, Expr | None]:
        """The weights of a weighted sum of values; their logits where the program has them; and the result in terms of
        that sum where it is not all.

        Of several such sums, one inside the other, the outermost whose weights are a softmax, else the outermost.
        """
        sums = self._sums()
        for node in sums:
            if (logits := self._logits(node)) is not None:
                written = Writer(self.tensors).write(logits, self._letters(logits, self.scored))
                return self._softmax(written), written, self._after(node)
        found = [(weights, node) for node in sums if (weights := self._linear(node, {})) is not None]
        for weights, node in [*[pair for pair in found if _is_softmax(pair[0])], *found]:
            return weights, None, self._after(node)
        return None, None, None

    def _linear(self, node: Node, names: Any) -> Expr | None:
        """The weights of a node that is a weighted sum of values."""
        value = self.handed.tensors["value"].base
        written = Writer(self.tensors, names).write(node, self._letters(node, self.summed))
        return linear_in(written, value, P, self._masks())

    def _letters(self, node: Node, axes: Bounds) -> tuple[Symbol, ...]:
        sizes = [size for _, size in axes]
        return tuple(axes[sizes.index(size)][0] for size in node.sizes)

    def _after(self, node: Node) -> Expr | None:
        """The result in terms of one of its nodes, as the context; None where it is that node."""
        (block,) = self.results["context"]
        if node is block.part.node:
            return None
        sizes = [size for _, size in self.summed]
        context = Tensor("context", CONTEXT.symbol, tuple(sizes))
        names = {node: (context, tuple(sizes.index(size) for size in node.sizes))}
        at = tuple(self.summed[axis][0] for axis in block.part.axes)
        return Writer(self.tensors, names).write(block.part.node, at)

    def _logits(self, context: Node) -> Node | None:
        """What the program takes the softmax over the keys of; None where no tensor of it is that.

        The first such tensor: what is the same for a whole row may have been left out of it later, and cancels.
        """
        value = np.asarray(self.handed.requests[0].case.inputs["value"])
        wanted = self.lifter.values[context].transpose(_order(context, self.summed))
        for node in context.walk():
            values = self.lifter.values.get(node)
            if values is None or sorted(map(str, node.sizes)) != sorted(str(size) for _, size in self.scored):
                continue
            powers = np.exp(values.transpose(_order(node, self.scored)))
            if not close(powers @ value / powers.sum(-1, keepdims=True), wanted):
                continue
            atom = Tensor("logits", LOGITS.symbol, tuple(size for _, size in self.scored))
            sizes = list(atom.shape)
            weights = self._linear(context, {node: (atom, tuple(sizes.index(size) for size in node.sizes))})
            if weights is not None and same(weights, self._softmax(atom[tuple(at for at, _ in self.scored)])):
                return node
        return None

    def _softmax(self, logits: Expr) -> Expr:
        return exp(logits) / summed(exp(substitute(logits, {J: L})), ((L, N_K),))

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
        said = of_weights(parts, self.shown.weights(parts), speech)
        if parts.normaliser == "none":
            return said
        wanted = {n: self.handed.tensors[n][(*self.lead, I, J)] for n in ADDED if n in self.handed.tensors}
        for name, element in found.mask_elements.items():
            wanted["mask" if name in ("mask", "not mask") else f"mask {name}"] = element
        if not found.mask_elements:
            said += [f"{flag} is not used" for flag in ("mask", "causal") if flag in self.handed.flags]
        more, capped = of_additions(parts, wanted, speech)
        said += more
        scores = uncapped(capped, tuple(self.handed.sizes.scalars))[1]
        derived = found.reference.written_out(found.reference.of("scores")[0].rhs)
        said += of_scores(scores, derived, found.score.name, speech, self._beside(found, self.scored))
        if "softcap" in self.handed.tensors:
            kappa = self.handed.tensors["softcap"].base
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
        notes = tuple(
            f"masked scores are {expr_text(number)}, not −∞; e^({expr_text(number)}) is taken for 0"
            for number in dict.fromkeys(self.tensors.finite)
        )
        return Reading(
            self.target,
            found.score.name,
            verdict,
            equations,
            tuple(said),
            tuple(options),
            gradients or {},
            notes,
            self.reasons,
        )


def _order(node: Node, axes: Bounds) -> list[int]:
    """The node's axes in the order of these."""
    return [node.sizes.index(size) for _, size in axes]


def _is_softmax(weights: Expr) -> bool:
    kind, factor, *_ = normalised(canonical(weights))
    return kind.startswith("softmax") and factor == 1
