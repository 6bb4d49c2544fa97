"""Where implementations are measured: the formats and devices that are wanted and there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from attnproof.verify.arithmetic.backends import Arithmetic, arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Format
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.options import Options
from attnproof.verify.outcome import SKIPPED


@dataclass(frozen=True)
class Measured:
    """An implementation in a format on a device; no format where the device is absent."""

    implementation: Implementation
    dtype: str
    device: str

    @property
    def form(self) -> Format:
        """The format."""
        return FORMATS[self.dtype]

    @property
    def arithmetic(self) -> Arithmetic:
        """What it may err by."""
        return arithmetic(self.implementation, self.dtype, self.device)

    @property
    def name(self) -> str:
        """For the ids of rows."""
        return "/".join(part for part in (self.implementation.name, self.dtype, self.device) if part)

    @property
    def where(self) -> dict[str, str]:
        """The columns that say so."""
        return {"implementation": self.implementation.name, "dtype": self.dtype, "device": self.device}


def measured(
    options: Options, score: str, given: tuple[str, ...], output: str
) -> Iterator[tuple[Measured, tuple[str, str] | None]]:
    """Every place where ``score`` with the options ``given`` can be computed by an implementation that returns
    ``output``.

    For a device that is absent once the outcome and the reason, with a place that has no format.
    """
    for one in IMPLEMENTATIONS.values():
        for device in options.devices:
            for dtype in options.dtypes if output in one.outputs else ():
                missing = availability(one, score, dtype, device, given)
                if missing is None:
                    yield Measured(one, dtype, device), None
                elif missing[0] == SKIPPED and dtype == options.dtypes[0]:
                    yield Measured(one, "", device), missing
