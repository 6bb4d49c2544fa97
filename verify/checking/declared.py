"""What a user declares about a target, as data that can be saved, sent to another process and replayed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores.following import NORMALISERS, SOFTMAX, followed
from attnproof.derivations.scores.own import is_own, shown
from attnproof.verify.checking import (
    equal,
    layouts,
    loading,
    mapping,
    neutral,
    scoring,
    storage,
)
from attnproof.verify.options import DEVICES, DTYPES, SCORES, one_of
from attnproof.verify.targets.contract import CHOICES, Contract
from attnproof.verify.targets.target import ALWAYS, FEATURES, Stored

FRAMEWORKS: Final = ("torch", "numpy", "jax", "arrays")
TEXTS: Final = ("score", "layout", "framework", "normaliser", "post")
TUPLES: Final = (
    *("arguments", "outputs", "takes", "dtypes", "devices"),
    *("parameters", "always", "stored", "equal", "same"),
)
WIDE: Final = ("fp64", "fp32")
SIZES: Final = (*layouts.INNER, "d_q", "d_k", "d_v", "d_a")  # that a constructor may be given, beside leading axes
NAMING: Final = ("target", "build", "setup", "method", "backward")  # fields that say what is imported, built and called
ONE_TABLE: Final = ("cos", "sin")  # of queries and keys alike
FOR_FEATURES: Final = "one for each feature"
COMPLEX: Final = "complex"  # tables: cos + i sin in the place of cos
NAMED: Final = (*NAMING, "score")  # a score of one's own is a file that is executed


@dataclass(frozen=True)
class Declaration:
    """A target in words.

    target      ``module:attribute`` or ``file.py:attribute``; a name alone for an object given in Python
    score       the formula it claims to compute: a built-in score, or ``file.py:name`` (pinned to the file's content),
                and options of the formula, which are features that it takes: ``additive+bias_hidden``
    normaliser  what makes weights of the logits (``attnproof.derivations.scores.following``): softmax, sigmoid,
                ``sigmoid-log(n)`` (of t − log n_k)
    post        what is made of the context before it is returned: ``tanh(weight_c [context query])``
                (``attnproof.derivations.scores.post``)
    layout      ``attnproof.verify.checking.layouts``; empty: ours, ``… q d``
    arguments   ``our_name=their_name``; ``our_name=`` is not handed over. ``positional`` hands them over in the order
                listed, without any as ``by_place`` has it
    outputs     ``context=0``, ``weights=1`` (place in a tuple) or ``context=name`` (key or attribute); empty: the
                context alone. Of weights without a context it is our own ``weights @ value``
    takes       further arguments it has (``attnproof.verify.targets.FEATURES``)
    always      what every call has without being asked: ``causal``, ``window=4``, ``softcap=30``, ``sink=0``
                (softmax₁), ``slopes`` (those of the paper on ALiBi, by the number of heads)
    equal       sizes that are one number: ``d_q=d_k=d_a``, ``d_v=d``, ``q=k``
    same        arguments that are one tensor, handed over as the query, else as the key: ``key=value``,
                ``query=key=value``
    contract    declared choices
    framework   torch, numpy, jax, or arrays (whatever takes and returns NumPy arrays)
    dtypes, devices, gradients
    stored      ``fp8_e4m3``, or ``key=fp8_e4m3``, ``value=fp8_e5m2`` …: query, key and value (or those named) are
                handed over in 8 bits, with scales of single precision as ``scale_query`` …; a scale that is not handed
                over (``arguments``) is 1, one with a layout varies along its axes. There are no gradients of what is
                stored. Where ``dtypes`` are as they are unless declared, it is asked in the format of its results
    parameters  ``attnproof.verify.checking.mapping``
    build       constructor arguments, where the target is a class or factory: ``dimensions=d, heads=h``
    setup       ``module:function`` called with the module and our inputs by name; returns its parameters by name
    method      what is called on the object; empty: the object itself
    fused       a one-pass kernel: bounds allow for its rescalings
    backward    ``module:function`` of a NumPy target: given the target's own arguments and ``grad_context``, in their
                layouts, it returns the gradients by our names, in the layouts of their arrays

    Raises ValueError naming what is wrong and what was expected.
    """

    target: str
    score: str
    layout: str = ""
    arguments: tuple[str, ...] = ()
    positional: bool = False
    outputs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    contract: Mapping[str, str] = field(default_factory=dict)
    framework: str = "torch"
    dtypes: tuple[str, ...] = WIDE
    devices: tuple[str, ...] = ("cpu",)
    gradients: bool = True
    parameters: tuple[str, ...] = ()
    build: str | None = None
    setup: str = ""
    method: str = ""
    fused: bool = False
    backward: str = ""
    stored: tuple[str, ...] = ()
    normaliser: str = SOFTMAX
    post: str = ""

    def __post_init__(self) -> None:
        # Of a mapping the keys would be taken, of a text the letters.
        for name in (each for each in TUPLES if not isinstance(getattr(self, each), tuple | list)):
            raise ValueError(f"{name} is a {type(getattr(self, name)).__name__}; expected a tuple of texts")
        score, options = scoring.named(self.score)
        object.__setattr__(self, "score", score)
        object.__setattr__(self, "takes", tuple(dict.fromkeys((*self.takes, *options))))
        one_of("framework", self.framework, FRAMEWORKS)
        one_of("normaliser", self.normaliser, NORMALISERS)
        for given, known, what in (
            (self.dtypes, DTYPES, "dtype"),
            (self.devices, DEVICES, "device"),
            (self.takes, FEATURES, "feature"),
            (tuple(self.contract), tuple(CHOICES), "choice of the contract"),
        ):
            for each in given:
                one_of(what, each, known)
        for name in ("dtypes", "devices"):
            if not getattr(self, name):
                raise ValueError(
                    f"no {name.removesuffix('s')} is named; expected some of "
                    f"{', '.join(DTYPES if name == 'dtypes' else DEVICES)}"
                )
        Contract(**self.contract)  # type: ignore[arg-type]
        layouts.parse(self.layout)
        for text in self.parameters:
            mapping.parse(text, self.fillings)
        self.named_arguments()
        self.named_outputs()
        self.always_done()
        self.stored_arrays()
        if self.post and "context" not in self.named_outputs():
            raise ValueError(f"post {self.post!r} is made of the context, and no output is declared as it")
        if self.normaliser != SOFTMAX and (of_softmax := self._of_softmax()):
            raise ValueError(f"{of_softmax} is of a softmax, and the normaliser is {self.normaliser}")
        equal.sizes(self.equal)
        if self.backward and equal.tensors(self.same):
            raise ValueError("backward: gradients of one tensor for several arguments are asked of autograd only")
        if self.build is not None:
            named = {*layouts.parse(self.layout).lead, *SIZES}
            loading.with_sizes(loading.arguments(self.build), dict.fromkeys(named, 1))
        if (self.parameters or self.setup or self.build is not None) and self.framework != "torch":
            raise ValueError(f"parameters are mapped for torch modules only; framework is {self.framework!r}")
        if self.backward and self.framework not in ("numpy", "arrays"):
            raise ValueError(
                f"backward is for NumPy's arrays; framework {self.framework!r} differentiates the function itself"
            )
        if self.backward and "context" not in self.named_outputs():
            raise ValueError("backward: gradients are those of the context, and no output is declared as the context")

    @property
    def formula(self) -> str:
        """The score's name with what follows it: what the truth is of."""
        return followed(self.score, self.normaliser, " ".join(self.post.split()))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The formula's inputs."""
        return tuple(tensor.name for tensor in attention(self.formula).inputs)

    @property
    def fillings(self) -> tuple[str, ...]:
        """What parameters may be filled with: the formula's inputs, and features that are numbers of a module."""
        return (*self.symbols, *(name for name in mapping.FEATURES if name in self.takes and name not in self.symbols))

    def _of_softmax(self) -> str:
        """What is declared and has no meaning with another normaliser."""
        named = {*self.takes, *(name for name, _ in self.always_done()), *self.named_outputs()}
        return next((name for name in ("sink", "sinks", "lse") if name in named), "")

    def named_arguments(self) -> dict[str, str]:
        """Our name to theirs, in the order given."""
        found: dict[str, str] = {}
        tables = neutral.TABLES if "rotary" in self.takes else ()
        known = (*self.symbols, *FEATURES, *(layouts.SCALES if self.stored else ()), *tables)
        known += ONE_TABLE if tables else ()
        for text in self.arguments:
            ours, _, theirs = (piece.strip() for piece in text.partition("="))
            one_of("argument", ours, tuple(dict.fromkeys(known)))
            theirs = theirs if "=" in text else ours
            found |= {f"{ours}_query": theirs, f"{ours}_key": ""} if ours in ONE_TABLE else {ours: theirs}
        for role, _ in equal.tensors(self.same):
            found.setdefault(role, "")
        if tables and self.contract.get("rotary_tables") == COMPLEX:
            found |= {name: "" for name in tables if name.startswith("sin")}
        return found

    def by_place(self) -> tuple[str, ...]:
        """Their names in the order in which arguments are handed over by place: the one listed; where none is, query,
        key, value, the score's parameters as the formula has them, then features as listed in ``takes``.
        """
        named = self.named_arguments()
        expressions = (mapping.parse(text, self.fillings)[1] for text in self.parameters)
        filled = {symbol for each in expressions for symbol in mapping.symbols(each)}
        parameters = () if self.setup else (name for name in self.symbols if name not in (*equal.TENSORS, *FEATURES))
        features = (name for name in neutral.arguments(self.takes) if name != "groups")
        ours = (name for name in (*equal.TENSORS, *parameters, *features) if name not in filled)
        theirs = (named.get(name, name) for name in (named if self.arguments else ours))
        return tuple(name for name in theirs if name)

    @property
    def one_table(self) -> bool:
        """Whether queries and keys are turned by one pair of tables, so that there are as many of both."""
        named = {text.partition("=")[0].strip() for text in self.arguments}
        return "rotary" in self.takes and not named.isdisjoint(ONE_TABLE)

    def always_done(self) -> tuple[tuple[str, float], ...]:
        """What every call has, with its number. Slopes that are taken and not handed over are the target's own."""
        found: dict[str, float] = {}
        for text in self.always:
            name, equals, number = (piece.strip() for piece in text.partition("="))
            one_of("feature that is always there", name, ALWAYS)
            plain = name in ("causal", "slopes")
            try:
                found[name] = 1.0 if plain and not equals else float(number)
            except ValueError:
                raise ValueError(f"--always {text!r}: expected {name}=NUMBER") from None
            if not math.isfinite(found[name]) or (plain and equals) or (name == "softcap" and found[name] <= 0):
                raise ValueError(f"--always {text!r}: expected {name if plain else f'{name}=NUMBER, finite'}")
        if "slopes" in self.takes and self.named_arguments().get("slopes") == "":
            found.setdefault("slopes", 1.0)
        return tuple(sorted(found.items()))

    def stored_arrays(self) -> tuple[Stored, ...]:
        """What is handed over in 8 bits, and how its scales are."""
        return storage.parse(self.stored, layouts.parse(self.layout), self.named_arguments())

    def named_outputs(self) -> dict[str, str]:
        """The output's name to its place."""
        found: dict[str, str] = {}
        for text in self.outputs or ("context=",):
            name, equals, place = (piece.strip() for piece in text.partition("="))
            one_of("output", name, ("context", "weights", "scores", "lse"))
            found[name] = place if equals else name
        return found

    @property
    def contracts(self) -> str:
        """Where it returns weights and no context: in which order queries' heads share the values' in our own
        ``weights @ value``. Empty where there is a context, or none can be made: dropout comes between the two, and the
        order of heads is not declared.
        """
        outputs = self.named_outputs()
        if "context" in outputs or "weights" not in outputs or {"dropout", "dropout_rate"} & set(self.takes):
            return ""
        return self.contract.get("groups", "" if "groups" in self.takes else "consecutive")

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it: all but what names something to import, build or call (``names``)."""
        hidden = NAMED if is_own(self.score) else NAMING
        return {n: v for n, v in (asdict(self) | {"contract": dict(self.contract)}).items() if n not in hidden}

    def names(self) -> dict[str, str]:
        """What is imported, built and called, where it is named."""
        found = {name: getattr(self, name) for name in NAMING}
        named = {n: v for n, v in found.items() if v or (n == "build" and v is not None)}
        return named | ({"score": shown(self.score)} if is_own(self.score) else {})

    @classmethod
    def described(cls, data: Mapping[str, Any], target: str, **names: str) -> Declaration:
        """Back from ``plain``; what is imported, built and called are the caller's to name, the data cannot.

        Raises ValueError for a field that there is not, or that is of another type.
        """
        known = {each.name: each for each in fields(cls) if each.name not in NAMING}
        for name, value in data.items():
            one_of("field of the declaration", name, known)
            if name in TUPLES:
                right = isinstance(value, list) and all(isinstance(each, str) for each in value)
            elif name == "contract":
                right = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
            else:
                right = isinstance(value, str if name in TEXTS else bool)
            if not right:
                raise ValueError(f"declaration: {name} is {str(value)[:40]!r}, of the wrong type")
        if "score" in data:
            one_of("score", data["score"], SCORES)
        elif "score" not in names:
            raise ValueError("declaration: no score is named")
        plain: dict[str, Any] = {n: tuple(v) if n in TUPLES else v for n, v in data.items()}
        return cls(target, **plain | names)
