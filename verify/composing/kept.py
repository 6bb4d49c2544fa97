"""Cases that are made again are the earlier ones: what is known of a case, bounds and enclosures, stays with it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Final

from attnproof.verify.inputs.case import Case

MOST: Final = 1024  # cases that are kept, those that were wanted last
LARGEST: Final = 4096  # numbers of a case that is kept: what is known of one takes many times its room

_cases: OrderedDict[bytes, Case] = OrderedDict()


def kept(case: Case) -> Case:
    """The earlier case with the same score, format, names and numbers, bit for bit; else the case itself."""
    arrays = {**case.inputs, **case.cotangents}
    if sum(array.size for array in arrays.values()) > LARGEST:
        return case
    digest = hashlib.sha256(repr((case.score, case.dtype, case.size, case.input_class)).encode())
    for name, array in arrays.items():
        digest.update(repr((name, array.shape)).encode())
        digest.update(array.tobytes())
    key = digest.digest()
    found = _cases.setdefault(key, case)
    _cases.move_to_end(key)
    if len(_cases) > MOST:
        _cases.popitem(last=False)
    return found
