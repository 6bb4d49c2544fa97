"""Complex numbers, each two elements along a last axis: rotations of queries and keys are written with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.recording.in_torch.moving import FILLS
from attnproof.verify.recording.in_torch.writer import RULES, Writer
from attnproof.verify.recording.recording import Ids

Pair = tuple[Ids, Ids]


def _pair(w: Writer, thing: Any) -> Pair:
    """Real and imaginary part of an argument."""
    if isinstance(thing, torch.Tensor) and not thing.is_complex():
        return w.of(thing), w.zero()
    if isinstance(thing, torch.Tensor):
        ids = w.of(thing)
        return ids[..., 0], w.op("neg", ids[..., 1]) if thing.is_conj() else ids[..., 1]
    number = complex(thing)
    return w.of(number.real), w.of(number.imag)


def _joined(real: Ids, imaginary: Ids) -> Ids:
    return np.stack(np.broadcast_arrays(real, imaginary), -1)


def _add(w: Writer, x: Any, y: Any, alpha: Any = 1) -> Any:
    if alpha != 1:
        return NotImplemented
    (a, b), (c, d) = _pair(w, x), _pair(w, y)
    return _joined(w.op("add", a, c), w.op("add", b, d))


def _sub(w: Writer, x: Any, y: Any, alpha: Any = 1) -> Any:
    if alpha != 1:
        return NotImplemented
    (a, b), (c, d) = _pair(w, x), _pair(w, y)
    return _joined(w.op("sub", a, c), w.op("sub", b, d))


def _mul(w: Writer, x: Any, y: Any) -> Ids:
    """(a + ib) (c + id) = ac − bd + i (ad + bc)."""
    (a, b), (c, d) = _pair(w, x), _pair(w, y)
    real = w.op("sub", w.op("mul", a, c), w.op("mul", b, d))
    return _joined(real, w.op("add", w.op("mul", a, d), w.op("mul", b, c)))


def _neg(w: Writer, x: Any) -> Ids:
    return w.op("neg", w.of(x))


def _conjugate(w: Writer, x: Any) -> Ids:
    real, imaginary = _pair(w, x)
    return _joined(real, w.op("neg", imaginary))


def _polar(w: Writer, size: Any, angle: Any) -> Ids:
    r, turn = w.of(size), w.of(angle)
    return _joined(w.op("mul", r, w.op("cos", turn)), w.op("mul", r, w.op("sin", turn)))


def _exp(w: Writer, x: Any) -> Ids:
    real, imaginary = _pair(w, x)
    size = w.op("exp", real)
    return _joined(w.op("mul", size, w.op("cos", imaginary)), w.op("mul", size, w.op("sin", imaginary)))


def _complex(w: Writer, real: Any, imaginary: Any) -> Ids:
    return _joined(w.of(real), w.of(imaginary))


def _copied(w: Writer, *args: Any, **_: Any) -> Any:
    """Copies, perhaps in another format: complex to complex, or real to complex."""
    source = args[1] if w.called == "copy" else args[0]
    if not w.results[0].is_complex():
        return NotImplemented
    ids = _joined(*(np.broadcast_to(part, w.shape) for part in _pair(w, source)))
    return ids if w.holds(source) else w.last("cast", ids)


COMPLEX: Final[dict[str, Callable[..., Any]]] = {
    "add": _add, "sub": _sub, "mul": _mul, "neg": _neg, "conj_physical": _conjugate, "_conj_physical": _conjugate,
    "polar": _polar, "exp": _exp, "complex": _complex, "clone": _copied, "_to_copy": _copied, "copy": _copied,
    "resolve_conj": _copied, **dict.fromkeys(FILLS, RULES["fill"]),
}  # fmt: skip
