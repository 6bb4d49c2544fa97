"""What JAX programs do, recorded as they run. JAX is imported when a recorder is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attnproof.verify.recording.recording import NotReadError

if TYPE_CHECKING:
    from attnproof.verify.recording.in_jax.recorder import JaxRecorder


def jax_recorder() -> JaxRecorder:
    """A recorder of JAX programs.

    Raises ImportError without JAX, and NotReadError where this version of JAX has not the insides that it stands on.
    """
    import jax

    try:
        from attnproof.verify.recording.in_jax.recorder import JaxRecorder

        return JaxRecorder()
    except (ImportError, AttributeError, TypeError) as error:
        raise NotReadError(f"JAX {jax.__version__} cannot be listened to: {error}") from error
