"""Hashes that are computed once: systems are asked for in caches far more often than they are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

Class = TypeVar("Class", bound=type)

KEPT: Final = "_kept_hash"


def kept_hash(made: Class) -> Class:
    """A frozen dataclass that keeps its hash, which is that of its fields.

    A copy in another process computes its own: the hashes of strings differ there.
    """
    of_fields: Callable[[object], int] = vars(made)["__hash__"]

    def __hash__(self: Any) -> int:
        found: int | None = self.__dict__.get(KEPT)
        if found is None:
            found = self.__dict__[KEPT] = of_fields(self)
        return found

    def __getstate__(self: Any) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != KEPT}

    made.__hash__ = __hash__  # type: ignore[method-assign,assignment]
    made.__getstate__ = __getstate__  # type: ignore[method-assign,assignment]
    return made
