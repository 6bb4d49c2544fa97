"""The statements that the derivations put into the kernels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sympy import Symbol

from attnproof.derivations.kernels.exponential import exponential
from attnproof.derivations.kernels.folding import FRACTION, Assignments, derivative_in_fraction, folded, reciprocals
from attnproof.derivations.kernels.ranges import BACKWARD, FORWARD
from attnproof.impl.codegen.targets.fused.printer import text
from attnproof.impl.codegen.text.emit import INDENT

UNITS: Final = 4  # of a group: eight would need more registers than a thread has
FOLDED: Final = tuple(count for count in FORWARD if count <= UNITS)
INVERTED: Final = tuple(count for count in BACKWARD if count <= UNITS)
JIT: Final = "@triton.jit"
DTYPES: Final = ("float32", "float64")


def _indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    return [f"{INDENT * depth}{line}" for line in lines]


def _lines(steps: Assignments) -> list[str]:
    return [f"{step.target} = {text(step.value)}" for step in steps]


def _unit(k: int) -> str:
    return f"c + {k}" if k else "c"


def _loads(count: int) -> list[str]:
    """A of a block of queries as columns, B of a tile of keys as rows, from unit c on."""
    of_a = [f"A{k} = tl.load(a + (c + {k}) * n_q + i, mask=i < n_q, other=0.0)[:, None]" for k in range(count)]
    return of_a + [f"B{k} = tl.load(b + (c + {k}) * n_k + j, mask=j < n_k, other=0.0)[None, :]" for k in range(count)]


def add() -> str:
    """``_add_4`` …: ``Σ v f`` of as many units with one division."""
    return "\n\n\n".join(_add(count) for count in FOLDED)


def _add(count: int) -> str:
    steps, result = folded(count)
    return "\n".join(
        [
            JIT,
            f"def _add_{count}(s, a, b, v, c, i, j, n_q, n_k):",
            f'{INDENT}"""``s + Σ v/(1 + AB)`` for {count} units over a common denominator."""',
            f"{INDENT}one = number(s, 1.0)",
            *_indented(_loads(count)),
            *_indented([f"v{k} = tl.load(v + c + {k})" for k in range(count)]),
            *_indented(_lines(steps)),
            f"{INDENT}return s + {text(result)}",
        ]
    )


def add_forms() -> list[str]:
    """Which of them is called."""
    lines: list[str] = []
    for count in FOLDED:
        lines.append(f"{'el' if lines else ''}if form == {count}:")
        lines += [
            f"{INDENT}s = _add_{count}(s, exp_a, exp_b, v, {_unit(k)}, i, j, n_q, n_k)" for k in range(0, UNITS, count)
        ]
    return lines


def back() -> str:
    """``_back_4`` …: what the units of a group add to the gradients."""
    return "\n\n\n".join(_back(count) for count in INVERTED)


def _back(count: int) -> str:
    steps, _ = reciprocals(count)
    _, slope = derivative_in_fraction()
    of_query, of_key = [], []
    for k in range(count):
        f = Symbol(f"f{k}")
        derivative = text(slope.subs(FRACTION, f))
        of_query += [
            f"_collect_a(sum_v + (c + {k}) * n_q, w * {f}, i, n_q)",
            f"_collect_a(out + (c + {k}) * n_q, w * {derivative}, i, n_q)",
        ]
        of_key.append(f"_collect_b(out + (c + {k}) * n_k, w * {derivative}, j, n_k)")
    return "\n".join(
        [
            JIT,
            f"def _back_{count}(w, a, b, out, sum_v, c, i, j, n_q, n_k, OF_QUERY: tl.constexpr):",
            f'{INDENT}"""For {count} units with one division: ``Σ_j w (f − f²)`` and ``Σ_j w f``, or ``Σ_i w (f − f²)``."""',
            f"{INDENT}one = number(w, 1.0)",
            *_indented([*_loads(count), *_lines(steps)]),
            f"{INDENT}if OF_QUERY:",
            *_indented(of_query, 2),
            f"{INDENT}else:",
            *_indented(of_key, 2),
        ]
    )


def back_forms() -> list[str]:
    """Which of them is called."""
    lines: list[str] = []
    for count in INVERTED:
        lines.append(f"{'el' if lines else ''}if form == {count}:")
        lines += [
            f"{INDENT}_back_{count}(w, exp_a, exp_b, out, sum_v, {_unit(k)}, i, j, n_q, n_k, OF_QUERY)"
            for k in range(0, UNITS, count)
        ]
    return lines


def exponentials() -> str:
    """``_exp`` and ``_expm1`` for both dtypes."""
    ends = {
        "_exp": (
            "``e^x``, 0 below −edge; see ``attnproof.derivations.kernels.exponential`` for the proof of its error.",
            "0.0",
        ),
        "_expm1": ("``e^x − 1`` for x <= 0.", "-1.0"),
    }
    parts = [_reduced(dtype) for dtype in DTYPES]
    for name, (words, low) in ends.items():
        value = "scale * fma(h, r, number(x, 1.0))" if name == "_exp" else "fma(scale, h * r, scale - 1.0)"
        parts.append(
            "\n".join(
                [
                    JIT,
                    f"def {name}(x):",
                    f'{INDENT}"""{words}"""',
                    f"{INDENT}if x.dtype == tl.float64:",
                    f"{INDENT * 2}h, r, scale, low = _reduced_float64(x)",
                    f"{INDENT}else:",
                    f"{INDENT * 2}h, r, scale, low = _reduced_float32(x)",
                    f"{INDENT}return tl.where(low, {low}, {value})",
                ]
            )
        )
    return "\n\n\n".join(parts)


def _reduced(dtype: str) -> str:
    program = exponential(dtype)
    *inner, one = [float(c) for c in reversed(program.coefficients)]
    assert one == 1
    return "\n".join(
        [
            JIT,
            f"def _reduced_{dtype}(x):",
            f'{INDENT}"""h, r and 2^k with ``e^x = 2^k (1 + h r)``, and where x is below −edge."""',
            f"{INDENT}shifted = fma(x, number(x, {float(program.log2e)!r}), number(x, {float(program.magic)!r}))",
            f"{INDENT}k = shifted - number(x, {float(program.magic)!r})",
            f"{INDENT}r = fma(k, number(x, {-float(program.high)!r}), x)",
            f"{INDENT}r = fma(k, number(x, {-float(program.low)!r}), r)",
            f"{INDENT}h = fma(r, number(x, {inner[0]!r}), number(x, {inner[1]!r}))",
            *_indented(f"h = fma(h, r, number(x, {c!r}))" for c in inner[2:]),
            f"{INDENT}return h, r, power_of_two(shifted), x < number(x, {-program.edge!r})",
        ]
    )
