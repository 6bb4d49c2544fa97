"""What torch itself brings beside plain operations: modules, fused kernels, compilers, custom operations, formats."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from recorded_in_torch import QKV, SAME, Program, check, recorded
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

from attnproof.verify.recording.in_torch import parts

MODEL = {name: (2, length, 12) for name, length in (("query", 5), ("key", 6), ("value", 6))}
ALONE = {"query": (2, 5, 12)}
KEPT = torch.ones(5, 6, dtype=torch.bool).tril()
PADDED = torch.tensor([[0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0]], dtype=torch.bool)
torch.manual_seed(1)
ATTENTION = torch.nn.MultiheadAttention(12, 4, batch_first=True, dtype=torch.float64)
LAYERS = {
    first: torch.nn.TransformerEncoderLayer(
        12, 4, 20, 0.0, activation, batch_first=True, norm_first=first, dtype=torch.float64
    ).eval()
    for first, activation in ((False, "gelu"), (True, "relu"))
}


def dot(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(query @ key.mT / 2, -1) @ value


def own_module(query: Any, key: Any, value: Any) -> Any:
    return ATTENTION(query, key, value, attn_mask=~KEPT, key_padding_mask=PADDED)[0]


def own_weights(query: Any, key: Any, value: Any) -> Any:
    return ATTENTION(query, key, value, average_attn_weights=False)[1] @ value[:, None]


def fast_module(query: Any) -> Any:
    with torch.no_grad():
        return ATTENTION.eval()(query, query, query, attn_mask=~KEPT[:, :5])[0]


def fast_padded(query: Any) -> Any:
    with torch.no_grad():
        return ATTENTION.eval()(query, query, query, key_padding_mask=PADDED[:, 1:], need_weights=False)[0]


def capped(score: Any, _batch: Any, _head: Any, row: Any, column: Any) -> Any:
    return torch.tanh(score / 2) * 2 - (row - column).abs()


def flex(query: Any, key: Any, value: Any) -> Any:
    mask = create_block_mask(lambda _b, _h, row, column: row >= column, None, None, 6, 6, device="cpu")
    return flex_attention(query, key, value, score_mod=capped, block_mask=mask)


@torch.library.custom_op("attnproof_tests::attention", mutates_args=())
def custom(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    return dot(query, key, value)


def written(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    return torch.matmul(torch.softmax(torch.matmul(query, key.transpose(-2, -1)) * 0.5, -1), value)


def scripted(query: Any, key: Any, value: Any) -> Any:
    return torch.jit.script(written)(query, key, value)


def layer_norm_after(query: Any) -> Any:
    return LAYERS[False](query)


def layer_norm_first(query: Any) -> Any:
    return LAYERS[True](query)


PROGRAMS: dict[str, tuple[Program, dict[str, tuple[int, ...]], bool]] = {
    "module": (own_module, MODEL, True),
    "module's weights": (own_weights, MODEL, True),
    "module, fast path": (fast_module, ALONE, False),
    "module, fast path, padded": (fast_padded, ALONE, False),
    "encoder layer, fast path": (layer_norm_after, ALONE, False),
    "encoder layer, norm first": (layer_norm_first, ALONE, False),
    "encoder layer": (layer_norm_first, ALONE, True),
    "FlexAttention": (flex, SAME, False),
    "custom operation": (custom, QKV, False),
    "script": (scripted, QKV, True),
    "inference mode": (torch.inference_mode()(dot), QKV, False),
}


@pytest.mark.filterwarnings("ignore")  # torch's own: of scripting, and of FlexAttention without its compiler
@pytest.mark.parametrize("name", PROGRAMS)
def test_played_again(name: str) -> None:
    program, shapes, backward = PROGRAMS[name]
    check(program, shapes, backward=backward)


def test_compiled_functions_run_as_they_are_written() -> None:
    compiled: list[Any] = []

    def backend(graph: Any, _inputs: Any) -> Any:
        compiled.append(graph)
        return graph.forward

    before = torch.compile(dot, backend=backend)

    def program(query: Any, key: Any, value: Any) -> Any:
        return before(query, key, value) + torch.compile(dot, backend=backend)(query, key, value)

    given = {name: torch.ones(shape, dtype=torch.float64) for name, shape in QKV.items()}
    found = recorded(program, given, backward=False)
    assert [operation.name for operation in found.operations].count("matmul") == 4
    assert not compiled
    program(**given)
    assert compiled


def tiled(query: Any, key: Any, value: Any) -> Any:
    """Sums in fp32, results in the inputs' format."""
    out = torch.zeros(*query.shape[:-1], value.shape[-1])
    total = torch.zeros(query.shape[:-1])
    for start in range(0, 6, 2):
        powers = torch.exp(query @ key[..., start : start + 2, :].mT * 0.25)
        total += powers.float().sum(-1)
        out += powers.float() @ value[..., start : start + 2, :].float()
    return (out / total[..., None]).to(query.dtype)


def mixed(query: Any, key: Any, value: Any) -> Any:
    with torch.autocast("cpu", torch.bfloat16):
        return dot(query, key, value)


FORMATS: dict[str, tuple[Program, torch.dtype, float]] = {
    f"{name}, {dtype}": (program, dtype, 8 * torch.finfo(dtype).eps)
    for dtype in (torch.float32, torch.bfloat16, torch.float16)
    for name, program in {
        "plain": dot, "tiled": tiled, "sdpa": F.scaled_dot_product_attention,
        "layer norm": lambda query, key, value: dot(F.layer_norm(query, (4,)), key, value),
    }.items()
} | {"autocast": (mixed, torch.float32, 8 * torch.finfo(torch.bfloat16).eps)}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name: str) -> None:
    """Values of order 1, results that sum at most eight roundings of the format."""
    program, dtype, tolerance = FORMATS[name]
    found = check(program, SAME, dtype, tolerance=tolerance)
    inner = {entry.computed for entry in found.operations if entry.inputs and entry.name != "cast"}
    assert inner == {"fp32"}
    if name != "autocast":
        narrow = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}[dtype]
        assert found.operations[-1].dtype == narrow


def test_numbers_wider_than_the_format_are_rounded_to_it() -> None:
    found = check(lambda query: query * 0.1, ALONE, torch.float32, backward=False, tolerance=1e-6)
    assert [(operation.name, operation.dtype) for operation in found.operations] == [
        ("input", "fp32"), ("constant", "fp64"), ("cast", "fp32"), ("mul", "fp32"),
    ]  # fmt: skip
    assert found.values[found.operations[1].output] == 0.1
    assert found.values[found.operations[2].output] == float(torch.tensor(0.1))


FAST = {"_native_multi_head_attention": fast_module, "_transformer_encoder_layer_fwd": layer_norm_after}


@pytest.mark.parametrize("called", FAST)
def test_the_fast_path_is_what_is_recorded(called: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = parts.OWN[called]
    noted = lambda *given, **more: asked.append(called) or original(*given, **more)  # type: ignore[func-returns-value]
    monkeypatch.setattr(parts, "OWN", {**parts.OWN, called: noted})
    recorded(FAST[called], {"query": torch.ones(2, 5, 12, dtype=torch.float64)}, backward=False)
    assert asked == [called]


FIRST = """
import torch
from attnproof.verify.recording.in_torch import TorchRecorder
import sys
assert "torch._dynamo" not in sys.modules
def backend(graph, inputs):
    raise AssertionError("compiled")
recorder = TorchRecorder()
given = torch.ones(3)
recorder.input("x", given)
with recorder.listening():
    out = torch.compile(torch.exp, backend=backend)(given)
assert [operation.name for operation in recorder.finish().operations] == ["input", "exp"]
"""


@pytest.mark.slow
def test_the_first_compiled_function_of_a_process() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FIRST], check=True)


def test_a_softmax_in_half_is_computed_in_single_and_rounded_once() -> None:
    found = check(lambda query: torch.softmax(query, -1), ALONE, torch.float16, backward=False)
    assert [(operation.name, operation.dtype) for operation in found.operations] == [
        ("input", "fp16"), ("sub", "fp32"), ("exp", "fp32"), ("sum", "fp32"), ("div", "fp32"), ("cast", "fp16"),
    ]  # fmt: skip
