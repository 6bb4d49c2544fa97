"""Which element stands where: element numbers by storage, read through each tensor's own strides.

So a view, a write in place, a stride of 0 or a wrong ``as_strided`` needs no rule: a tensor's elements are those at its
places. What the recorder has not seen written is a constant of the program, from its first reading on. What was
written behind its back (through NumPy, by a kernel of one's own) is found by the values: they are compared each time,
of large tensors every few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from attnproof.verify.recording.in_torch.arrays import format_of, part, same, values
from attnproof.verify.recording.recording import Ids, Values
from attnproof.verify.recording.tape import Tape

UNSEEN: Final = -1  # the program's own: a constant when it is read
BLANK: Final = -2  # allocated and not written yet

_SWEEP: Final = 1 << 20  # numbers in new blocks, after which those of storages that are gone are dropped
_EVERY: Final = 1 << 16  # so many numbers are compared; of larger tensors as many, evenly


@dataclass
class Block:
    """The element numbers of one storage.

    alive   says whether the storage still is; while this is held, no other storage gets its address
    ids     flat, one for each number of ``dtype``
    lent    whether arrays that share ``ids`` are in use elsewhere, so that it must not be written
    """

    alive: StorageWeakRef
    dtype: torch.dtype
    ids: Ids
    lent: bool = False

    def gone(self) -> bool:
        """Whether no tensor has the storage any more."""
        return bool(self.alive.expired())  # type: ignore[no-untyped-call]


class Memory:
    """The storages seen so far."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._blocks: dict[int, Block] = {}
        self._grown = self._kept = 0  # numbers in blocks since the last sweep, and after it

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether elements were ever noted in the tensor's storage."""
        return tensor.untyped_storage()._cdata in self._blocks

    def read(self, tensor: torch.Tensor) -> Ids:
        """The elements of a tensor, in its shape; of a complex one with real and imaginary part along a last axis.

        Not to be written. An axis of stride 0 has it here too.
        """
        narrow = tensor.detach()
        for axis, (size, stride) in enumerate(zip(tensor.shape, tensor.stride(), strict=True)):
            if size > 1 and stride == 0:
                narrow = narrow.narrow(axis, 0, 1)
        ids = self._read(narrow)
        shape = (*tensor.shape, *ids.shape[tensor.ndim :])
        return ids if ids.shape == shape else np.broadcast_to(ids, shape)

    def peek(self, tensor: torch.Tensor) -> Ids:
        """The elements noted at the tensor's places so far, flat; what was never read or written has none."""
        if not self.knows(tensor):
            return np.empty(0, np.int64)
        block = self._block(tensor, UNSEEN)
        ids = _places(block.ids, tensor) if block.dtype == part(tensor.dtype) else block.ids
        return ids[ids >= 0]

    def write(self, tensor: torch.Tensor, ids: Ids) -> None:
        """From now on these elements stand at the tensor's places."""
        block = self._block(tensor, BLANK)
        if block.dtype != part(tensor.dtype):
            block = self._new(tensor, UNSEEN)
        ids = np.ascontiguousarray(ids, np.int64)
        if tensor.is_contiguous() and ids.size == block.ids.size:
            block.ids, block.lent = ids.reshape(-1), True  # the array may be the tape's own
            return
        if block.lent or not block.ids.flags.writeable:
            block.ids, block.lent = block.ids.copy(), False
        _places(block.ids, tensor)[...] = ids

    def place(self, tensor: torch.Tensor, ids: Ids) -> None:
        """The same, for a tensor from outside: the rest of its memory is the program's own."""
        if not self.knows(tensor):
            self._new(tensor, UNSEEN)
        self.write(tensor, ids)

    def blank(self, tensor: torch.Tensor) -> None:
        """The tensor's memory was just allocated."""
        if not self.knows(tensor):
            self._new(tensor, BLANK)

    def _read(self, tensor: torch.Tensor) -> Ids:
        block = self._block(tensor, UNSEEN)
        if block.dtype != part(tensor.dtype):
            return self._unreadable(tensor, block, "bits read in another format")
        ids = _places(block.ids, tensor)
        if ids.size and ids.min() < 0:
            self._fill(tensor, block)
            ids = _places(block.ids, tensor)
        if not unchanged(self._tape, ids, _physical(tensor)):
            return self._unreadable(tensor, block, "memory written from outside of torch")
        if 2 * tensor.numel() < block.ids.size:
            return np.array(ids)
        block.lent = True
        return ids

    def _fill(self, tensor: torch.Tensor, block: Block) -> None:
        """Give elements to the places of a tensor that have none."""
        found = values(_physical(tensor))
        if block.lent or not block.ids.flags.writeable:
            block.ids, block.lent = block.ids.copy(), False
        places = _places(np.arange(block.ids.size), tensor)
        ids, flat = block.ids, places.reshape(-1)
        for kind in (UNSEEN, BLANK):
            missing = ids[flat] == kind
            if not missing.any():
                continue
            if missing.all() and len(np.unique(flat)) == len(flat):
                ids[places] = self._begin(kind, found, tensor)
            else:
                where, first = np.unique(flat[missing], return_index=True)
                ids[where] = self._begin(kind, found.reshape(-1)[missing][first], tensor)

    def _begin(self, kind: int, found: Values, tensor: torch.Tensor) -> Ids:
        if kind == UNSEEN:
            return self._tape.constant(found, format_of(tensor.dtype))
        return self._opaque((), found, tensor, "memory that was never written")

    def _unreadable(self, tensor: torch.Tensor, block: Block, why: str) -> Ids:
        """Elements of which nothing is known, from now on those of the tensor."""
        found = values(_physical(tensor))
        ids = self._opaque((block.ids[block.ids >= 0],), found, tensor, why)
        if block.dtype == part(tensor.dtype):
            self.write(tensor, ids)
        return ids

    def _opaque(self, inputs: tuple[Ids, ...], found: Values, tensor: torch.Tensor, why: str) -> Ids:
        return self._tape.opaque(inputs, found, format_of(tensor.dtype), why)

    def _block(self, tensor: torch.Tensor, kind: int) -> Block:
        """The tensor's block; of a storage never seen, a new one of that kind."""
        storage = tensor.untyped_storage()
        block = self._blocks.get(storage._cdata)
        if block is None:
            return self._new(tensor, kind)
        size = storage.nbytes() // part(block.dtype).itemsize
        if size > block.ids.size:  # the storage was resized
            block.ids, block.lent = np.append(block.ids, np.full(size - block.ids.size, BLANK)), False
        return block

    def _new(self, tensor: torch.Tensor, kind: int) -> Block:
        storage, dtype = tensor.untyped_storage(), part(tensor.dtype)
        self._grown += 256 + storage.nbytes() // dtype.itemsize
        if self._grown > max(_SWEEP, self._kept):
            self._blocks = {key: block for key, block in self._blocks.items() if not block.gone()}
            self._grown, self._kept = 0, sum(256 + block.ids.size for block in self._blocks.values())
        block = Block(StorageWeakRef(storage), dtype, np.full(storage.nbytes() // dtype.itemsize, kind))  # type: ignore[no-untyped-call]
        self._blocks[storage._cdata] = block
        return block


def unchanged(tape: Tape, ids: Ids, tensor: torch.Tensor) -> bool:
    """Whether a tensor has the values of these elements. What is written from outside changes more than one in many."""
    while ids.size > _EVERY:
        axis = max(range(tensor.ndim), key=tensor.size)
        step = min(-(-ids.size // _EVERY), tensor.size(axis))
        some = torch.arange(0, tensor.size(axis), step)
        tensor, ids = tensor.index_select(axis, some), ids[(slice(None),) * axis + (slice(None, None, step),)]
    return bool(same(tape.values(ids), values(tensor)).all())


def _physical(tensor: torch.Tensor) -> torch.Tensor:
    """What stands in memory, without the conjugation or the sign that a view of it may have."""
    if tensor.is_conj():
        tensor = tensor.conj()
    return torch._neg_view(tensor) if tensor.is_neg() else tensor


def _places(flat: Ids, tensor: torch.Tensor) -> Ids:
    """The view of a flat array that a tensor is of its storage; complex numbers as two along a last axis."""
    size, stride, offset = tuple(tensor.size()), tensor.stride(), int(tensor.storage_offset())
    if tensor.is_complex():
        size, stride, offset = (*size, 2), (*(2 * step for step in stride), 1), 2 * offset
    if 0 in size:
        return np.empty(size, np.int64)
    end = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1
    if end > flat.size:
        raise ValueError(f"a tensor of shape {size} and strides {stride} ends at {end}, beyond its {flat.size} numbers")
    return np.ndarray(size, np.int64, flat, 8 * offset, tuple(8 * step for step in stride))
