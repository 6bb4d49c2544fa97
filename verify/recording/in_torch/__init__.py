"""The recorder of torch: every operation below autograd, read through the memory that tensors lie in."""

from attnproof.verify.recording.in_torch.recorder import TorchRecorder

__all__ = ["TorchRecorder"]
