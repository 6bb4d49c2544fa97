"""Heads of queries that share heads of keys: every number of them is grouped evenly, or said not to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attnproof.verify.composing.heads import heads_of, several
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import undefined
from attnproof.verify.composing.sizes import CLASSES
from attnproof.verify.properties.choosing import usual
from attnproof.verify.targets import torch_target


@pytest.mark.parametrize("count", range(2, 14))
def test_several_heads_of_keys_where_the_number_of_heads_is_no_prime(count: int) -> None:
    target = torch_target("own", "scaled_dot", lambda query, key, value: query, takes=("groups",))
    row = Row(replace(CLASSES[0], batch=(2, count)), {"groups": "several"})
    prime = count in (2, 3, 5, 7, 11, 13)
    assert (several(count) is None) == prime
    assert (undefined(target, usual(target), row) is not None) == prime
    if prime:
        with pytest.raises(ValueError, match=f"{count} heads of queries cannot share"):
            heads_of(row, {})
    else:
        shape = heads_of(row, {}).batch
        assert shape[-2] > 1
        assert shape[-2] * shape[-1] == count
