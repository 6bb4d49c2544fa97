"""Compiled functions run as they were written while they are asked: a compiled kernel has no operations to see, and
torch compiles anew for sizes, strides, formats and what requires gradients, ten seconds each time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

import torch

_ON: ContextVar[bool] = ContextVar("eager", default=False)


@contextmanager
def eager() -> Iterator[None]:
    """While it lasts, what ``torch.compile`` made, or makes, runs eagerly. Loads the compiler only where it is used."""
    if _ON.get():  # what is inside may end later than what it is inside of
        yield
        return
    with ExitStack() as stack:
        stack.callback(_ON.reset, _ON.set(True))
        if "torch._dynamo" in sys.modules:
            stack.enter_context(torch.compiler.set_stance("force_eager"))
            yield
            return
        original = torch.compile

        def compile_(*args: Any, **kwargs: Any) -> Any:
            torch.compile = original
            stack.enter_context(torch.compiler.set_stance("force_eager"))
            return original(*args, **kwargs)

        torch.compile = compile_
        try:
            yield
        finally:
            torch.compile = original
