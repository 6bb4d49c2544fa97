"""A section of the page, and the templates that all sections share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from attnproof.reports import words
from attnproof.reports.page import code, mathml, numbers


@dataclass(frozen=True)
class Section:
    """``id`` is the anchor, ``title`` the heading, ``links`` the (anchor, title) pairs below it in the contents."""

    id: str
    title: str
    html: Markup
    links: tuple[tuple[str, str], ...] = ()


def slug(*names: str) -> str:
    """A stable anchor made from names: ``slug("score", "scaled_dot")`` is ``score-scaled_dot``."""
    return "-".join(re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-") for name in names)


def sentence(text: str) -> str:
    """First letter in upper case, a full stop at the end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) or not text else ".")


# Up to a full stop that a capital letter or a formula follows; a stop inside a formula ends nothing.
_SENTENCE = re.compile(r"(?:[^.$]|\$[^$]*\$|\.(?!\s+[A-Z$]))*\.\s+(?=[A-Z$])")
SHORT = 140  # characters of source below which a first sentence rarely says the result


def beginning(text: str, least: int = SHORT, most: int | None = None) -> tuple[str, str]:
    """The first sentences of prose with formulas between ``$``, at least ``least`` characters of source, and the rest.

    A sentence that only names things (``Let ...``) does not count. With ``most``, a sentence that would make it longer than
    that is left to the rest, unless it is the first one.
    """
    end = counting = 0
    while counting < least and (found := _SENTENCE.match(text, end)):
        if most is not None and end and found.end() > most:
            break
        counting += 0 if found.group().startswith("Let ") else found.end() - end
        end = found.end()
    return (text[:end].rstrip(), text[end:]) if end else (text, "")


def ticked(text: str) -> Markup:
    """Prose with formulas between backticks, as Markdown has them."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def counted(outcomes: Iterable[str], order: Iterable[str] = words.OUTCOMES) -> list[tuple[str, int]]:
    """How often each outcome occurs, in the order of the vocabulary."""
    found = list(outcomes)
    return [(name, found.count(name)) for name in words.in_order(found, order)]


@cache
def environment() -> Environment:
    """The Jinja environment: autoescape on, an undefined name is an error."""
    env = Environment(
        loader=PackageLoader("attnproof.reports.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        mixed=mathml.mixed,
        formula=mathml.formula,
        mathml=lambda latex: mathml.rendered(latex, block=True),
        python=code.python,
        show=numbers.show,
        sentence=sentence,
        beginning=beginning,
        ticked=ticked,
        slug=slug,
        word=words.word,
        counted=counted,
    )
    env.globals["slug"] = slug
    return env


def fill(template: str, **values: Any) -> Markup:
    """The template ``templates/NAME`` with ``values``."""
    return Markup(environment().get_template(template).render(**values))
