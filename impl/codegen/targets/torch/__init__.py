"""torch: the derived backward behind a ``torch.autograd.Function``, on CPU and CUDA."""

from pathlib import Path

from impl.codegen.module import Module

RUNTIME = Path(__file__).with_name("runtime.py")


def render(module: Module) -> str:
    raise NotImplementedError
