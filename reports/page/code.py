"""Source code as highlighted HTML."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]


@cache
def python(source: str) -> Markup:
    """Python source as ``<pre>`` with Pygments' short class names; the colours are in ``templates/page.css``."""
    spans = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(Markup(spans))
