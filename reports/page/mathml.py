"""LaTeX to MathML: latex2mathml does the translation; what it leaves wrong for browsers is put right here."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree as ET

from latex2mathml import exceptions
from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

LONGEST: Final = 1500  # characters of a formula that the page sets
_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_REWRITES = (
    (re.compile(r"\\begin\{(?:aligned|align|split)\*?\}"), r"\\begin{array}{rl}"),
    (re.compile(r"\\end\{(?:aligned|align|split)\*?\}"), r"\\end{array}"),
    (re.compile(r"\\operatorname\*"), r"\\operatorname"),
)
_TIGHT = {
    "|": "0",
    "‖": "0",
    "∥": "0",
    "/": "0.08em",
}  # browsers space them as relations; here they are fences and a slash
_FENCES = frozenset("⟨⟩")
_ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_ROWS = frozenset({"mrow", "math", "mtd", "mstyle"})
_WORD = re.compile(r"[A-Za-z]{2,}")
_INLINE = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
# What latex2mathml raises on a malformed formula (its own kinds share no base), and what it trips over.
_LIBRARY_ERRORS: tuple[type[Exception], ...] = (
    *(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)),
    ET.ParseError,
    IndexError,
    KeyError,
    ValueError,
)


class FormulaError(ValueError):
    """A formula that cannot be rendered; the message holds its LaTeX."""


@cache
def mathml(latex: str, *, block: bool = False) -> Markup:
    """A ``<math>`` element for ``latex``.

    The source stays with it as ``alttext`` for readers of the page's text. Raises FormulaError when a command is
    unknown or the result is empty.
    """
    source = latex
    for pattern, replacement in _REWRITES:
        source = pattern.sub(replacement, source)
    try:
        root = convert_to_element(source, display="block" if block else "inline")
    except _LIBRARY_ERRORS as error:
        raise FormulaError(f"cannot render the formula {latex!r}: {type(error).__name__} {error}") from error
    del root.attrib["xmlns"]  # HTML knows the element by its name
    for element in root.iter():
        element.text = unescape(element.text) if element.text else None  # symbols come as character references
    text = "".join(root.itertext())
    if "\\" in text:
        raise FormulaError(f"cannot render the formula {latex!r}: unknown command in {text!r}")
    if "&" in text:
        raise FormulaError(f"cannot render the formula {latex!r}: a column mark outside an array")
    if not text.strip():
        raise FormulaError(f"cannot render the formula {latex!r}: it is empty")
    for element in root.iter():
        if len(element) != _ARITY.get(_tag(element), len(element)):
            raise FormulaError(f"cannot render the formula {latex!r}: incomplete {_tag(element)}")
    _mend(root)
    root.set("alttext", latex)
    return Markup(_serialise(root))


def _mend(element: ET.Element) -> None:
    """Function names are identifiers with a thin space around them; brackets, bars and slashes are no relations."""
    children = list(element)
    for child in children:
        _mend(child)
        tag, text = _tag(child), child.text or ""
        if tag == "mo" and _WORD.fullmatch(text):
            child.tag = f"{{{_NAMESPACE}}}mi"
        elif tag == "mi" and text in _FENCES:
            child.tag = f"{{{_NAMESPACE}}}mo"
            child.set("stretchy", "false")
        elif tag == "mo" and text in _TIGHT:
            child.set("lspace", _TIGHT[text])
            child.set("rspace", _TIGHT[text])
    if _tag(element) in _ROWS:
        for before, after in pairwise(children):
            if (_is_word(before) or _is_word(after)) and not {_tag(before), _tag(after)} & {"mo", "mspace"}:
                space = ET.Element(f"{{{_NAMESPACE}}}mspace", width="0.167em")
                element.insert(list(element).index(after), space)


def _is_word(element: ET.Element) -> bool:
    """Is this ``tanh`` or ``sech²``?"""
    if _tag(element) in {"msup", "msub", "msubsup"}:
        element = element[0]
    return _tag(element) in {"mi", "mo"} and bool(_WORD.fullmatch(element.text or ""))


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _serialise(root: ET.Element) -> str:
    """Without what HTML does not need: the namespace, and rows of one element."""
    for element in root.iter():
        element.tag = _tag(element)
        for place, child in enumerate(element):
            if _tag(child) == "mrow" and len(child) == 1:
                element[place] = child[0]
    return ET.tostring(root, encoding="unicode")


def mixed(text: str) -> Markup:
    """Prose with formulas between ``$`` (inline) or ``$$`` (block) as escaped HTML."""
    parts: list[Markup] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts.append(_prose(text[end : match.start()]))
        parts.append(_formula(match.group(1), block=True) if match.group(1) else _formula(match.group(2), block=False))
        end = match.end()
    parts.append(_prose(text[end:]))
    return Markup("").join(parts)


def _prose(text: str) -> Markup:
    """Escaped; `code` between backquotes."""
    pieces = [escape(piece) for piece in text.split("`")]
    if len(pieces) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else piece for place, piece in enumerate(pieces)
    )


def rendered(latex: str, *, block: bool = False) -> Markup:
    """As :func:`mathml`; a formula that cannot be rendered is shown as its source and marked as such.

    A report of a run that took minutes is not lost to one formula, and the reader sees which one it is.
    """
    try:
        return mathml(latex, block=block)
    except FormulaError as error:
        return Markup('<code class="unrendered" title="{}">formula not rendered: {}</code>').format(str(error), latex)


def _formula(latex: str, *, block: bool) -> Markup:
    html = rendered(latex, block=block)
    return Markup('<div class="formula">{}</div>').format(html) if block else html


def formula(text: str) -> Markup:
    """One side of a proof step: LaTeX as a whole, or prose with formulas when it holds ``$``."""
    return mixed(text) if "$" in text else rendered(text, block=True)
