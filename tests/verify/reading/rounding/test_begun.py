"""What a sum of products begins with is rounded with every one of them: ``torch.addmm``, and so every ``nn.Linear``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.reading.rounding.own import Machine
from attnproof.verify.reading.rounding.sweep import sweep
from attnproof.verify.recording.in_torch import TorchRecorder

CALLS: dict[str, Any] = {
    "addmm": (torch.addmm, (3, 5), (3, 7), (7, 5)),
    "linear": (lambda b, x, w: torch.nn.functional.linear(x, w.mT, b), (5,), (3, 7), (7, 5)),
    "baddbmm": (torch.baddbmm, (2, 3, 5), (2, 3, 7), (2, 7, 5)),
    "addmv": (torch.addmv, (3,), (3, 7), (7,)),
}


@pytest.mark.parametrize("name", CALLS)
def test_errors_stay_within_the_bound(name: str) -> None:
    function, *shapes = CALLS[name]
    generator = torch.Generator().manual_seed(0)
    worst = 0.0
    for _ in range(40):
        begin, x, y = (torch.randn(shape, generator=generator) for shape in shapes)
        given = {"begin": begin, "x": x / 64, "y": y / 64}
        recorder = TorchRecorder()
        for key, value in given.items():
            recorder.input(key, value)
        with torch.no_grad(), recorder.listening():
            out = function(*given.values())
        recorder.call(given, {}, {"out": out})
        found = sweep(recorder.finish(), Machine())
        ids = recorder.tape.calls[-1].results["out"]
        error = np.abs(out.double().numpy() - _exact(function, given))
        worst = max(worst, float((error / found.running[ids]).max()))
    assert 0.1 < worst <= 1.0


def _exact(function: Any, given: dict[str, Any]) -> Any:
    """In float64, whose own errors are 2⁻²⁹ of what is judged; one element in rational numbers says that it is it."""
    begin, x, y = (value.double() for value in given.values())
    found = function(begin, x, y).numpy()
    row, column = x.reshape(-1, 7)[0], y.reshape(-1, 7, y.shape[-1] if y.ndim > 1 else 1)[0, :, 0]
    exact = Fraction(float(begin.ravel()[0])) + sum(
        Fraction(float(a)) * Fraction(float(b)) for a, b in zip(row, column, strict=True)
    )
    assert abs(float(Fraction(float(found.ravel()[0])) - exact)) < 1e-15
    return found
