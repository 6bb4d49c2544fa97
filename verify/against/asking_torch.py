"""Asking a program of torch tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from attnproof.verify.against.problem import Program
from attnproof.verify.against.question import Answer, Question, floating, parts
from attnproof.verify.against.theirs import running
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.recording.active import active
from attnproof.verify.recording.eager import eager
from attnproof.verify.targets.handing import listening
from attnproof.verify.targets.in_torch import TORCH_NAMES, laid_out, same_tensor
from attnproof.verify.targets.numbers import NoAnswerError


@eager()
def ask(program: Program, question: Question, dtypes: dict[str, str], names: Sequence[str]) -> Answer:
    """Hand over tensors; take the results, and the gradients that are asked for."""
    wanted = question.wanted()
    given: dict[str, Any] = {}
    for name in question.given:
        own = question.tied.get(name)
        given[name] = given[own] if own else handed(name, question, dtypes[name], requires_grad=name in wanted)
    before = {name: value.detach().clone() for name, value in given.items() if isinstance(value, torch.Tensor)}
    recorder = active()
    if recorder is not None:
        for name in before:
            recorder.input(name, given[name])
    with torch.set_grad_enabled(bool(wanted)), listening(recorder), running():
        returned = program.call(*given.values())
    found = {name: _checked(name, value) for name, value in parts(returned, names).items()}
    with torch.set_grad_enabled(bool(wanted)), listening(recorder):
        found = {name: torch.view_as_real(x.resolve_conj()) if x.is_complex() else x for name, x in found.items()}
    changed = tuple(name for name, value in before.items() if not same_tensor(value, given[name]))
    real = {name: value for name, value in found.items() if value.is_floating_point()}
    seeds: dict[str, torch.Tensor] = {}
    gradients: dict[str, torch.Tensor] = {}
    if wanted:
        seeds = {
            f"grad_{name}": torch.tensor(question.cotangent(name, value.shape)).to(value)
            for name, value in real.items()
            if value.requires_grad
        }
        if recorder is not None:
            for name, seed in seeds.items():
                recorder.input(name, seed)
        slopes: Sequence[torch.Tensor | None] = [None] * len(wanted)
        if seeds:
            outputs = [found[name.removeprefix("grad_")] for name in seeds]
            sources = [given[name] for name in wanted]
            with listening(recorder), running():
                slopes = torch.autograd.grad(outputs, sources, list(seeds.values()), allow_unused=True)
        gradients = {
            f"grad.{name}": torch.zeros_like(given[name]) if part is None else part
            for name, part in zip(wanted, slopes, strict=True)
        }
    if recorder is not None:
        recorder.call(given, seeds, {**real, **gradients})
    return Answer(
        {name: _array(value) for name, value in {**found, **gradients}.items()},
        {name: TORCH_NAMES.get(value.dtype, str(value.dtype)) for name, value in real.items()},
        changed,
        tuple(name for name in found if name not in real),
        tuple(name for name in real if wanted and f"grad_{name}" not in seeds),
    )


def handed(name: str, question: Question, dtype: str, *, requires_grad: bool = False) -> Any:
    """An input as it is handed over."""
    value = question.values(name, dtype)
    if not isinstance(value, np.ndarray):
        return value
    data = laid_out(torch.tensor(value, dtype=TORCH_DTYPES[dtype] if floating(value) else None), question.layout)
    return data.requires_grad_() if requires_grad else data


def _checked(name: str, value: Any) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise NoAnswerError(f"{name} is {type(value).__name__}; expected a torch tensor")
    if value.layout != torch.strided or value.is_quantized or value.device.type == "meta":
        kind = "quantized" if value.is_quantized else value.device if value.layout == torch.strided else value.layout
        raise NoAnswerError(f"{name} is a tensor without plain numbers ({kind}); expected a dense one")
    return value


def _array(tensor: torch.Tensor) -> Array:
    return np.array(tensor.detach().to("cpu", torch.float64).numpy())
