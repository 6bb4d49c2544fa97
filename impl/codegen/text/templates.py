"""Source text from jinja2 templates."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def rendered(template: Path, **context: object) -> str:
    """The text of a template, which may include its neighbours. Raises jinja2's UndefinedError for a name not given."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        undefined=StrictUndefined,
        trim_blocks=True,  # a line that is a statement leaves nothing behind
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # this is Python, not HTML
    )
    return environment.get_template(template.name).render(context)
