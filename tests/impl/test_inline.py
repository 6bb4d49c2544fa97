from __future__ import annotations

import pytest

from attnproof.impl.export.inline import inlined

RUNTIME = '''"""A runtime."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

LIMIT = 3  # used by near


# Says how far.
@staticmethod
def near(x: float) -> float:
    return helper(x) + LIMIT


def helper(x: Any) -> float:
    return math.sqrt(x)


def far(x: Mapping[str, int]) -> str:
    return os.getcwd()
'''
SOURCES = {
    "attnproof.impl.generated.made": RUNTIME,
    "attnproof.impl.generated.deeper": "from attnproof.impl.generated.made import near\n\n\ndef deep():\n    return "
    "near(2)\n",
}


def test_only_what_is_reached_is_put_in() -> None:
    found = inlined(
        '"""Doc."""\n\nimport sys\n\nfrom attnproof.impl.generated.made import far, near\n\nX = near(1)\n', SOURCES
    )
    assert found.docstring == "Doc."
    assert found.imports == "from __future__ import annotations\n\nimport math\nfrom typing import Any"
    assert found.body == "X = near(1)"
    assert [text.splitlines()[0] for text in found.definitions.split("\n\n\n")] == [
        "LIMIT = 3  # used by near",
        "# Says how far.",
        "def helper(x: Any) -> float:",
    ]
    assert "@staticmethod\ndef near" in found.definitions


def test_modules_of_ours_may_import_each_other() -> None:
    found = inlined(
        "from attnproof.impl.generated.deeper import deep\nfrom attnproof.impl.generated.made import near\n\nX = "
        "deep() + near(1)\n",
        SOURCES,
    )
    assert found.definitions.count("def near") == 1
    assert found.definitions.index("def helper") < found.definitions.index("def deep")


def test_imports_of_others_are_sorted_in_sections() -> None:
    text = (
        "import numpy as np\nimport torch\nimport os.path\nfrom torch import Tensor, zeros\nfrom typing import Any\n"
        "\nX: Any = np.ones(1), torch, os.path, Tensor, zeros\n"
    )
    assert inlined(text).imports == (
        "import os.path\nfrom typing import Any\n\nimport numpy as np\nimport torch\nfrom torch import Tensor, zeros"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "import attnproof.impl.generated.made\n\nX = impl\n",
            "only 'from module import name' can be put in: import attnproof.impl.generated.made",
        ),
        ("from attnproof.impl.generated.made import near as n\n\nX = n(1)\n", "only 'from module import name'"),
        ("from attnproof.impl.generated.made import *\n\nX = near(1)\n", "only 'from module import name'"),
        ("from . import near\n\nX = near(1)\n", "a relative import cannot be put in"),
        (
            "from attnproof.impl.generated.made import nowhere\n\nX = nowhere(1)\n",
            "attnproof.impl.generated.made has no 'nowhere'; it has Any, LIMIT",
        ),
        (
            "from attnproof.impl.generated.missing import near\n\nX = near(1)\n",
            "module attnproof.impl.generated.missing has no file",
        ),
        (
            "from attnproof.impl.generated.made import near\n\nLIMIT = near(1)\n",
            "LIMIT is defined in the module and in attnproof.impl.generated.made",
        ),
        ("X = 1\nfrom attnproof.impl.generated.made import near\n", "line 2: imports of this project stand at the top"),
    ],
)
def test_what_cannot_be_put_in_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        inlined(text, SOURCES)


def test_two_definitions_of_one_name_are_refused() -> None:
    sources = {
        "attnproof.impl.generated.one": "def f():\n    return 1\n\n\ndef g():\n    return f()\n",
        "attnproof.impl.generated.two": "def f():\n    return 2\n",
    }
    with pytest.raises(
        ValueError, match=r"f is defined in attnproof\.impl\.generated\.one and in attnproof\.impl\.generated\.two"
    ):
        inlined(
            "from attnproof.impl.generated.one import g\nfrom attnproof.impl.generated.two import f\n\nX = f() + g()\n",
            sources,
        )
