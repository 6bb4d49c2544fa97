"""Pointing the verifier at anyone's attention: adapters, isolation, smallest failing inputs, replay, likely faults."""

from attnproof.verify.checking.check import check
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.report import Example, Report

__all__ = ["Declaration", "Example", "Report", "check"]
