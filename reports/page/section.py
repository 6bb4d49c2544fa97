"""A section of the page, and the templates that all sections share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from attnproof.reports import words
from attnproof.reports.page import code, mathml, numbers

_OTHER: Final = re.compile(r"[^A-Za-z0-9_.]+")


@dataclass(frozen=True)
class Section:
    """``id`` is the anchor, ``title`` the heading, ``links`` the (anchor, title) pairs below it in the contents."""

    id: str
    title: str
    html: Markup
    links: tuple[tuple[str, str], ...] = ()


def slug(*names: str) -> str:
    """A stable anchor made from names: ``slug("score", "scaled_dot")`` is ``score-scaled_dot``."""
    return "-".join(map(_slug, names))


@lru_cache(maxsize=1 << 14)
def _slug(name: str) -> str:
    return _OTHER.sub("-", name).strip("-")


def sentence(text: str) -> str:
    """First letter in upper case, a full stop at the end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) or not text else ".")


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
        slug=slug,
        word=words.word,
    )
    env.globals.update(slug=slug, longest=mathml.LONGEST)
    return env


def fill(template: str, **values: Any) -> Markup:
    """The template ``templates/NAME`` with ``values``."""
    return Markup(environment().get_template(template).render(**values))
