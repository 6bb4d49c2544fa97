"""Targets: implementations under test, ours and anyone's, behind one interface."""

from verify.targets.function import numpy_target, torch_target
from verify.targets.in_jax import jax_target
from verify.targets.target import FEATURES, Answer, Request, Target, plain

__all__ = ["FEATURES", "Answer", "Request", "Target", "jax_target", "numpy_target", "plain", "torch_target"]
