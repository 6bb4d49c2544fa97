"""What ``torch.compile`` makes is asked as it is written, and compiled again when the check is over."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import attnproof


def backend(*_: Any) -> Any:
    raise AssertionError("compiled")


def plain(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(query @ key.mT / query.shape[-1] ** 0.5, -1) @ value


def test_nothing_is_compiled_while_it_is_asked() -> None:
    compiled = torch.compile(plain, backend=backend)
    options: dict[str, Any] = {"profile": "quick", "properties": ("values", "algebra"), "shrink": False}
    assert attnproof.check(compiled, "scaled_dot", dtypes=("fp64",), **options).ok
    with pytest.raises(Exception, match="compiled"):
        compiled(*torch.ones(3, 2, 2))
