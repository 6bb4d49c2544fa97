"""What is really true about attention scores, and does this code compute them?

    formula("softmax.jacobian")     a derived formula, with forms, assumptions and proof
    claim("X4")                     a claim, decided here and now
    check(function, "additive")     whether an attention computes what it claims to
    judge(function, reference, …)   whether any program computes what another one does
    assert_close(actual, f, *xs)    whether a result is what f(*xs) means, within derived bounds: for tests
    read(function)                  the formulas that an attention computes, and how they differ from the nearest known
    attention("additive", ...)      the fused kernels: differentiable attention of torch tensors
    nn.AdditiveAttention(...)       the same as layers for torch; Multiplicative…, and ScoreAttention for any score
    opcheck_numerics(op, samples)   whether an operator of PyTorch computes what it should, beside torch.library.opcheck
    table("variance")               a table of a run, as a pandas DataFrame
    UndecidedError                  what assert_close raises where nothing can be said
    Unsupported                     what an adapter raises for a request that its attention is not made for

The rooms of the project lie below this package: ``attnproof.derivations``, ``impl``, ``verify``, ``reports``.

(PYTEST_DONT_REWRITE: a pytest that starts where this is imported already would warn that it cannot rewrite it.)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attnproof import nn
    from attnproof.derivations.formulas import formula
    from attnproof.impl.fused import attention
    from attnproof.reports.commands.decided import claim
    from attnproof.verify.against.api import judge
    from attnproof.verify.against.close import UndecidedError, assert_close
    from attnproof.verify.checking.check import check
    from attnproof.verify.checking.reading import read
    from attnproof.verify.formats.opcheck.numerics import opcheck_numerics
    from attnproof.verify.tables.frame import table
    from attnproof.verify.targets.target import Unsupported

__version__ = "0.2.0"
__all__ = [
    "UndecidedError",
    "Unsupported",
    "assert_close",
    "attention",
    "check",
    "claim",
    "formula",
    "judge",
    "nn",
    "opcheck_numerics",
    "read",
    "table",
]

if not TYPE_CHECKING:  # late, so that importing this is light: SymPy, NumPy and torch come with what needs them
    _MODULES = {
        "assert_close": "attnproof.verify.against.close",
        "attention": "attnproof.impl.fused",
        "check": "attnproof.verify.checking.check",
        "claim": "attnproof.reports.commands.decided",
        "formula": "attnproof.derivations.formulas",
        "judge": "attnproof.verify.against.api",
        "opcheck_numerics": "attnproof.verify.formats.opcheck.numerics",
        "read": "attnproof.verify.checking.reading",
        "table": "attnproof.verify.tables.frame",
        "UndecidedError": "attnproof.verify.against.close",
        "Unsupported": "attnproof.verify.targets.target",
    }

    def __getattr__(name):
        from importlib import import_module

        if name == "nn":
            return import_module("attnproof.nn")
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_MODULES[name]), name)
        return found

    def __dir__():
        return sorted({*globals(), *__all__})
