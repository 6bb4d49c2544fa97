"""Evidence: oracle, error bounds, input classes, checks, tables and the runner; ``attnproof.verify.check`` examines anyone's attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attnproof.verify.checking.check import check

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    # Late, so that importing this package stays light.
    if name == "check":
        from attnproof.verify.checking.check import check

        return check
    raise AttributeError(f"module 'verify' has no attribute {name!r}")
