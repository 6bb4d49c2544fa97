"""Targets that are hostile when they are imported, and when they are called."""

from __future__ import annotations

from typing import Final

from hostile_case import CHILD, CRASH, RIGHT, RUN, Case


def _short(says: str) -> tuple[str, ...]:
    """A limit that is waited for."""
    return ("--limit", "1") if says.startswith("did not") else ()


def _import(says: str, source: str, *words: str) -> Case:
    return Case("import", ("check", "t.py:f", *RUN, *_short(says), *words), says, {"t.py": f"{source}\n{RIGHT}"})


IMPORTS: Final = (
    _import("did not answer within", "while True: pass"),
    _import("did not answer within", "import time\ntime.sleep(1000)"),
    _import("did not answer within", "import signal\nsignal.pause()"),
    _import("did not answer within", "while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
    _import("SystemExit: 0", "import sys\nsys.exit(0)"),
    _import("KeyboardInterrupt", "raise KeyboardInterrupt"),
    _import("GeneratorExit", "raise GeneratorExit"),
    _import(
        "importing it raised E: (its message raised E)",
        "class E(BaseException):\n    def __str__(self): raise self\nraise E",
    ),
    _import("importing it raised ValueError: \N{REPLACEMENT CHARACTER}[2J", "raise ValueError('\\x1b[2J\\nTraceback')"),
    _import("…", "raise ValueError('x' * 10**7)"),
    _import("ended its process with status 0", "import os\nos._exit(0)"),
    _import("ended its process with status -11", CRASH),
    _import("ended its process with status -6", "import faulthandler, os\nfaulthandler.disable()\nos.abort()"),
    _import("ended its process with status 3", CHILD + "else: os._exit(3)"),
    _import("MemoryError", "import numpy\nx = numpy.empty(2**45)"),
    _import(
        "MemoryError", "import os, numpy\nx = [numpy.empty(2**30) for _ in range(os.sysconf('SC_PHYS_PAGES') // 2**18)]"
    ),
    _import("RecursionError", "def g(): g()\ng()"),
    _import("SyntaxError", "def def"),
    Case("import", ("check", "t.py:f", *RUN), "has no 'f'", {"t.py": "def f(): pass\ndel f"}),
    Case("import", ("check", "no_such_module:f", *RUN), "ModuleNotFoundError"),
    Case("import", ("check", "t.py:g", *RUN), "has no 'g'", {"t.py": RIGHT}),
    Case("import", ("check", "t.py:f.g.h", *RUN), "has no 'g'", {"t.py": RIGHT}),
    Case("import", ("check", "t.py:f", *RUN), "something that can be called", {"t.py": "f = 3"}),
    Case(
        "import",
        ("check", "t.py:g", *RUN),
        "importing it raised OSError",
        {"t.py": "def __getattr__(name): raise OSError"},
    ),
    Case("import", ("check", "t.py", *RUN), "expected module:attribute", {"t.py": RIGHT}),
    Case("import", ("check", ":f", *RUN), "expected module:attribute"),
    Case("import", ("check", "..:f", *RUN), "importing it raised"),
    Case("import", ("check", "a\0b.py:f", *RUN), "'a\\x00b.py"),
    _import("has no 'away'", "", "--setup", "t.py:away"),
    _import("no method 'away'", "", "--method", "away"),
)

# calling a target: the report says what is wrong


def _call(says: str, body: str, *words: str, status: int = 1) -> Case:
    head = "import numpy as np, os, sys, time, torch\ndef right(q, k, v): return (q @ k.mT).softmax(-1) @ v\n"
    source = (
        f"{head}kept = []\ndef f(query, key, value):\n    c = torch.is_tensor(query) and right(query, key, value)\n"
    )
    return Case(
        "call", ("check", "t.py:f", *RUN, *_short(says), *words), says, {"t.py": source + f"    {body}\n"}, status
    )


NUMPY: Final = ("--framework", "numpy")
BACK: Final = (*NUMPY, "--backward", "t.py:back")
OURS: Final = "w = query @ key.mT; w = np.exp(w - w.max(-1, keepdims=True)); c = w / w.sum(-1, keepdims=True) @ value"
OVERWRITTEN: Final = """kept.append(0)
    f.room = getattr(f, 'room', {})
    room = f.room.setdefault(c.shape, c.clone())
    return room.copy_(c + 1e-3 * (len(kept) % 2 == 0))
"""
CALLS: Final = (
    _call("did not answer within", "while True: pass"),
    _call("did not answer within", "while True:\n        try: time.sleep(60)\n        except BaseException: pass"),
    _call("ended its process with status 0", "os._exit(0)"),
    _call(
        "ended its process with status -11", "import ctypes, faulthandler; faulthandler.disable(); ctypes.string_at(0)"
    ),
    _call("closed the pipe for answers", "os.closerange(3, 1024); time.sleep(60)"),
    _call("raised SystemExit: 0", "sys.exit(0)"),
    _call("raised KeyboardInterrupt", "raise KeyboardInterrupt"),
    _call("raised GeneratorExit", "raise GeneratorExit"),
    _call("raised Skipped", "import pytest; pytest.skip('not today')"),
    _call("(its message raised E)", "class E(BaseException):\n        def __str__(self): raise self\n    raise E"),
    _call("raised MemoryError", "return c + np.empty(2**45)"),
    _call("raised RecursionError", "return f(query, key, value)"),
    _call("context is NoneType", "return None"),
    _call("context is str", "return 'context'"),
    _call("context is object", "return object()"),
    _call("context is ndarray", "return c.detach().numpy()"),
    _call("context is float", "return 1.0"),
    _call("context is list", "return [[[1.0], [2.0, 3.0]]]"),
    _call("complex128; expected real", "return c.to(torch.complex128)"),
    _call("torch.bool; expected real", "return c > 0"),
    _call("a tensor on meta", "return c.to('meta')"),
    _call("shape ()", "return c.sum()"),
    _call("shape", "return c[..., :1]"),
    _call("shape", "return c[None]"),
    _call("context has no gradients (detached", "return c.detach()"),
    _call("FAULT FOUND", "return torch.full_like(c, float('nan')) + 0 * c"),
    _call("error exceeds its bound", "c.register_hook(lambda g: 0 * g); return c"),
    _call("raised OSError: hook", "def h(g): raise OSError('hook')\n    c.register_hook(h); return c"),
    _call(
        "gave no answer", "return torch.sparse_coo_tensor(torch.zeros(c.ndim, 1, dtype=int), [1.0], c.shape).double()"
    ),
    _call(
        "raised OSError: late",
        "def late(*a, **k): raise OSError('late')\n"
        "    T = type('T', (torch.Tensor,), {'__torch_function__': staticmethod(late)}); return c.as_subclass(T)",
    ),
    _call("arguments in place: query", "c = c * 1.0; query.data.zero_(); return c", "--property", "inputs untouched"),
    _call("complex128; expected real", f"{OURS}; return c + 0j", *NUMPY),
    _call("an array of object", f"{OURS}; return c.astype(object)", *NUMPY),
    _call("an array of str", f"{OURS}; return c.astype(str)", *NUMPY),
    _call("context is NoneType", "return None", *NUMPY),
    _call("context is str", "return '1.5'", *NUMPY),
    _call("raised ValueError", "return [[[1.0], [2.0, 3.0]]]", *NUMPY),
    _call("context as object", "return object()", *NUMPY),
    _call("returned no results", "return ()", *NUMPY),
    _call(
        "the gradient of query as an array of complex128",
        f"{OURS}; return c\ndef back(**g): return {{n: g[n] + 0j for n in ('query', 'key', 'value')}}",
        *BACK,
    ),
    _call(
        "the gradient of query is NoneType",
        f"{OURS}; return c\ndef back(**g): return {{n: None for n in ('query', 'key', 'value')}}",
        *BACK,
    ),
    _call("the backward function has no gradient of query", f"{OURS}; return c\ndef back(**g): return {{}}", *BACK),
    _call("backward returned int", f"{OURS}; return c\ndef back(**g): return 3", *BACK),
    _call("raised SystemExit", f"{OURS}; return c\ndef back(**g): sys.exit(0)", *BACK),
    # One buffer for every result, wrong at every other call: what was taken in before must not change with it.
    _call("two equal calls differ in context", OVERWRITTEN, "--no-gradients", "--property", "repeatable"),
    # What is loud, and right, is right.
    _call("NO FAULT FOUND", "print('x' * 10**6); sys.stderr.write('y' * 10**6); return c", status=0),
    _call("NO FAULT FOUND", "sys.stdout = sys.stderr = None; os.closerange(0, 3); return c", status=0),
    _call(
        "NO FAULT FOUND",
        "import threading; threading.Thread(target=time.sleep, args=(60,)).start(); return c",
        status=0,
    ),
    _call("NO FAULT FOUND", "kept.append(kept or os.fork() or os._exit(0)); return c", status=0),
)
