"""Every single way in which keys are hidden otherwise than they should be, and what is added to scores is added.

By one feature: it is not used, hides what it should show, is one position off, is of the other side, of another
alignment or of the first element for all; by two: either one is enough. Hidden scores have a number of the program's
own, or the mask comes after the softmax.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.composing.compose import Composed
from attnproof.verify.composing.features import alibi
from attnproof.verify.composing.links import Link
from attnproof.verify.composing.links import linked as made_of
from attnproof.verify.composing.visible import Window, lengths_of, positions, sees, window_of, within
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.targets.contract import CHOICES

Mask = npt.NDArray[np.bool_]
Array = npt.NDArray[np.float64]
NAMES: Final = {
    "mask": "the mask",
    "causal": "causal",
    "window": "the window",
    "lengths": "the lengths",
    "bias": "the bias",
    "slopes": "ALiBi",
}
HIDING: Final = ("mask", "causal", "window", "lengths")


def called(question: Composed, name: str, among: Collection[str] = NAMES) -> str:
    """An array of the truth, in words: of the truth's bias those of the features that it is made of."""
    if name != "bias":
        return name
    has = (NAMES[each] for each in NAMES if each in question.row.features and each in among)
    return " and ".join(has)


def whole(question: Composed) -> Mask:
    """What all features together leave."""
    return _all(shown(question).values())


def shown(question: Composed) -> dict[str, Mask]:
    """What each feature leaves, in the truth's shape."""
    row, apart = question.row, question.heads.apart
    found = {}
    for name in (each for each in HIDING if each in row.features):
        if name == "mask":
            mask = np.asarray(question.request.given["mask"], bool)
            found[name] = ~mask if question.choice.get("polarity") == "true masks" else mask
        else:
            found[name] = sees(replace(row, features={name: row.features[name]}), question.choice)
    return {name: np.asarray(apart(each, 2)) for name, each in found.items()}


def hidings(question: Composed) -> Iterator[tuple[str, Mask]]:
    """Words, and what is seen, in the truth's shape."""
    parts = shown(question)
    whole = _all(parts.values())
    for name, part in parts.items():
        others = _all(each for other, each in parts.items() if other != name)
        be = "are" if name == "lengths" else "is"
        yield f"{NAMES[name]} {be} not used", others
        for words, changed in _others(question, name, part):
            yield f"{NAMES[name]} {words}", others & changed
        for other, second in parts.items():
            if other > name:
                rest = _all(each for third, each in parts.items() if third not in (name, other))
                yield (
                    f"a key is seen that {NAMES[name]} or {NAMES[other]} shows, not one that both show",
                    rest & (part | second),
                )
    for place, word in ((0, "first"), (-1, "last")):
        always = np.zeros(whole.shape[-1], bool)
        always[place] = True
        yield f"the {word} key is always seen", whole | always


def _all(masks: Iterable[Mask]) -> Mask:
    return reduce(np.logical_and, masks, np.ones((1, 1), bool))


def _others(question: Composed, name: str, part: Mask) -> Iterator[tuple[str, Mask]]:
    """One feature otherwise."""
    apart = question.heads.apart
    yield ("hides what it should show, and shows what it should hide" if name == "mask" else "hides the others"), ~part
    if part.ndim > 2 and part.shape[0] > 1:
        yield "of the first element of the batch stands for all", np.broadcast_to(part[:1], part.shape)
    if part.shape[-2] == part.shape[-1] > 1:
        yield "is transposed: it hides queries where it should hide keys", part.swapaxes(-1, -2)
    words = {"causal": _causal, "window": _windows, "lengths": _lengths}
    if name in words:
        for said, seen in words[name](question):
            yield said, np.asarray(apart(seen, 2))


def _causal(question: Composed) -> Iterator[tuple[str, Mask]]:
    for word in CHOICES["causal"]:
        rows, columns = positions(question.row, {"causal": word})
        if word != question.choice.get("causal", CHOICES["causal"][0]):
            yield f"is {word}", columns <= rows
    rows, columns = positions(question.row, question.choice)
    yield "hides the key at the query's own position, too", columns < rows
    yield "lets each query see one key more", columns <= rows + 1
    yield "hides earlier keys, not later ones", columns >= rows


def _windows(question: Composed) -> Iterator[tuple[str, Mask]]:
    row = question.row
    window, choice = window_of(row, question.choice.get("window", "")), question.choice
    word = choice.get("window", "both inclusive")
    rows, columns = positions(row, choice)
    gap = rows - columns
    for other in CHOICES["window"]:
        if other not in (word, "pair"):
            yield f"is {other} (declared: {word})", within(gap, window, other)
    for more, said in ((1, "one position wider"), (-1, "one position narrower")):
        size: Window = (window[0] + more, window[1] + more) if isinstance(window, tuple) else window + more
        yield f"is {said}", within(gap, size, word)
    for align in CHOICES["causal"]:
        rows, columns = positions(row, {"causal": align})
        yield f"lies {align}", within(rows - columns, window, word)


def _lengths(question: Composed) -> Iterator[tuple[str, Mask]]:
    row = question.row
    lengths, n_k = lengths_of(row), row.setting.n_k
    rest = (1,) * (len(row.setting.batch) - 1)

    def seen(present: Mask) -> Mask:
        queries = lengths.shape[1] if lengths.ndim > 1 else 1
        return present.reshape(lengths.shape[0], *rest, queries, n_k)

    keys, ends = np.arange(n_k), lengths[..., None]
    yield "let one key too many be seen", seen(keys <= ends)
    yield "hide one key too many", seen(keys < ends - 1)
    yield "leave the last keys, not the first", seen(keys >= n_k - ends)
    yield "of 0 let a key be seen", seen(keys < np.maximum(ends, 1))
    yield "hide the keys that are there, not the padding", seen(keys >= ends)
    if lengths.ndim == 1:
        yield "are the first element's for all", seen(np.broadcast_to(keys < lengths[:1, None], (*lengths.shape, n_k)))
        yield "are the longest for all", seen(np.broadcast_to(keys < lengths.max(), (*lengths.shape, n_k)))


def alibis(question: Composed) -> Iterator[tuple[str, Array]]:
    """Words, and what is added, in the truth's shape."""
    if "slopes" not in question.row.features:
        return
    row, choice = question.row, question.choice
    slopes = np.asarray(question.request.given["slopes"])
    right = alibi(row, choice, slopes)
    ways: Mapping[str, Array] = {
        "ALiBi is not used": np.zeros_like(right),
        "ALiBi has the other sign: what is further away scores higher": -right,
        "ALiBi is added twice": 2 * right,
        "the slopes reach the heads in the reverse order": alibi(row, choice, slopes[::-1]),
        "the slope of the first head is used for all heads": alibi(row, choice, np.full_like(slopes, slopes[0])),
        "ALiBi's distance is squared": alibi(row, choice, slopes) * np.abs(alibi(row, choice, np.ones_like(slopes))),
        "ALiBi adds the distance without the slopes": alibi(row, choice, np.ones_like(slopes)),
    }
    for field in ("causal", "alibi"):
        for word in CHOICES[field]:
            if word != choice.get(field, CHOICES[field][0]):
                ways = {**ways, f"ALiBi is {word}": alibi(row, {**choice, field: word}, slopes)}
    for words, added in ways.items():
        yield words, np.asarray(question.heads.apart(added, 2))


def biased(question: Composed, seen: Mask, added: Array | None = None) -> Link:
    """What makes the truth's bias where this is seen, and this is added by ALiBi (None: what is due)."""
    link = question.links["bias"]
    plus = np.where(seen, 0.0, -np.inf)
    if added is None and "slopes" in question.row.features:
        slopes = np.asarray(question.request.given["slopes"])
        added = np.asarray(question.heads.apart(alibi(question.row, question.choice, slopes), 2))
    plus = plus if added is None else plus + added
    return made_of(link.name, link.ids, link.factor, plus)


def numbers_of(question: Composed, shape: tuple[int, ...]) -> Array:
    """The scores of the truth in float64, with soft-cap and bias."""
    case = question.case
    scores = np.broadcast_to(certain(case, ("scores",))["scores"].midpoint(), shape)
    if "softcap" in case.inputs:
        scores = case.inputs["softcap"] * np.tanh(scores / case.inputs["softcap"])
    return np.asarray(scores + case.inputs.get("bias", np.zeros(())))
