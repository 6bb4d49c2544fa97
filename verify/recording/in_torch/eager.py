"""Compiled functions run as they were written while they are recorded: a compiled kernel has no operations to see."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch


@contextmanager
def eager() -> Iterator[None]:
    """While it lasts, what ``torch.compile`` made, or makes, runs eagerly. Loads the compiler only where it is used."""
    with ExitStack() as stack:
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
