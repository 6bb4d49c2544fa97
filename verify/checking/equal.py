"""What is one and the same to a target: sizes (one width for query, key and hidden units), and tensors (one for key and
value, or for all three).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.derivations.attention.whole import attention
from attnproof.verify.composing.row import TIED
from attnproof.verify.options import one_of
from attnproof.verify.targets.target import Answer, Request, Target, Unsupported

SIZES: Final = {"d": "d_q", "q": "n_q", "k": "n_k", "v": "d_v"} | {n: n for n in ("d_q", "d_k", "d_a", "d_v")}
TENSORS: Final = ("query", "key", "value")


def sizes(texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The sizes that ``d_q=d_k=d_a`` and the like say are one number. Raises ValueError naming what is wrong."""
    every = [tuple(SIZES[_known("size", name, SIZES, text)] for name in _names("equal", text)) for text in texts]
    return tuple(tuple(sorted(group)) for group in _merged(every))


def tensors(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """For ``key=value`` and the like the arguments that are one tensor with another, and with which.

    Raises ValueError naming what is wrong.
    """
    every = [tuple(_known("tensor", name, TENSORS, text) for name in _names("same", text)) for text in texts]
    groups = _merged(every)
    if not groups:
        return ()
    for roles in TIED.values():
        if roles and {*roles, *roles.values()} == groups[0]:
            return tuple(roles.items())
    raise ValueError(f"--same {', '.join(texts)}: expected key=value, query=key or query=key=value")


def implied(score: str, same: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The sizes that are one number because tensors are."""
    width = {each.name: SIZES[str(each.shape[-1])] for each in attention(score).inputs if each.name in TENSORS}
    groups = [(width[role], width[root]) for role, root in same]
    groups += [("n_q", "n_k") for role, root in same if "query" in (role, root)]
    return tuple(tuple(sorted(group)) for group in _merged(groups))


def joined(*groups: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Groups that share a name made one."""
    return tuple(tuple(sorted(group)) for group in _merged(groups))


def as_one(target: Target) -> Target:
    """The target, asked with one tensor where it takes one for several arguments; requests in which these are not equal
    cannot be put.
    """
    same, ask = target.same, target.ask
    if not same:
        return target

    def asked(request: Request) -> Answer:
        for role, root in same:
            one, other = request.given[role], request.given[root]
            if not np.array_equal(one, other, equal_nan=True):
                raise Unsupported(f"{role} and {root} are one tensor")
        roles = dict(same)
        wanted = request.gradients
        if wanted is None:
            arrays = (name for name, value in request.given.items() if isinstance(value, np.ndarray))
            wanted = tuple(name for name in arrays if request.given[name].dtype == np.float64)
        lost = [name for name in wanted if name in roles and roles[name] not in wanted]
        if lost:
            raise Unsupported(f"{lost[0]} has no gradient of its own")
        return ask(replace(request, tied=roles, gradients=tuple(name for name in wanted if name not in roles)))

    return replace(target, ask=asked)


def _names(option: str, text: str) -> list[str]:
    names = [name.strip() for name in text.split("=")]
    if len(set(names)) < 2:
        raise ValueError(f"--{option} {text!r}: expected NAME=NAME, two or more")
    return names


def _known(what: str, name: str, known: Sequence[str] | dict[str, str], text: str) -> str:
    one_of(f"{what} in {text!r}", name, tuple(known))
    return name


def _merged(groups: Sequence[Sequence[str]]) -> list[set[str]]:
    found: list[set[str]] = []
    for group in groups:
        whole = set(group)
        for other in [each for each in found if each & whole]:
            whole |= other
            found.remove(other)
        found.append(whole)
    return [group for group in found if len(group) > 1]
