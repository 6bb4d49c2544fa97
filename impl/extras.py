"""Libraries that not everyone needs: the extra that brings each, and one line for who lacks it."""

from __future__ import annotations

from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

#: the extra of this distribution that brings a library
EXTRAS: Final = MappingProxyType(
    {
        "jax": "jax",
        "ml_dtypes": "jax",
        "numba": "numba",
        "onnx": "onnx",
        "onnxruntime": "onnx",
        "triton": "triton",
        "distributed": "dask",
    }
)


class MissingExtraError(ModuleNotFoundError):
    """An optional library is not installed; the message has the command that installs it."""


def missing(library: str) -> str:
    """That a library of ``EXTRAS`` is not installed, and what to do about it."""
    return f"{library} is not installed: pip install 'attnproof[{EXTRAS[library]}]'"


def require(library: str) -> None:
    """Raise MissingExtraError unless a library of ``EXTRAS`` can be imported."""
    if find_spec(library) is None:
        raise MissingExtraError(missing(library), name=library)
