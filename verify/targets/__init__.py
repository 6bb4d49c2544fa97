"""Targets: implementations under test, ours and anyone's, behind one interface."""

from attnproof.verify.targets.function import numpy_target, torch_target
from attnproof.verify.targets.in_jax import jax_target
from attnproof.verify.targets.target import FEATURES, Answer, Request, Target, Unsupported, plain

__all__ = [
    "FEATURES",
    "Answer",
    "Request",
    "Target",
    "Unsupported",
    "jax_target",
    "numpy_target",
    "plain",
    "torch_target",
]
