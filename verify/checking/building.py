"""Whether a class or factory can be built as ``--build`` says: found before anything is asked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any, Final

from attnproof.verify.checking import loading
from attnproof.verify.targets.saying import said
from attnproof.verify.targets.target import Unsupported

SIZE: Final = 8  # of everything: a width is then even, and a multiple of the number of heads


def check_build(name: str, found: Callable[..., Any], build: str, sizes: Collection[str], method: str) -> None:
    """Raise ValueError for arguments that the class or factory does not take, for one that raises with them, and for
    one that makes nothing that can be called.
    """
    given = loading.arguments(build)
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):  # what it takes is not known
        pass
    else:
        try:
            signature.bind(**given)
        except TypeError as error:
            raise ValueError(f"--build {build!r}: {error}; {name} takes {signature}") from error
    try:
        made = found(**loading.with_sizes(given, dict.fromkeys(sizes, SIZE)))
    except Unsupported:
        return  # not made for these sizes
    except (Exception, SystemExit) as error:
        raise ValueError(f"--build {build!r}: building {name} with every size {SIZE} raised {said(error)}") from error
    if method and not hasattr(made, method):
        raise ValueError(f"--build {build!r}: what {name} makes has no method {method!r}")
    if not method and not callable(made):
        raise ValueError(f"--build {build!r}: {name} makes {type(made).__name__}; expected something to be called")
