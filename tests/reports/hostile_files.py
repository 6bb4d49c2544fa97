"""Hostile score files and replay files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from hostile_case import CHILD, CRASH, RIGHT, Case

from attnproof.verify.checking.replaying import SCHEMA
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.properties import Draw

HEAD: Final = """
from sympy import Add, exp, sin
from attnproof.derivations.language.notation import D, I, J, N_K, R
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K, QUERY_SHARED as Q, SCORES
from attnproof.derivations.scores.own import intermediate, parameter, score
product = total(Q[I, R] * K[J, R], (R, D))
"""
TAIL: Final = '\nx = score("x", [Q, K], [Equation(SCORES, (I, J), rhs)])\n'


def _score(says: str, source: str | bytes, *words: str) -> Case:
    return Case("score file", words or ("export", "x.py:x", "--to", "numpy"), says, {"x.py": source})


SCORE_FILES: Final = (
    _score("x.py:1: did not end within", "while True: pass\n"),
    _score("x.py:2: did not end within", "import time\ntime.sleep(1000)\n", "show", "x.py:x.scores"),
    _score("x.py:2: did not end within", "import time\ntime.sleep(1000)\n", "verify", "--score", "x.py:x"),
    _score("did not end within", "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n"),
    _score("did not end within", f"{HEAD}rhs = (product + exp(product) + 2)**3000\nrhs = rhs.expand(){TAIL}"),
    _score("did not end within", "import signal\nsignal.pause()\n"),
    _score("x.py:1: MemoryError", "x = bytearray(10**13)\n"),
    _score("MemoryError", "import numpy\nx = []\nwhile True: x.append(numpy.empty(2**25))\n"),
    _score("x.py:1: SystemExit: 0", "raise SystemExit(0)\n"),
    _score("x.py:1: KeyboardInterrupt", "raise KeyboardInterrupt\n", "list", "x.py:x"),
    _score("x.py:1: GeneratorExit", "raise GeneratorExit\n"),
    _score("x.py:2: E: ", "class E(BaseException): pass\nraise E('away')\n"),
    _score("ended its process with status 0", "import os\nos._exit(0)\n"),
    _score("ended its process with status 7", "import os\nos._exit(7)\n", "verify", "--score", "x.py:x"),
    _score("ended its process with status -11", CRASH),
    _score("x.py:2: ended its process with status -11", "import ctypes\nctypes.string_at(0)\n"),
    _score("ended its process with status -9", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"),
    _score("no 'x'", f"{CHILD}else: pass\n"),
    _score("x.py:3: what now", "def f():\n    pass\nraise ValueError('what\\nnow')\n"),
    _score("x.py:1: RecursionError", "exec('f = lambda: f()'); f()\n"),
    _score("x.py:1: invalid syntax", "def def\n"),
    _score("null bytes", b"x = 1\0\n"),
    _score("x.py", b"\xff\xfe\x00 no text"),
    _score("x.py", "(" * 5000),
    _score("no 'x'", ""),
    _score("did you mean xx?", f"{HEAD}rhs = product{TAIL.replace('x =', 'xx =')}"),
    _score("x is a int, not a score", "print('x' * 10**7)\nx = 1\n"),
    _score("x is a int, not a score", "import sys\nsys.stdout = sys.stderr = None\nx = 1\n"),
    _score("more than 2000 symbols", f"{HEAD}rhs = Add(*(exp(n * product) for n in range(1, 400))){TAIL}"),
    _score("x.py", f"{HEAD}rhs = product\nfor n in range(1000): rhs = exp(rhs) + n{TAIL}"),
    _score("an exponent beyond 64", f"{HEAD}rhs = product**1000000{TAIL}"),
    _score("more than 40 digits", f"{HEAD}rhs = product / 10**5000{TAIL}"),
    _score("unknown function sin", f"{HEAD}rhs = sin(product){TAIL}"),
    _score("is rounded", f"{HEAD}rhs = 0.2 * product{TAIL}"),
    _score("names no score", "x = 1\n", "verify", "--score", "x.py"),
    _score("names no score", "x = 1\n", "export", "x.py:a.b", "--to", "numpy"),
)

# replay files


def _meta() -> dict[str, Any]:
    draw = asdict(Draw(SETTINGS["base"], "normal", "fp64", "cpu", 0))
    declaration = {"score": "dot", "layout": "", "arguments": [], "dtypes": ["fp64"], "framework": "torch"}
    return {
        "schema": SCHEMA,
        "declaration": declaration,
        "names": {"target": "marker:f"},
        "property": "values",
        "draw": json.loads(json.dumps(draw)),
        "quantity": "context",
        "outcome": "fail",
        "reason": "",
    }


def _arrays() -> dict[str, Any]:
    case = make_case("dot", SETTINGS["base"], "normal", "fp64", 0)
    return {f"input.{n}": v for n, v in case.inputs.items()} | {"grad_context": case.grad_context}


def _npz(meta: object, arrays: Mapping[str, Any], **options: Any) -> bytes:
    made = io.BytesIO()
    text = np.array(meta if isinstance(meta, str) else json.dumps(meta))
    (np.savez_compressed if options.pop("compressed", False) else np.savez)(made, meta=text, **arrays, **options)
    return made.getvalue()


def _with(path: str, value: Any, meta: dict[str, Any] | None = None) -> dict[str, Any]:
    """The text with another value at a place such as ``draw.setting.n_q``; ... takes it away."""
    meta = _meta() if meta is None else meta
    *above, last = path.split(".")
    at = meta
    for name in above:
        at = at[name]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return meta


def _header(shape: str, descr: str = "<f8") -> bytes:
    """An array of 8 bytes whose header says something else."""
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(8)


def _zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _saying(path: str, value: Any) -> bytes:
    return _npz(_with(path, value), _arrays())


GOOD: Final = _npz(_meta(), _arrays())
# Imported, it leaves a file that the test would find.
MARKER: Final = "open('imported', 'w').close()\n" + RIGHT


def _replay(says: str, content: bytes, *words: str) -> Case:
    return Case(
        "replay file", ("replay", "x.npz", *(words or ("marker:f",))), says, {"x.npz": content, "marker.py": MARKER}
    )


def _unnamed(says: str, content: bytes, *words: str) -> Case:
    return Case("replay file", ("replay", "x.npz", *words), says, {"x.npz": content, "marker.py": MARKER})


QUERY: Final = _arrays()["input.query"]
REPLAY_FILES: Final = (
    _unnamed("names target 'marker:f', and nothing is run", GOOD),
    _unnamed(
        "'subprocess:Popen'", _saying("names", {"target": "subprocess:Popen", "build": "args=['touch', 'imported']"})
    ),
    _replay("names setup 'marker:f'", _saying("names", {"target": "marker:f", "setup": "marker:f"})),
    _replay("--backward", _saying("names.backward", "marker:f")),
    _replay("--method", _saying("names.method", "fromfile")),
    _unnamed("names no target", _saying("names", {}), "--trust"),
    _replay("expected a number of seconds", GOOD, "marker:f", "--limit", "inf"),
    *(
        _replay(f"unknown field of the declaration '{name}'", _saying(f"declaration.{name}", "marker:f"))
        for name in ("target", "build", "setup", "method", "backward")
    ),
    _replay("unknown name 'hook'", _saying("names.hook", "marker:f")),
    _replay("no printable text", _saying("names.target", "marker:f\x1b[2J\n")),
    _replay("no printable text", _saying("names.target", ["marker:f"])),
    _replay("attnproof.replay/9", _saying("schema", "attnproof.replay/9")),
    _replay("attnproof.replay/1", _saying("schema", "attnproof.replay/1")),
    _replay("unknown schema None", _saying("schema", ...)),
    _replay("did you mean values?", _saying("property", "valuse")),
    _replay("unknown property None", _saying("property", None)),
    _replay("did you mean dot?", _saying("declaration.score", "dott")),
    _replay("score is", _saying("declaration.score", ["dot"])),
    _replay("no score is named", _saying("declaration.score", ...)),
    _replay("declaration is 'dot'", _saying("declaration", "dot")),
    _replay("arguments is", _saying("declaration.arguments", "query=q")),
    _replay("contract is", _saying("declaration.contract", {"polarity": 1})),
    _replay("contract: polarity", _saying("declaration.contract", {"polarity": "both"})),
    _replay("unknown dtype 'fp8'", _saying("declaration.dtypes", ["fp8"])),
    _replay("layout", _saying("declaration.layout", "what=q")),
    _replay("n_q is -3", _saying("draw.setting.n_q", -3)),
    _replay("n_q is 0", _saying("draw.setting.n_q", 0)),
    _replay("n_q is 1e+300", _saying("draw.setting.n_q", 1e300)),
    _replay("n_q is nan", _saying("draw.setting.n_q", float("nan"))),
    _replay("n_q is True", _saying("draw.setting.n_q", True)),
    _replay("d_k is 10000", _saying("draw.setting.d_k", 10**30)),
    _replay("sizes beyond those", _saying("draw.setting.d_k", 4 * 10**6)),
    _replay("batch is", _saying("draw.setting.batch", [2, -1])),
    _replay("batch is '2'", _saying("draw.setting.batch", "2")),
    _replay("sizes beyond those", _saying("draw.setting.batch", [1000, 1000])),
    _replay("other names or shapes", _saying("draw.setting.batch", [2])),
    _replay("other names or shapes", _saying("draw.setting.n_k", 6)),
    _replay("unknown mask 'all'", _saying("draw.setting.mask", "all")),
    _replay("softcap is '1'", _saying("draw.setting.softcap", 1)),
    _replay("setting has the fields", _saying("draw.setting.what", 1)),
    _replay("draw has the fields", _saying("draw.seed", ...)),
    _replay("seed is -1", _saying("draw.seed", -1)),
    _replay("unknown dtype", _saying("draw.dtype", "float128")),
    _replay("unknown device 'meta'", _saying("draw.device", "meta")),
    _replay("unknown input class", _saying("draw.input_class", "evil")),
    _replay("Expecting", _npz("{", _arrays())),
    _replay("RecursionError", _npz("[" * 100000, _arrays())),
    _replay("meta is '[]'", _npz("[]", _arrays())),
    _replay("input.query holds NaN", _npz(_meta(), _arrays() | {"input.query": np.full_like(QUERY, np.nan)})),
    _replay("input.query holds NaN", _npz(_meta(), _arrays() | {"input.query": np.full_like(QUERY, np.inf)})),
    _replay("type object", _npz(_meta(), _arrays() | {"input.query": np.array([{}], dtype=object)}, allow_pickle=True)),
    _replay("type complex128", _npz(_meta(), _arrays() | {"input.query": QUERY + 1j})),
    _replay("type float32", _npz(_meta(), _arrays() | {"input.query": QUERY.astype(np.float32)})),
    _replay("other names or shapes", _npz(_meta(), _arrays() | {"input.query": QUERY[:1]})),
    _replay("other names or shapes", _npz(_meta(), _arrays() | {"input.more": QUERY})),
    _replay("other names or shapes", _npz(_meta(), {"input.query": QUERY})),
    _replay("is not a value of fp16", _saying("draw.dtype", "fp16")),
    _replay("compressed arrays", _npz(_meta(), _arrays() | {"zeros": np.zeros(10**7)}, compressed=True)),
    _replay("bytes that follow", _zip({"input.query.npy": _header("(1000000000000,)")})),
    _replay("bytes that follow", _zip({"input.query.npy": _header("(-1,)")})),
    _replay("bytes that follow", _zip({"input.query.npy": _header("(0,)")})),
    _replay("type object", _zip({"input.query.npy": _header("(1,)", "|O")})),
    _replay("no text named meta", _zip({"meta.npy": _header("(1,)")})),
    _replay("no text named meta", _zip({})),
    _replay("magic", _zip({"meta.npy": b"no array"})),
    _replay("more or longer arrays", _zip({f"a{n}.npy": b"" for n in range(1025)})),
    _replay("a file of ours has at most", bytes(5 * 2**20)),
    _replay("zip", b""),
    _replay("zip", b"junk"),
    _replay("zip", GOOD[: len(GOOD) // 2]),
    _replay("schema attnproof.replay", GOOD[:300] + bytes(50) + GOOD[350:]),
    _replay("zip", QUERY.tobytes()),
)
