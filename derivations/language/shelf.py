"""A folder of scores or proofs, a module each, imported when it is asked for: SymPy takes time, uses need few."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Subject = TypeVar("Subject")


class Shelf(Mapping[str, Subject], Generic[Subject]):
    """What the modules of ``package`` define as ``constant``, by name, in order; modules are named in lower case.

    constant  None: each module's own name, in capitals
    """

    def __init__(self, package: str, constant: str | None, order: tuple[str, ...]) -> None:
        self.package, self.constant, self.order = package, constant, order

    def __getitem__(self, name: str) -> Subject:
        if name not in self.order:
            raise KeyError(name)
        module = importlib.import_module(f"{self.package}.{name.lower()}")
        found: Subject = getattr(module, self.constant or name.upper())
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)

    def __len__(self) -> int:
        return len(self.order)

    def __contains__(self, name: object) -> bool:
        return name in self.order
