"""What the templates of the array targets are filled with: a program's names, and the pieces of text printed for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from attnproof.derivations.language.notation import Tensor
from attnproof.impl.codegen.program.plan import Plan
from attnproof.impl.codegen.text.documents import CONVENTIONS, SINGLE, backward_doc, function_doc, module_doc
from attnproof.impl.codegen.text.emit import INDENT, WIDTH, Emitter
from attnproof.impl.codegen.text.imports import headed
from attnproof.impl.codegen.text.module import (
    Module,
    Program,
    annotated,
    call,
    recomputing,
    renamed,
    shapes_text,
    signature,
    size_lines,
)
from attnproof.impl.codegen.text.printer import WIDENING, Printer, Syntax
from attnproof.impl.codegen.text.templates import rendered


def printed(
    template: Path,
    module: Module,
    syntax: Syntax,
    library: str,
    remark: str = "",
    *,
    again: bool = False,
    **more: object,
) -> str:
    """A module's source text.

    template  of everything after the imports, in the folder that has the target's name
    again     the backward pass computes intermediates again instead of keeping them
    more      what else the template reads
    """
    scores, attention = (
        Printed(module, recomputing(one) if again else one, syntax) for one in (module.scores, module.attention)
    )
    body = rendered(
        template,
        tables=tables(module.attention),
        scores=scores,
        attention=attention,
        call=call,
        signature=signature,
        table=table,
        unpacked=unpacked,
        **more,
    )
    how, domain = f"{library}, with derived gradients", f"Domain: {module.family.domain}."
    single = SINGLE if syntax.naive or module.own else ""
    head = module_doc(module, how, " ".join(filter(None, (CONVENTIONS, single, remark))), domain)
    return headed(head, body, f"attnproof.impl.generated.{template.parent.name}._runtime")


@dataclass(frozen=True)
class Printed:
    """A program, and the text of its parts in a target's syntax."""

    module: Module
    program: Program
    syntax: Syntax

    @property
    def name(self) -> str:
        """``scores`` or ``attention``."""
        return self.program.name

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the results."""
        return self.program.outputs

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the tensors that the gradients read beside the arguments."""
        return self.program.kept

    @property
    def arguments(self) -> list[str]:
        """Names of the arguments."""
        return [tensor.name for tensor in self.program.arguments]

    @property
    def saved(self) -> list[str]:
        """Names of everything that the gradients read."""
        return list(dict.fromkeys([*self.arguments, *self.kept]))

    @property
    def values(self) -> list[str]:
        """Names of the arguments after the checks."""
        return [value_of(tensor) for tensor in self.program.arguments]

    @property
    def seeds(self) -> list[str]:
        """Names of the outputs' cotangents, as the public function has them."""
        return [f"grad_{name}" for name in self.outputs]

    @property
    def parameters(self) -> list[str]:
        """The arguments after the checks: ``query: Array``, ``softcap: Array | None``."""
        array, options = self.syntax.array, self.program.options
        return [
            f"{t.name}: {array} | None" if t.name in options else f"{t.name}: {array}" for t in self.program.arguments
        ]

    @property
    def result(self) -> str:
        """The type of ``outputs``."""
        return self.arrays(len(self.outputs))

    def arrays(self, count: int) -> str:
        """The type of so many arrays."""
        return f"tuple[{', '.join([self.syntax.array] * count)}]" if count > 1 else self.syntax.array

    @property
    def opening(self) -> str:
        """The public function's signature, docstring and checks."""
        returns = self.syntax.array if len(self.outputs) == 1 else "Attention"
        parameters = [public_parameter(tensor, self.program, self.syntax.array) for tensor in self.program.arguments]
        doc = function_doc(self.module, self.program, returns)
        return "\n".join([*self.widening, signature(self.name, parameters, returns), doc, *checks(self.program)])

    @property
    def widening(self) -> list[str]:
        """The decorator of public functions that compute half precision in single."""
        return [WIDENING] if self.syntax.naive or self.module.own else []

    def computed(self, used: Sequence[str], values: Sequence[str], function: str = "forward") -> str:
        """``context, weights, scores = _attention_forward(...)``, unused results with a leading underscore."""
        names = [name if name in used else f"_{name}" for name in self.program.forward.outputs]
        return call(f"{', '.join(names)} = ", f"_{self.name}_{function}", values)

    @property
    def plain(self) -> str:
        """Statements for a single output."""
        return "\n".join(self._only(self.program.plain))

    def forward(self) -> str:
        """``_attention_forward``: arguments to outputs and kept intermediates."""
        plan = self.program.forward
        names = ", ".join(plan.outputs)
        body = statements(self.program, plan, self.syntax) if len(plan.outputs) > 1 else self._only(plan)
        return "\n".join(
            [
                signature(f"_{self.name}_forward", self.parameters, self.arrays(len(plan.outputs))),
                f'{INDENT}"""Compute {names}."""',
                *body,
                f"{INDENT}return {names}",
            ]
        )

    def backward(self, wanted: str | None = None) -> str:
        """``_attention_backward``: cotangents, arguments and kept intermediates to gradients by name.

        wanted  name of a last argument with the names of the inputs whose gradients are computed; None: all
        """
        array = self.syntax.array
        which = "every input that is given" if wanted is None else f"the inputs in ``{wanted}``"
        return "\n".join(
            [
                signature(
                    f"_{self.name}_backward",
                    self.backward_parameters(self.program.seeds, wanted),
                    f"dict[str, {array}]",
                ),
                f'{INDENT}"""Compute the gradient with respect to {which}; x̄ is the gradient with respect to x."""',
                f"{INDENT}gradients: dict[str, {array}] = {{}}",
                *statements(self.program, self.program.backward, self.syntax, wanted),
                f"{INDENT}return gradients",
            ]
        )

    def backward_parameters(self, seeds: Sequence[str], wanted: str | None = None) -> list[str]:
        """Parameters of a function of cotangents, arguments and what is kept."""
        array = self.syntax.array
        first, *others = seeds
        found = [f"{first}: {array}", *(f"{name}: {array} | None" for name in others), *self.parameters]
        return [
            *found,
            *(f"{name}: {array}" for name in self.kept),
            *([] if wanted is None else [f"{wanted}: frozenset[str]"]),
        ]

    def public_backward(self, wanted: Sequence[str] = (), functions: tuple[str, str] = ("forward", "backward")) -> str:
        """``attention_backward``: recomputes the forward pass, then the gradients.

        wanted     a last argument, if any
        functions  how the names of the functions for the two end
        """
        first, *others = self.outputs
        array = self.syntax.array
        parameters = [f"grad_{first}: {array}"]
        parameters += [public_parameter(tensor, self.program, array) for tensor in self.program.arguments]
        parameters += [f"grad_{name}: {array} | None = None" for name in others]
        given = [*self.seeds, *self.values, *self.kept, *wanted]
        return "\n".join(
            [
                *self.widening,
                signature(f"{self.name}_backward", parameters, f"dict[str, {array}]"),
                backward_doc(self.module, array),
                *checks(self.program),
                self.computed((*self.outputs, *self.kept), self.values, functions[0]),
                *(f'{INDENT}check_cotangent("grad_{name}", grad_{name}, {name}, "{name}")' for name in self.outputs),
                call("return ", f"_{self.name}_{functions[1]}", given),
            ]
        )

    def _only(self, plan: Plan) -> list[str]:
        """The statements for a single output."""
        (name,) = plan.outputs
        return annotated(statements(self.program, plan, self.syntax), name, self.syntax.array)


def tables(program: Program, *, scalars: bool = True, mask: bool = False) -> str:
    """Shapes, required and positive arguments, as the runtime's check reads them.

    mask  a mask is an argument too; whether scalars are positive is not looked up here then
    """
    arguments = [t for t in program.arguments if scalars or not is_scalar(t)]
    required = ", ".join(f'"{t.name}"' for t in arguments if t.name not in program.options)
    shapes = shapes_text(arguments, {"mask": ("...", "n_q", "n_k")} if mask else {})
    lines = [f"SHAPES = {shapes}", f"REQUIRED = frozenset({{{required}}})"]
    if not mask and (positive := [f'"{t.name}"' for t in arguments if t.positive]):
        lines.append(f"POSITIVE = frozenset({{{', '.join(positive)}}})")
    return "\n".join(lines)


def is_scalar(tensor: Tensor) -> bool:
    """Is it an argument that may be a Python number?"""
    return not tensor.shape and not tensor.batched


def table(name: str, entries: Iterable[tuple[str, str]]) -> str:
    """The statement that makes a dict of values by name."""
    return "\n".join(
        [f"{INDENT}{name} = {{", *(f'{INDENT * 2}"{key}": {value},' for key, value in entries), f"{INDENT}}}"]
    )


def unpacked(names: Sequence[str], value: str, depth: int = 1) -> str:
    """``query, key = value``; one name a line where they do not fit on one."""
    pad = INDENT * depth
    line = f"{pad}{', '.join(names)} = {value}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{pad}(", *(f"{pad}{INDENT}{name}," for name in names), f"{pad}) = {value}"])


def public_parameter(tensor: Tensor, program: Program, array: str) -> str:
    """``query: Array`` or ``softcap: float | Array | None = None``."""
    kind = f"float | {array}" if is_scalar(tensor) else array
    return f"{tensor.name}: {kind} | None = None" if tensor.name in program.options else f"{tensor.name}: {kind}"


def value_of(tensor: Tensor) -> str:
    """The name of an argument after the checks."""
    return f"{tensor.name}_array" if is_scalar(tensor) else tensor.name


def checks(program: Program) -> list[str]:
    """Scalars to arrays, then the check of everything."""
    arguments = program.arguments
    lines = [
        f'{INDENT}{value_of(t)} = scalar("{t.name}", {t.name}, {arguments[0].name})' for t in arguments if is_scalar(t)
    ]
    options = ["SHAPES", "REQUIRED", *(["POSITIVE"] if any(t.positive for t in arguments) else [])]
    given = table("given", [(t.name, value_of(t)) for t in arguments])
    return [*lines, given, f"{INDENT}check(given, {', '.join(options)})"]


def statements(program: Program, plan: Plan, syntax: Syntax, wanted: str | None = None) -> list[str]:
    """Sizes, then the plan's statements."""
    shown = dict(renamed(plan.outputs)) if plan is program.backward else {}
    return [*size_lines(plan, program.arguments), *Emitter(plan, Printer(syntax, shown), wanted).lines()]
