"""What NumPy programs do, recorded as they run."""

from attnproof.verify.recording.in_numpy.recorder import NumpyRecorder

__all__ = ["NumpyRecorder"]
