"""A problem: a reference program, a candidate that claims to compute the same, and what both are handed.

There is no judgement in it. Whoever has programs in a format of their own makes a ``Problem`` of them
(``attnproof.verify.formats``), and the judge knows no format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from attnproof.verify.arithmetic.formats import FORMATS

FRAMEWORKS: Final = ("numpy", "torch", "jax")
Draw = Callable[[int], tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class Program:
    """One of the two sides.

    name       for messages: a file, a function's name
    call       takes the problem's inputs by position, as arrays of the framework in the format asked for; returns an
               array or a tuple, list or mapping of arrays. None stands for a result that it has not
    framework  of ``FRAMEWORKS``: whose arrays it takes and returns, on which device they lie is theirs to say
    unread     why its operations cannot be recorded, ``compiled code of onnxruntime`` say; empty: they can
    """

    name: str
    call: Callable[..., Any]
    framework: str
    unread: str = ""

    def __post_init__(self) -> None:
        if self.framework not in FRAMEWORKS:
            raise ValueError(f"{self.name}: unknown framework {self.framework!r}; known: {', '.join(FRAMEWORKS)}")


@dataclass(frozen=True, eq=False)
class Problem:
    """What is asked of two programs.

    names      of the inputs, in order
    draws      ways to make the inputs: name -> seed -> what is handed over, in order. Floating-point arrays are
               float64, to be rounded to the format; integers, booleans, numbers and None are handed over as they are.
               The first is the problem's own way, and may say less than the others: numbers of [0, 1) hide most faults
    dtype      the format in which floating-point inputs are handed over, of ``FORMATS``
    formats    of inputs that come in another one, by name
    gradients  inputs whose gradients count; () where only values do
    results    names of the results, in the order in which the programs return them; (): by number
    sizes      sizes that may be chosen, as they are here
    at         the same problem at other sizes, given some of ``sizes``; it may raise ValueError for some numbers
    only_these_sizes  whether the candidate claims nothing of other sizes: what it does there is no fault, and tells
               only what it does here
    whole      the same problem at its own sizes, where these here are smaller ones
    """

    name: str
    reference: Program
    candidate: Program
    names: tuple[str, ...]
    draws: Mapping[str, Draw]
    dtype: str = "fp32"
    formats: Mapping[str, str] = field(default_factory=dict)
    gradients: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    at: Callable[[Mapping[str, int]], Problem] | None = None
    only_these_sizes: bool = False
    whole: Callable[[], Problem] | None = None

    def __post_init__(self) -> None:
        if not self.draws:
            raise ValueError(f"{self.name}: there is no way to make its inputs")
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"{self.name}: two inputs have one name: {', '.join(self.names)}")
        for name in (*self.gradients, *self.formats):
            if name not in self.names:
                raise ValueError(f"{self.name}: no input {name!r}; there are {', '.join(self.names) or 'none'}")
        for dtype in (self.dtype, *self.formats.values()):
            if dtype not in FORMATS:
                raise ValueError(f"{self.name}: unknown format {dtype!r}; known: {', '.join(FORMATS)}")

    def drawn(self, seed: int, draw: str | None = None) -> dict[str, Any]:
        """The inputs by name, in order; of the first draw where none is named.

        Raises ValueError where a draw makes another number of them than the problem names.
        """
        made = self.draws[draw if draw is not None else next(iter(self.draws))](seed)
        if len(made) != len(self.names):
            raise ValueError(f"{self.name}: {len(made)} inputs are drawn, and {len(self.names)} are named")
        return dict(zip(self.names, made, strict=True))
