"""A kept hash is that of the fields, and no other process inherits it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace

from attnproof.derivations.language.hashing import KEPT, kept_hash

ASKED: list[str] = []


class Counted(str):
    def __hash__(self) -> int:
        ASKED.append(str(self))
        return super().__hash__()


@kept_hash
@dataclass(frozen=True)
class Pair:
    left: str
    right: int = 0


def test_the_hash_is_that_of_the_fields_and_asked_for_once() -> None:
    ASKED.clear()
    pair = Pair(Counted("a"), 1)
    assert len({hash(pair) for _ in range(3)}) == 1
    assert ASKED == ["a"]
    assert hash(pair) == hash(Pair("a", 1))
    assert hash(replace(pair, right=2)) == hash(Pair("a", 2)) != hash(pair)


def test_a_copy_for_another_process_has_no_hash() -> None:
    pair = Pair("a", 1)
    hash(pair)
    assert KEPT in pair.__dict__
    copy = pickle.loads(pickle.dumps(pair))
    assert KEPT not in copy.__dict__
    assert copy == pair
