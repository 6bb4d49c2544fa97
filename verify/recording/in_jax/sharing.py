"""Work that the devices of a mesh share (``shard_map``): read where there is one device, which has the whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jax._src import shard_map as sharding

from attnproof.verify.recording.recording import NotReadError


@contextmanager
def on_one_device(mesh: Any, axes: Any) -> Iterator[None]:
    """While it lasts the mesh's axes have names. Raises NotReadError for a mesh of several devices."""
    if mesh.size > 1:
        raise NotReadError(f"jax.shard_map is read where the mesh has one device; this one has {mesh.size}")
    with (
        sharding._extend_axis_env(mesh, axes),
        sharding.use_abstract_mesh(sharding._as_manual_mesh(mesh, axes)),
    ):
        yield


def inside(mesh: Any, axes: Any, checked: bool, spec: Any, aval: Any) -> Any:
    """The type that an array of a type has for a device."""
    return sharding.shard_aval(mesh, axes, checked, spec, aval)


def outside(mesh: Any, checked: bool, spec: Any, aval: Any) -> Any:
    """The type of what devices have together."""
    return sharding.unshard_aval(mesh, checked, spec, aval)


def checking(checked: bool) -> Any:
    """While it lasts JAX checks, or does not check, which axes numbers vary over."""
    return sharding.config._check_vma(checked)
