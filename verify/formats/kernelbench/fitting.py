"""Smaller sizes for a problem whose own have more numbers than are judged at once.

Files are tried at them with tensors that have shapes and no memory: their own sizes may need more than there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from attnproof.verify.composing.constants import constants_of
from attnproof.verify.formats.kernelbench.files import WANTED, executed

MOST: Final = 4096  # numbers of all inputs and parameters
_OWN: Final = 4  # integers from here on are sizes that a program may be made for


def fitted(file: Path, own: Mapping[str, int]) -> dict[str, int]:
    """The file's sizes, the largest halved until inputs and parameters have at most ``MOST`` numbers; its own where it
    cannot be tried without memory, or cannot be made smaller.
    """
    found = dict(own)
    count = numbers(file, found)
    while count is not None and count > MOST:
        trials = (
            {**found, name: found[name] // 2} for name in sorted(found, key=lambda n: -found[n]) if found[name] > 1
        )
        smaller = next(((t, n) for t in trials if (n := numbers(file, t)) is not None and n < count), None)
        if smaller is None:
            return dict(own)
        found, count = smaller
    return found


def numbers(file: Path, sizes: Mapping[str, int]) -> int | None:
    """How many the inputs and parameters have; None where the model does not run at these sizes."""
    with FakeTensorMode(allow_non_fake_inputs=True), torch.no_grad():
        try:
            stated = executed(file, WANTED, sizes)
        except ValueError:  # it cannot be run with these numbers
            return None
        try:
            model, inputs = stated["Model"](*stated["get_init_inputs"]()), stated["get_inputs"]()
            model(*inputs)
        except Exception:  # noqa: BLE001 - sizes that do not fit each other raise whatever the model raises
            return None
    tensors = [*inputs, *model.parameters()]
    return sum(x.numel() for x in tensors if isinstance(x, torch.Tensor))


def sizes_of_its_own(model: Callable[..., Any]) -> dict[int, str]:
    """The integers in the code of a candidate's class that may be sizes that it is made for: with the place of each."""
    return {n: place for n, place in constants_of(model).integers.items() if n >= _OWN}
