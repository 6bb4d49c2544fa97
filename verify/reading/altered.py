"""The one change with which the derivation is what a program computes, decided in the exponential ring.

A feature is left out, an argument or a gradient has a factor of its own, a sum is over one part alone: the derivation
is evaluated with that change, and where its result is the program's, that is the cause. It needs no letters, so that it
reaches what is not lifted: lengths, windows, sinks, groups of heads, all features together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.derivations.ring.constants import Constant
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.composing.compose import Composed
from attnproof.verify.composing.features import alibi
from attnproof.verify.composing.links import Link
from attnproof.verify.composing.semantics import Choice
from attnproof.verify.composing.truth import derived, linked, merged, truth
from attnproof.verify.composing.visible import sees
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.reading.added_terms import FACTORS
from attnproof.verify.targets.contract import CHOICES

Given = Mapping[str, Elements]
NAMES: Final[Mapping[str, str]] = {
    "bias": "the bias",
    "slopes": "ALiBi",
    "mask": "the mask",
    "causal": "causal",
    "window": "the window",
    "lengths": "the lengths",
    "sink": "the sink",
    "sinks": "the sinks",
    "softcap": "the soft-cap",
    "dropout": "dropout",
}
PLURAL: Final = ("lengths", "sinks")
MASKING: Final = ("bias", "slopes", "mask", "causal", "window", "lengths")  # what the truth's bias is made of
ALIGNED: Final = (("slopes", "causal"), ("slopes", "alibi"), ("causal", "causal"), ("window", "causal"))
SCALED: Final = ("sink", "sinks", "softcap", "dropout")  # beside what is added to scores (``added_terms``)


def altered(question: Composed, ring: Ring, given: Given, quantity: str, same: Callable[[Elements], bool]) -> str:
    """In words; empty where no single change does it.

    given  what was handed over, in the ring
    same   whether a result is the program's, where it counts
    """
    return next((words for words, result in _ways(question, ring, given, quantity) if same(result)), "")


def alters(
    question: Composed, ring: Ring, given: Given, quantity: str, same: Callable[[Elements], bool], words: str
) -> bool:
    """Whether a change that explains another question explains this one, too, or cannot be made here."""
    found = [same(result) for said, result in _ways(question, ring, given, quantity) if said == words]
    return any(found) or not found


def _ways(question: Composed, ring: Ring, given: Given, quantity: str) -> Iterator[tuple[str, Elements]]:
    gradient = quantity.startswith("grad.")
    return _gradients(question, ring, given, quantity) if gradient else _forwards(question, ring, given, quantity)


def _forwards(question: Composed, ring: Ring, given: Given, quantity: str) -> Iterator[tuple[str, Elements]]:
    for name in (each for each in question.row.features if each in NAMES):
        be = "are" if name in PLURAL else "is"
        if (found := truth(without(question, name), ring, given).get(quantity)) is not None:
            yield f"{NAMES[name]} {be} not used", found
        if name in SCALED and name in given:
            for word, factor in FACTORS.items():
                changed = {**given, name: given[name] * ring.constant(factor(question.case.sizes.get("d", 1)))}
                yield f"{NAMES[name]} {be} {word}", truth(question, ring, changed)[quantity]
        if name in ("sink", "sinks") and quantity == "context":
            what = "not relative to the maximum, as the exponentials are that it is added to"
            yield f"{NAMES[name]} {be} {what}", _sink_alone(question, ring, given, name)
    for name, array in given.items():
        square = array.ndim > 1 and array.shape[-1] == array.shape[-2] > 1
        if square and name in question.links and name not in (*NAMES, "query", "key", "value"):
            turned = array.transpose((*range(array.ndim - 2), array.ndim - 1, array.ndim - 2))
            yield f"{name} is transposed where it is square", truth(question, ring, {**given, name: turned})[quantity]
    for name, field in ALIGNED:
        if name in question.row.features and "bias" in question.links:
            for word in CHOICES[field]:
                if word != question.choice.get(field, CHOICES[field][0]):
                    yield (
                        f"{NAMES[name]} is {word}",
                        truth(_aligned(question, name, {field: word}), ring, given)[quantity],
                    )
    if quantity == "lse":
        yield from _levels(question, ring, given)
    if "dropout" in question.links and quantity == "context":
        yield "dropout is applied before the weights are normalised", _dropped_first(question, ring, given)


def _levels(question: Composed, ring: Ring, given: Given) -> Iterator[tuple[str, Elements]]:
    """Log-sum-exps without the maximum that was subtracted, or of nothing else."""
    found = derived(question, ring, given, ("logits", "lse"))
    most = _largest(question, found["logits"])
    for words, level in (("lacks the maximum", found["lse"] - most), ("is the maximum alone", most)):
        yield f"the log-sum-exp {words}", merged(question, "lse", level)


def _largest(question: Composed, logits: Elements) -> Elements:
    """The largest logit of every query."""
    case = question.case
    numbers = np.broadcast_to(certain(case, ("scores",))["scores"].midpoint(), logits.shape)
    added = case.inputs.get("bias", np.zeros(()))
    largest = (numbers if "softcap" not in case.inputs else _capped(numbers, float(case.inputs["softcap"]))) + added
    places = np.arange(largest[..., 0].size) * logits.shape[-1] + largest.argmax(-1).ravel()
    return logits.reshape((logits.size,)).take(places).reshape(logits.shape[:-1])


def _capped(scores: Array, cap: float) -> Array:
    return np.asarray(cap * np.tanh(scores / cap))


def _sink_alone(question: Composed, ring: Ring, given: Given, name: str) -> Elements:
    """The context where the exponential of the sink is added to exponentials that are relative to the maximum."""
    bare = without(question, name)
    found = derived(bare, ring, given, ("logits", "context"))
    most = _largest(bare, found["logits"])
    total = (found["logits"] - most.reshape((*most.shape, 1))).exp().sum((most.ndim,))
    link = question.links.get("sink") or question.links["sink_score"]
    sink = linked(ring, link, given).exp()
    share = total / (total + sink.reshape((*sink.shape, *(1,) * min(1, sink.ndim))))
    return merged(question, "context", found["context"] * share.reshape((*share.shape, 1)))


def _dropped_first(question: Composed, ring: Ring, given: Given) -> Elements:
    """The context where dropout multiplies what the weights are normalised from."""
    found = derived(without(question, "dropout"), ring, given, ("weights",))
    weights = found["weights"] * linked(ring, question.links["dropout"], given)
    total = weights.sum((weights.ndim - 1,))
    value = linked(ring, question.links["value"], given)
    return merged(question, "context", (weights @ value) / total.reshape((*total.shape, 1)))


def _gradients(question: Composed, ring: Ring, given: Given, quantity: str) -> Iterator[tuple[str, Elements]]:
    name = quantity.removeprefix("grad.")
    right = truth(question, ring, given)[quantity]
    what = f"the gradient of {name}"
    for word, factor in FACTORS.items():
        how = "taken twice" if word == "added twice" else "of the other sign" if word == "subtracted" else word
        yield f"{what} is {how}", right * ring.constant(factor(question.case.sizes.get("d", 1)))
    for feature in (each for each in question.row.features if each in NAMES):
        found = truth(without(question, feature), ring, given).get(quantity)
        if found is not None and found.shape == right.shape:
            yield f"{what} is that without {NAMES[feature].removeprefix('the ')}", found
    yield from _parts(question, ring, given, name)


def _parts(question: Composed, ring: Ring, given: Given, name: str) -> Iterator[tuple[str, Elements]]:
    """Of an array that several places of the truth are made of: one part of the sum over them, or its mean."""
    link = question.links.get(name)
    if link is None or link.name != name or name not in question.case.inputs:
        return
    question = _repeated(question, name, link)
    ids, shape = question.links[name].ids.ravel(), np.shape(question.request.given[name])
    order = np.argsort(ids, kind="stable")
    turn = np.empty(ids.size, np.int64)  # of how many places before it the same element is made
    turn[order] = np.arange(ids.size) - np.searchsorted(ids[order], ids[order])
    count = int(turn.max()) + 1
    if count == 1 or (ids < 0).any():
        return
    part = derived(question, ring, given, (f"grad_{name}",))[f"grad_{name}"]
    flat, size = part.reshape(part.size), int(np.prod(shape))
    heads = "head of each group" if "groups" in question.row.features else "of the places it stands in"
    for which, word in ((0, "first"), (count - 1, "last")):
        kept = np.flatnonzero(turn == which)
        yield (
            f"the gradient of {name} is that of the {word} {heads} alone, not the sum",
            flat.take(kept).segment_sum(ids[kept], size).reshape(shape),
        )
    mean = flat.segment_sum(ids, size).reshape(shape) * ring.constant(Constant(Fraction(1, count)))
    yield f"the gradient of {name} is the mean over the {count} places it stands in, not the sum", mean


def _repeated(question: Composed, name: str, link: Link) -> Composed:
    """The question with one array of the truth repeated along the batch, where the derivation would do it."""
    core = link.ids.shape[link.ids.ndim - len(question.case.tensors[name].shape) :]
    whole = (*question.case.batch, *core) if question.case.tensors[name].batched else link.ids.shape
    wide = replace(link, ids=np.broadcast_to(link.ids, whole), plus=np.broadcast_to(link.plus, whole))
    array = np.broadcast_to(question.case.inputs[name], whole).copy()
    case = question.case.having(**{name: array})
    request = replace(question.request, case=case)
    return replace(question, links={**question.links, name: wide}, request=request)


def without(question: Composed, feature: str) -> Composed:
    """The question with a truth that lacks a feature; what is handed over stays."""
    row = replace(question.row, features={n: level for n, level in question.row.features.items() if n != feature})
    links = dict(question.links)
    if feature in MASKING and "bias" in links:
        links["bias"] = _bias(replace(question, row=row), links["bias"], keep=feature != "bias")
    elif feature in ("sink", "sinks"):
        links = {name: link for name, link in links.items() if name not in ("sink", "sink_score")}
    else:
        links.pop(feature, None)
        if feature == "softcap" and "sink_score" in links:
            links["sink"] = links.pop("sink_score")
    given = {**question.request.given, **question.own}
    inputs = {
        name: links[name].values(np.asarray(given.get(links[name].name, 0.0), np.float64))
        for name in (*question.case.inputs, "sink")
        if name in links
    }
    case = replace(question.case, inputs=inputs)
    return replace(question, row=row, links=links, request=replace(question.request, case=case))


def _aligned(question: Composed, feature: str, other: Mapping[str, str]) -> Composed:
    """The question with a truth in which one feature alone follows another word of the contract."""
    made = _bias(question, question.links["bias"], keep=True, instead={feature: {**question.choice, **other}})
    links = {**question.links, "bias": made}
    array = made.values(np.asarray(question.request.given.get(made.name, 0.0), np.float64))
    request = replace(question.request, case=question.case.having(bias=array))
    return replace(question, links=links, request=request)


def _bias(question: Composed, link: Link, *, keep: bool, instead: Mapping[str, Choice] = MappingProxyType({})) -> Link:
    """What makes the truth's bias by the row; ``keep``: what is handed over as such stays.

    instead  what is chosen for some of the features
    """
    row, apart = question.row, question.heads.apart
    rest = replace(row, features={n: level for n, level in row.features.items() if n not in instead})
    seen = sees(rest, question.choice)
    for name, choice in instead.items():
        seen = seen & sees(replace(row, features={name: row.features[name]}), choice)
    if "mask" in row.features:
        mask = np.asarray(question.request.given["mask"], bool)
        seen = seen & (~mask if question.choice.get("polarity") == "true masks" else mask)
    plus = apart(np.where(seen, 0.0, -np.inf), 2)
    if "slopes" in row.features:
        slopes = np.asarray(question.request.given["slopes"])
        plus = plus + apart(alibi(row, instead.get("slopes", question.choice), slopes), 2)
    plus = np.broadcast_to(plus, np.broadcast_shapes(plus.shape, link.ids.shape))
    return replace(link, plus=plus) if keep else Link("", np.full(plus.shape, -1), 1.0, plus)
