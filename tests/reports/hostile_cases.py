"""Hostile runs of the command line, as data: what is there, the words, the exit status, what the one line must say.

Devices are read from only. As a place to write to stand pipes and sockets of the test's own folder: code that fails
these cases replaces what it should not, and as root it would replace the system's /dev/null.
"""

from __future__ import annotations

import io
import json
import os
import socket
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from attnproof.verify.checking.replaying import SCHEMA
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.properties import Draw

Put = Callable[[Path], object]  # makes something at a path


@dataclass(frozen=True)
class Case:
    """One run.

    says    a fragment of the one line on standard error, or, where ``status`` is not 2, of standard output
    files   what is there, by name: text, bytes, or what makes it
    words   of the command line
    """

    kind: str
    words: tuple[str, ...]
    says: str
    files: Mapping[str, str | bytes | Put] = field(default_factory=dict)
    status: int = 2

    def __str__(self) -> str:
        """For ids."""
        return f"{self.kind}: {self.says}"[:70]


def link(to: str) -> Put:
    """A symbolic link."""
    return lambda path: path.symlink_to(to)


def pipe(path: Path) -> None:
    """A pipe, opening which never ends."""
    os.mkfifo(path)


def folder(path: Path) -> None:
    """An empty folder."""
    path.mkdir()


def listening(path: Path) -> None:
    """A socket."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


LOOP: Final = {"loop": link("loop2"), "loop2": link("loop")}
CANNOT_BE_WRITTEN: Final = "/proc" if Path("/proc").is_dir() else "/System"

# --- arguments

CHECK: Final = ("check", "a:b", "--score", "dot")


def _argument(says: str, *words: str) -> Case:
    return Case("argument", (*CHECK, *words), says)


ARGUMENTS: Final = (
    *(
        _argument("expected a number of seconds", f"--limit={each}")
        for each in ("inf", "nan", "-1", "0", "-inf", "1e9")
    ),
    _argument("invalid float value: 'soon'", "--limit", "soon"),
    _argument("--seed is -1", "--seed", "-1"),
    _argument("--seed is 9", "--seed", "9" * 30),
    _argument("invalid int value: 'x'", "--seed", "x"),
    _argument("did you mean quick?", "--profile", "qick"),
    _argument("unknown profile 'x'", "--profile", "x"),
    _argument("did you mean values?", "--property", "valeus"),
    _argument("unknown property ''", "--property", ""),
    _argument("did you mean bf16?", "--dtype", "b16"),
    _argument("no dtype is named", "--dtype", ","),
    _argument("did you mean cuda?", "--device", "cuda:0"),
    _argument("no device is named", "--device", ""),
    _argument("did you mean mask?", "--takes", "masks"),
    _argument("did you mean masked_row?", "--contract", "masked_rows=nan"),
    _argument("did you mean true masks?", "--contract", "polarity=truemasks"),
    _argument("expected CHOICE=VALUE", "--contract", "polarity"),
    _argument("did you mean query?", "--layout", "qery=b q d"),
    _argument("axis 'd' of query is missing", "--layout", "query=b q"),
    _argument("names of axes", "--layout", "query=b q d)"),
    _argument("names of axes", "--layout", "query=b;q;d"),
    _argument("an axis appears twice", "--layout", "query=q q d"),
    _argument("did you mean torch?", "--framework", "troch"),
    _argument("did you mean query?", "--argument", "quary=q"),
    _argument("did you mean context?", "--output", "contxt=0"),
    _argument("no number", "--parameter", "w=1.2.3*query"),
    _argument("power of two", "--parameter", "w=0*query"),
    _argument("THEIR_NAME=EXPRESSION", "--parameter", "=query"),
    _argument("--build", "--build", "x=__import__('os')"),
    _argument("--build", "--build", "x=" + "(" * 5000),
    _argument("--build", "--build", "f(x)"),
    Case("argument", ("check", "a:b", "--score", "dott"), "did you mean dot?"),
    Case("argument", ("check", "a:b", "--score", ""), "unknown score ''"),
    Case("argument", ("check", "a:b"), "--score"),
    Case("argument", ("check",), "TARGET"),
    Case("argument", ("chek", "a:b"), "invalid choice: 'chek'"),
    Case("argument", ("check", "a:b", "--score", "dot", "--what\nis"), "unrecognized arguments"),
    Case("argument", ("show", "additive.context", "--as", "latx"), "did you mean latex?"),
    Case("argument", ("show", "additive.contxt"), "additive.context"),
    Case("argument", ("export", "additve", "--to", "torch"), "did you mean additive?"),
    Case("argument", ("export", "additive", "--to", "torhc"), "did you mean torch?"),
    Case("argument", ("claim", "T99"), "unknown claim 'T99'"),
    Case("argument", ("list", "nothing*like*it"), "no formula's name matches"),
)

# --- places: links in circles, devices, pipes, folders in place of files, and what cannot be written to

RIGHT: Final = "def f(query, key, value):\n    return (query @ key.mT).softmax(-1) @ value\n"
RUN: Final = (
    "--score",
    "dot",
    "--profile",
    "quick",
    "--dtype",
    "fp64",
    "--property",
    "values",
    "--limit",
    "30",
    "--no-shrink",
)


EXPORT: Final = ("export", "dot", "--to", "numpy", "-o")


def _place(says: str, *words: str, **files: str | bytes | Put) -> Case:
    return Case("place", words, says, {**LOOP, **files})


PLACES: Final = (
    _place("no file 'loop/x.py'", "check", "loop/x.py:f", *RUN),
    _place("no file 'loop.py'", "check", "loop.py:f", *RUN, **{"loop.py": link("loop.py")}),
    _place("no file 'pipe.py'", "check", "pipe.py:f", *RUN, **{"pipe.py": pipe}),
    _place("no file 'folder.py'", "check", "folder.py:f", *RUN, **{"folder.py": folder}),
    _place("no file 'gone.py'", "check", "gone.py:f", *RUN, **{"gone.py": link("nowhere.py")}),
    _place("levels of symbolic links", "check", "f.py:f", *RUN, "--save", "loop", **{"f.py": RIGHT}),
    _place("levels of symbolic links", "check", "f.py:f", *RUN, "--save", "loop/below", **{"f.py": RIGHT}),
    _place("is no folder", "check", "f.py:f", *RUN, "--save", "f.py", **{"f.py": RIGHT}),
    _place("f.py is no folder", "check", "f.py:f", *RUN, "--save", "f.py/below/it", **{"f.py": RIGHT}),
    _place("is no folder", "check", "f.py:f", *RUN, "--save", "socket", **{"f.py": RIGHT, "socket": listening}),
    _place("pipe is no folder", "check", "f.py:f", *RUN, "--save", "pipe/x", **{"f.py": RIGHT, "pipe": pipe}),
    _place("is no folder", "check", "f.py:f", *RUN, "--save", "pipe", **{"f.py": RIGHT, "pipe": pipe}),
    _place("--save", "check", "f.py:f", *RUN, "--save", f"{CANNOT_BE_WRITTEN}/attnproof", **{"f.py": RIGHT}),
    _place("levels of symbolic links", "replay", "loop", "a:b"),
    _place("No such file", "replay", "nowhere", "a:b"),
    _place("no regular file", "replay", "folder", "a:b", folder=folder),
    _place("no regular file", "replay", "/dev/zero", "a:b"),
    _place("no regular file", "replay", "pipe", "a:b", pipe=pipe),
    _place("no regular file", "replay", "socket", "a:b", socket=listening),
    _place("levels of symbolic links", "export", "loop:x", "--to", "numpy"),
    _place("cannot be read", "show", "nowhere.py:x.scores"),
    _place("no regular file", "export", "pipe:x", "--to", "numpy", pipe=pipe),
    _place("no regular file", "export", "/dev/zero:x", "--to", "numpy"),
    _place("no regular file", "verify", "--score", "folder:x", folder=folder),
    _place("bytes", "export", "big.py:x", "--to", "numpy", **{"big.py": "#" * (2**20 + 1)}),
    _place("to is a device, a pipe", *EXPORT, "to", "--force", to=link("pipe"), pipe=pipe),
    _place("levels of symbolic links", *EXPORT, "loop", "--force"),
    _place("is a device, a pipe", *EXPORT, "pipe", "--force", pipe=pipe),
    _place("is a device, a pipe", *EXPORT, "socket", "--force", socket=listening),
    _place("is a folder", *EXPORT, "folder", "--force", folder=folder),
    _place("exists already", *EXPORT, "kept", kept="mine"),
    _place("does not exist", *EXPORT, "no/where.py"),
    _place("cannot be written", *EXPORT, f"{CANNOT_BE_WRITTEN}/x.py"),
)

# --- score files

HEAD: Final = """
from sympy import Add, exp, sin
from attnproof.derivations.language.notation import D, I, J, N_K, R
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY_SHARED as K, QUERY_SHARED as Q, SCORES
from attnproof.derivations.scores.own import intermediate, parameter, score
product = total(Q[I, R] * K[J, R], (R, D))
"""
TAIL: Final = '\nx = score("x", [Q, K], [Equation(SCORES, (I, J), rhs)])\n'
CRASH: Final = "import ctypes, faulthandler; faulthandler.disable()\nctypes.string_at(0)\n"
CHILD: Final = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n"


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

# --- replay files


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
    _replay("more or longer arrays", _zip({f"a{n}.npy": b"" for n in range(100)})),
    _replay("a file of ours has at most", bytes(5 * 2**20)),
    _replay("zip", b""),
    _replay("zip", b"junk"),
    _replay("zip", GOOD[: len(GOOD) // 2]),
    _replay("schema attnproof.replay", GOOD[:300] + bytes(50) + GOOD[350:]),
    _replay("zip", QUERY.tobytes()),
)

# --- importing a target


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

# --- calling a target: the report says what is wrong


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

# --- runs and reports (those that take a run to reach: test_cli.py, test_interrupt.py)


def _run(says: str, *words: str, **files: str | bytes | Put) -> Case:
    return Case("run", words, says, {**LOOP, **files})


RUNS: Final = (
    *(
        _run("is not an integer from 1 to", "verify", f"--workers={each}")
        for each in ("0", "-1", "99999", "1e3", "x", "")
    ),
    *(_run("is not an integer from 0 to", "verify", f"--seed={each}") for each in ("-1", "1.5", "9" * 5000, "nan")),
    _run("invalid choice: 'x'", "verify", "--profile", "x"),
    _run("invalid choice: 'fp8'", "verify", "--dtype", "fp8"),
    _run("invalid choice: 'tpu'", "verify", "--device", "tpu"),
    _run("did you mean additive?", "verify", "--only", "aditive"),
    _run("--executor", "verify", "--only", "S5", "--executor", "no_such_module:f", "--out", "out"),
    _run("--workers is for the default executor", "verify", "--executor", "a:b", "--workers", "1", "--out", "out"),
    _run("the name of the folder is empty", "verify", "--out", ""),
    _run("--out loop", "verify", "--out", "loop"),
    _run("--out loop/below", "verify", "--out", "loop/below"),
    _run("--out socket", "verify", "--out", "socket", socket=listening),
    _run("--out pipe", "verify", "--out", "pipe", pipe=pipe),
    _run("--out mine", "verify", "--out", "mine", mine="years of work"),
    _run("--out", "verify", "--out", f"{CANNOT_BE_WRITTEN}/attnproof"),
    _run("years.txt", "verify", "--out", "mine", **{"mine": folder, "mine/years.txt": "years of work"}),
    _run("run.json", "verify", "--out", "mine", **{"mine": folder, "mine/run.json": "{}", "mine/index.html": "mine"}),
    _run("no run.json", "report", "--out", "mine", mine=folder),
    _run("is a loop", "report", "--out", "loop"),
    _run("mine", "report", "--out", "mine", **{"mine": folder, "mine/run.json": "{}"}),
    _run("mine", "report", "--out", "mine", **{"mine": folder, "mine/run.json": "[" * 100000}),
)

CASES: Final = (*RUNS, *ARGUMENTS, *PLACES, *SCORE_FILES, *REPLAY_FILES, *IMPORTS, *CALLS)
