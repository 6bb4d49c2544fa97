r"""Formulas as LaTeX and as plain text.

Every index starts at 0, and a sum states the size of its index: ``\sum_{j<n_k}`` runs over j = 0 .. n_k − 1. Plain text
leaves the size away (``Σ_j``): each letter has one size throughout the project
(``attnproof.derivations.language.notation``).

A tensor's letter is plain text with suffixes: ``alpha_bar`` is ``\bar{\alpha}``, ``W_s`` is ``W_s``, ``q_dot`` is
``\dot{q}``, ``e_seed`` (the seed of an output that other equations use too) is ``\hat{e}``, ``q_bar_sigma`` (a named
sum on the way to ``q_bar``) is ``\sigma^{\bar{q}}``, ``q_err`` (the error of q) is ``\Delta q``, and a number
distinguishes letters that would be the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from attnproof.derivations.language.indexing import Bounds
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import split
from attnproof.derivations.language.system import Equation
from attnproof.derivations.typesetting.typeset import ATOM, MUL, Style, typeset

_GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "psi": "ψ",
    "omega": "ω",
    "Omega": "Ω",
    "Psi": "Ψ",
    "ell": "ℓ",
    "Delta": "Δ",
    "infty": "∞",  # no letter, but written like one
}
_ACCENTS = {
    "bar": (r"\bar{%s}", "\u0304"),
    "dot": (r"\dot{%s}", "\u0307"),
    "seed": (r"\hat{%s}", "\u0302"),
    "err": (r"\Delta %s", ""),
}
_FENCES = {
    "Abs": (r"\left|%s\right|", "|%s|"),
    "ceiling": (r"\left\lceil %s \right\rceil", "⌈%s⌉"),
    "factorial": (r"\left(%s\right)!", "(%s)!"),
}
_OPERATORS = {"tanh", "exp", "log", "sin", "cos", "sinh", "cosh", "max", "min"}  # LaTeX knows these; sech it does not


def expr_latex(expr: Expr, first: Sequence[Symbol] = ()) -> str:
    """``expr`` in LaTeX; products begin with an element that carries one of the indices ``first``."""
    return typeset(expr, LATEX, first)


def expr_text(expr: Expr, first: Sequence[Symbol] = ()) -> str:
    """``expr`` in plain text with Unicode letters."""
    return typeset(expr, TEXT, first)


def expr_cell(expr: Expr) -> str:
    """``expr`` in plain text for a cell of a Markdown table, which a bar would end: ``abs(x)`` in place of ``|x|``."""
    return typeset(expr, CELL)


def equation_latex(equation: Equation) -> str:
    r"""One equation in LaTeX: ``\alpha_{ij} = \frac{\exp(t_{ij})}{\sum_{l<n_k} \exp(t_{il})}``.

    An open option is shown as given; resolve the system first to see the other form.
    """
    return f"{expr_latex(equation.lhs)} = {expr_latex(equation.rhs, _free(equation))}"


def equation_text(equation: Equation) -> str:
    """One equation in plain text: ``α[i,j] = exp(t[i,j]) / Σ_l exp(t[i,l])``."""
    return f"{expr_text(equation.lhs)} = {expr_text(equation.rhs, _free(equation))}"


def letter_latex(letter: str) -> str:
    r"""A tensor's letter in LaTeX: ``W_s_bar`` as ``\bar{W}_{s}``."""
    head, subscripts, marks = _parts(letter)
    text = rf"\{head}" if head in _GREEK else head if len(head) == 1 else rf"\mathrm{{{head}}}"
    number = [part for part in subscripts if part.isdigit()]
    words = [part for part in subscripts if not part.isdigit()]
    for mark in marks:
        text = rf"\sigma^{{{text}}}" if mark == "sigma" else _ACCENTS[mark][0] % text
    if words:
        text += f"_{{{','.join(_word(word) for word in words)}}}"
    if number:
        text = rf"{text}^{{({number[0]})}}" if "sigma" not in marks else rf"{{{text}}}^{{({number[0]})}}"
    return text


def _word(word: str) -> str:
    """A subscript: a Greek letter or a function as a command."""
    return rf"\{word}" if word in _GREEK or word in _OPERATORS else word


def letter_text(letter: str) -> str:
    """A tensor's letter in plain text: ``alpha_bar`` as ``ᾱ``."""
    head, subscripts, marks = _parts(letter)
    text = _GREEK.get(head, head)
    for mark in marks:
        text = f"σ({text})" if mark == "sigma" else f"Δ{text}" if mark == "err" else text + _ACCENTS[mark][1]
    return "_".join((text, *(_GREEK.get(part, part) for part in subscripts)))


def shape_text(tensor: Tensor, *, batch: bool = False) -> str:
    """``(n_q, d)``, or ``scalar``; ``batch``: ``(..., n_q, d)`` where the tensor may have batch dimensions."""
    axes = [*(["..."] if batch and tensor.batched else []), *(expr_text(length) for length in tensor.shape)]
    return f"({', '.join(axes)}{',' * (len(axes) == 1)})" if axes else "scalar"


def _parts(letter: str) -> tuple[str, list[str], list[str]]:
    """``W_s_bar`` as the letter ``W``, its own subscripts ``[s]`` and its marks ``[bar]``, inside out."""
    head, *rest = letter.split("_")
    marks = [part for part in rest if part in {*_ACCENTS, "sigma"}]
    return head, [part for part in rest if part not in marks], marks


def _free(equation: Equation) -> tuple[Symbol, ...]:
    return tuple(where if isinstance(where, Symbol) else split(where)[1] for where in equation.indices)


def _latex_element(letter: str, indices: Sequence[str]) -> str:
    base = letter_latex(letter)
    joined = "".join(indices) if all(len(i) == 1 for i in indices) else r",\,".join(indices)
    if "_" in base or "^" in base:
        return f"({base})_{{{joined}}}"
    return f"{base}_{{{joined}}}"


def _latex_function(name: str, exponent: str | None, argument: str) -> str:
    if name in _FENCES:
        return _FENCES[name][0] % argument + (f"^{{{exponent}}}" if exponent else "")
    head = rf"\{name}" if name in _OPERATORS else rf"\operatorname{{{name}}}"
    power = f"^{{{exponent}}}" if exponent else ""
    return rf"{head}{power}\left({argument}\right)"


def _latex_fraction(above: tuple[str, int], below: tuple[str, int]) -> tuple[str, int]:
    return rf"\frac{{{above[0]}}}{{{below[0]}}}", ATOM


def _latex_total(over: Bounds, body: str) -> str:
    return rf"\sum_{{{_under(over)}}} {body}"


def _under(over: Bounds) -> str:
    return r",\,".join(f"{letter_latex(s.name)}<{expr_latex(size)}" for s, size in over)


def _text_function(name: str, exponent: str | None, argument: str) -> str:
    power = _superscript(exponent) if exponent else ""
    return _FENCES[name][1] % argument + power if name in _FENCES else f"{name}{power}({argument})"


def _text_fraction(above: tuple[str, int], below: tuple[str, int]) -> tuple[str, int]:
    over = above[0] if above[1] >= MUL else f"({above[0]})"
    alone = below[1] > MUL or (below[1] == MUL and below[0].startswith("Σ"))
    under = below[0] if alone else f"({below[0]})"
    return f"{over} / {under}", MUL


def _superscript(exponent: str) -> str:
    if exponent.isdigit():
        return exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"^({exponent})"


def _text_total(over: Bounds, body: str) -> str:
    return f"Σ_{','.join(symbol.name for symbol, _ in over)} {body}"


LATEX = Style(
    symbol=letter_latex,
    element=_latex_element,
    number=str,
    fraction=_latex_fraction,
    root=lambda body: rf"\sqrt{{{body}}}",
    power=lambda base, exponent: f"{{{base}}}^{{{exponent}}}",
    function=_latex_function,
    total=_latex_total,
    largest=lambda over, body: rf"\max_{{{_under(over)}}} {body}",
    mean=lambda outcome, body: rf"\mathbb{{E}}_{{{outcome}}}\left[{body}\right]",
    wrap=lambda body: rf"\left({body}\right)",
    times=r" \, ",
)
TEXT = Style(
    symbol=letter_text,
    element=lambda letter, indices: f"{letter_text(letter)}[{','.join(indices)}]",
    number=str,
    fraction=_text_fraction,
    root=lambda body: f"√({body})" if len(body) > 1 else f"√{body}",
    power=lambda base, exponent: base + _superscript(exponent),
    function=_text_function,
    total=_text_total,
    largest=lambda over, body: f"max_{','.join(symbol.name for symbol, _ in over)} {body}",
    mean=lambda outcome, body: f"E_{outcome}[{body}]",
    wrap=lambda body: f"({body})",
    times=" ",
)
CELL = replace(
    TEXT, function=lambda name, exponent, argument: _text_function("abs" if name == "Abs" else name, exponent, argument)
)
