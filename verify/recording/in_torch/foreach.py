"""Operations on lists of tensors, ``_foreach_mul`` …: the plain operation on one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch

PREFIX: Final = "_foreach_"
_NAMED: Final = {"addcmul": "value", "addcdiv": "value"}  # where the last number of the plain operation has a name


def each(base: str) -> Callable[..., Any] | None:
    """What ``_foreach_NAME`` does, by ``NAME``; None where torch has no such operation."""
    name = base.removeprefix(PREFIX)
    plain = getattr(torch.ops.aten, name, None)
    if plain is None:
        return None

    def listed(first: Any, *args: Any, **kwargs: Any) -> list[Any]:
        found = []
        for n, tensor in enumerate(first):
            given = [thing[n] if isinstance(thing, list | tuple) else thing for thing in args]
            named = {key: thing[n] if isinstance(thing, list | tuple) else thing for key, thing in kwargs.items()}
            if name in _NAMED and len(given) > 2:
                named[_NAMED[name]] = given.pop()
            found.append(plain(tensor, *given, **named))
        return found

    return listed
