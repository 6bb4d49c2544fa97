"""LaTeX as one line of Unicode text for a terminal, read off the MathML that the page shows: ``a/(b + c)``."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

from attnproof.reports.page.mathml import FormulaError, mathml

_INLINE: Final = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_SUPERSCRIPTS: Final = dict(zip("0123456789+-−()ni⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿⁱᵀ", strict=True))
_ACCENTS: Final = {
    "^": "\u0302",
    "ˆ": "\u0302",
    "¯": "\u0304",
    "‾": "\u0304",
    "˙": "\u0307",
    "~": "\u0303",
    "˜": "\u0303",
}
_SPACED: Final = frozenset("=≠<>≤≥≪≫→←↔⇒⇔⟺⟹↦∈∉∪∩∝∼≈≡⪯×·⋅∘⊙⊂⊆↑↓⟶") | {":="}
_TIGHT: Final = frozenset("/!′'")
_SIGNS: Final = frozenset("+-−±∓")  # also in front of what they belong to
_AFTER: Final = frozenset(",;")
_OPEN: Final = frozenset("([{⟨|‖∥")
_CLOSE: Final = frozenset(")]}⟩|‖∥")
_BARS: Final = frozenset("|‖∥∣")
_BIG: Final = frozenset("∑∏∫")
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_PRODUCT: Final = re.compile(r"\d+[^\W\d]")  # 2m
_POWER: Final = re.compile(r"\^\{([^{}$]*)\}")


def prose(text: str) -> str:
    """Text with formulas between ``$`` or ``$$``, these as Unicode; and powers outside of them, ``2^{-p}``."""
    parts = _INLINE.sub(lambda match: line(match[1] or match[2]), text)
    return _POWER.sub(lambda match: _raised(match[1].replace("-", "−")), parts)


def formula(text: str) -> str:
    """One side of a proof step: LaTeX as a whole, or prose with formulas where it holds ``$``."""
    return prose(text) if "$" in text else line(text)


@cache
def line(latex: str) -> str:
    """A formula in one line; what cannot be read as a formula stays as it is."""
    try:
        root = ET.fromstring(mathml(latex))
    except FormulaError:
        return latex
    return unicodedata.normalize("NFC", _row(root))


def _text(node: ET.Element) -> str:
    made = _MADE.get(node.tag)
    return _row(node) if made is None else made(node)


def _token(node: ET.Element) -> str:
    text = re.sub(r"[\u200b\u2061-\u2064]", "", node.text or "")
    return text if node.tag == "mtext" or _WORD.match(text) else text.replace("-", "−")


def _row(node: ET.Element) -> str:
    """The children side by side, with spaces as a reader expects them."""
    children = [child for child in _flat(node) if child.tag == "mspace" or _text(child)]
    out, before = "", None  # the text so far, and the last child that is no space
    operand = False  # whether an operand stands before: then a sign is an operation
    open_bars = 0  # they look the same when they close
    for place, child in enumerate(children):
        if child.tag == "mspace":
            out += " " if out and not out.endswith(" ") else ""
            continue
        mark = _mark(child)
        text = _text(child)
        # One with an index that closes nothing is where a value is taken: f(x)|_0.
        opens = mark in _BARS and not (open_bars and operand) and child.tag == "mo"
        if mark in _BARS:
            open_bars = max(0, open_bars + (1 if opens else -1))
        if mark in _SIGNS:
            out = f"{out.rstrip(' ')} {text} " if operand else out + text
        elif mark in _SPACED:
            out = f"{out.rstrip(' ')} {text} ".lstrip(" ")
        elif mark in _AFTER:
            out = f"{out.rstrip(' ')}{text} "
        elif (mark in _CLOSE and not opens) or mark in _TIGHT:
            out = out.rstrip(" ") + text
        elif mark in _OPEN:
            glued = before is not None and mark not in _BARS and _applies(before)
            out = out.rstrip(" ") + text if glued else _beside(out, text) if operand else out + text
        else:
            argument = child.tag == "mfrac" and before is not None and _applies(before)  # tanh of a fraction
            if child.tag == "mfrac" and (argument or _followed(children, place)):
                text = f"({text})"
            glued = argument or (before is not None and _joins(before, child, text))
            out = out.rstrip(" ") + text if glued else _beside(out, text) if operand else out + text
        operand = not mark or mark in "!′'…⋯∞" or (mark in _CLOSE and not opens)
        before = child
    return re.sub(r" {2,}", "  ", out).strip(" ")


def _mark(node: ET.Element) -> str:
    """The operator or bracket that a child is, with scripts or without; empty for an operand."""
    base = node[0] if node.tag in {"msub", "msup", "msubsup"} and len(node) else node
    found = _token(base) if base.tag in {"mo", "mi"} else ""
    return found if (base.tag == "mo" and found not in _BIG) or (found and found in _SIGNS | _SPACED) else ""


def _joins(before: ET.Element, child: ET.Element, text: str) -> bool:
    """2m, 0.42…: a number and the single letter, or the dots, after it."""
    base = child[0] if child.tag in {"msub", "msup", "msubsup"} else child
    letter = base.tag == "mi" and len(base.text or "") == 1
    return before.tag == "mn" and (letter or text == "…")


def _flat(node: ET.Element) -> list[ET.Element]:
    """Children, those of rows without a meaning of their own in their place."""
    found: list[ET.Element] = []
    for child in node:
        found += _flat(child) if child.tag in {"mrow", "mstyle", "mpadded", "semantics"} else [child]
    words: list[ET.Element] = []
    for child in found:
        if words and _upright(child) and _upright(words[-1]):  # an upright word comes letter by letter
            letters = (words[-1].text or "") + (child.text or "")
            words[-1] = ET.Element("mi", {"mathvariant": "normal"})
            words[-1].text = letters
        else:
            words.append(child)
    return words


def _upright(node: ET.Element) -> bool:
    return node.tag == "mi" and node.get("mathvariant") == "normal" and (node.text or "").isalpha()


def _beside(out: str, text: str) -> str:
    """A product: a space, unless there is nothing before or a bracket just opened."""
    return out + text if not out or out[-1] in " ([{⟨/" else f"{out} {text}"


def _followed(children: list[ET.Element], place: int) -> bool:
    """Whether a fraction is a factor of what comes next."""
    rest = [each for each in children[place + 1 :] if each.tag != "mspace"]
    mark = _mark(rest[0]) if rest else " "
    return not mark or (mark in _OPEN and mark not in _BARS)


def _applies(node: ET.Element) -> bool:
    """Whether brackets after it hold an argument: f(x), tanh(z), sech²(1), g^(m)(x)."""
    base = node[0] if node.tag in {"msub", "msup", "msubsup"} and len(node) else node
    word = bool(_WORD.fullmatch(base.text or ""))
    return base.tag == "mi" and (word or (node.tag in {"mi", "msup"} and base.text in _FUNCTIONS))


_FUNCTIONS: Final = frozenset({"f", "g", "h", "p", "B", "e", "ω", "φ", "K", "Γ"})


def _atomic(text: str) -> bool:
    """Whether it can stand beside / or ^ as it is."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter in "([{⟨") - (letter in ")]}⟩")
        if depth == 0 and (letter in " /+·=<>≤≥," or (letter == "−" and place == 0) or letter == "−"):
            return False
    return True


def _grouped(text: str) -> str:
    return text if _atomic(text) else f"({text})"


def _fraction(node: ET.Element) -> str:
    above, below = (_text(each) for each in node)
    if node.get("linethickness") in {"0", "0px", "0pt"}:
        return f"{above} over {below}"
    return f"{_grouped(above)}/{f'({below})' if _PRODUCT.match(below) else _grouped(below)}"


def _root(node: ET.Element) -> str:
    if node.tag == "mroot":
        return f"{_raised(_text(node[1]))}√{_grouped(_text(node[0]))}"
    return f"√{_grouped(_row(node))}"


def _small(text: str) -> str:
    """In an index: no spaces around relations and after commas, none between single letters."""
    tight = re.sub(r" ([=<>≤≥≠→∈]) ", r"\1", text).replace(", ", ",")
    return tight.replace(" ", "") if re.fullmatch(r"\w′?( \w′?)+", tight) else tight


def _low(text: str) -> str:
    small = _small(text)
    single = re.fullmatch(r"[^\W_]+′?|[∞*]", small) and not _PRODUCT.match(small)
    return f"_{small}" if single else f"_({small})" if small else ""


def _high(text: str) -> str:
    enclosed = text.startswith("(") and text.endswith(")") and _atomic(text)
    single = re.fullmatch(r"−?(?:[0-9]+|[^\W\d_]′?)|[∞*⊤]", text)
    return f"^{text}" if enclosed or single else f"^({text.replace(', ', ',')})"


def _raised(text: str) -> str:
    if not text or text in {"′", "″", "'", "''"}:
        return text
    if all(letter in _SUPERSCRIPTS for letter in text):
        return "".join(_SUPERSCRIPTS[letter] for letter in text)
    return _high(text)


def _scripts(node: ET.Element) -> str:
    base, *rest = node
    text = _text(base)
    low = rest[0] if node.tag in {"msub", "msubsup", "munder", "munderover"} else None
    high = rest[-1] if node.tag in {"msup", "msubsup", "mover", "munderover"} else None
    if node.tag == "mover" and high is not None and _text(high) in _ACCENTS:
        accent = _ACCENTS[_text(high)]
        return (
            f"{text}{accent}"
            if len(text) == 1
            else f"{text[0]}{accent}{text[1:]}"
            if _atomic(text)
            else f"({text}){accent}"
        )
    if node.tag in {"msup", "msubsup"} and low is None and not _WORD.fullmatch(text):
        text = text if text in _CLOSE else _grouped(text)
    raised = _high if text in _BIG else _raised
    return text + (_low(_text(low)) if low is not None else "") + (raised(_text(high)) if high is not None else "")


def _table(node: ET.Element) -> str:
    return "; ".join(" ".join(filter(None, (_row(cell) for cell in row))) for row in node)


_MADE: Final = {
    **dict.fromkeys(("mi", "mn", "mo", "mtext", "ms"), _token),
    **dict.fromkeys(("msub", "msup", "msubsup", "munder", "mover", "munderover"), _scripts),
    **dict.fromkeys(("msqrt", "mroot"), _root),
    "mspace": lambda _node: " ",
    "mfrac": _fraction,
    "mtable": _table,
}
