"""What handing requests over to functions of every library has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.active import Recorder
from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.target import Request

# Numbers that kernels take as settings: where nothing flows back to one it has no gradient, which is not one of 0.
SETTINGS: Final = ("softcap",)


def listening(recorder: Recorder | None) -> AbstractContextManager[object]:
    """While it lasts the recorder, if there is one, listens."""
    return nullcontext() if recorder is None else recorder.listening()


def differentiable(request: Request) -> tuple[str, ...]:
    """The inputs whose gradients are asked for: floating-point arrays, each once; without being named, those that the
    case has too.
    """
    able = tuple(
        name
        for name, value in request.given.items()
        if isinstance(value, np.ndarray) and value.dtype == np.float64 and name not in request.tied
    )
    if request.gradients is None:
        return tuple(name for name in able if name in request.case.inputs)
    return tuple(name for name in request.gradients if name in able)


def named(result: Any, outputs: Sequence[str]) -> dict[str, Any]:
    """The outputs by name. Raises NoAnswerError when there are fewer than declared."""
    if isinstance(result, Mapping):
        missing = [name for name in outputs if name not in result]
        if missing:
            raise NoAnswerError(f"returned {sorted(result)}; expected {', '.join(outputs)}")
        return {name: result[name] for name in outputs}
    parts = tuple(result) if isinstance(result, tuple | list) else (result,)
    if len(parts) < len(outputs):
        raise NoAnswerError(f"returned {len(parts)} results; expected {', '.join(outputs)}")
    return dict(zip(outputs, parts, strict=False))


def dtype_of(name: str, request: Request) -> str:
    """The format in which an array is handed over."""
    own = request.mask_dtype if name == "bias" and request.mask_dtype else request.dtype
    return request.formats.get(name, own)


def constant_axes(data: Any) -> tuple[bool, ...]:
    """Along which axes a tensor or an array has equal values, and more than one."""
    first = [tuple(slice(0, 1) if i == axis else slice(None) for i in range(data.ndim)) for axis in range(data.ndim)]
    return tuple(data.shape[axis] > 1 and bool((data == data[one]).all()) for axis, one in enumerate(first))
