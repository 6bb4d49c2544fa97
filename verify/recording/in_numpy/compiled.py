"""Kernels that Numba compiles: they get plain arrays, and what they return or write is known by its values alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from attnproof.verify.recording.in_numpy.array import Recorded, memory_of
from attnproof.verify.recording.in_numpy.functions import unread
from attnproof.verify.recording.in_numpy.memory import Memory

Method = tuple[type, str, Callable[..., Any]]


def methods(memory: Memory, names_put_back: Callable[[], AbstractContextManager[None]]) -> Iterator[Method]:
    """What takes the place of Numba's own while a program is recorded: (class, name, function); none without Numba.

    names_put_back  while it lasts names are NumPy's and ``math``'s own, which are all that Numba knows
    """
    for module, name in (("numba.core.dispatcher", "Dispatcher"), ("numba.np.ufunc.ufuncbuilder", "UFuncDispatcher")):
        if module in sys.modules:
            compiler = getattr(sys.modules[module], name)
            yield compiler, "compile", _compile(compiler.compile, names_put_back)
            if name == "Dispatcher":
                yield compiler, "__call__", _call(memory, compiler.__call__)


def _compile(original: Callable[..., Any], names_put_back: Callable[[], AbstractContextManager[None]]) -> Any:
    def compile_(*args: Any, **kwargs: Any) -> Any:
        with names_put_back():
            return original(*args, **kwargs)

    return compile_


def _call(memory: Memory, original: Callable[..., Any]) -> Any:
    def call(kernel: Any, *args: Any, **kwargs: Any) -> Any:
        if memory.busy or not any(isinstance(x, Recorded) for x in (*args, *kwargs.values())):
            return original(kernel, *args, **kwargs)
        scalars = [isinstance(x, Recorded) and x.scalar for x in args]  # to Numba a number is no array without axes

        def function(*plain: Any, **named: Any) -> Any:
            return original(kernel, *(x[()] if s else x for x, s in zip(plain, scalars, strict=True)), **named)

        with memory_of(args, kwargs).at_work(kernel.__name__):
            return unread(memory, function, args, kwargs, f"kernel {kernel.__name__}")

    return call
