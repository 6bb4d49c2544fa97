"""Pointing the verifier at anyone's attention: adapters, isolation, smallest failing inputs, replay, likely faults."""

from verify.checking.check import check
from verify.checking.declared import Declaration
from verify.checking.report import Example, Report

__all__ = ["Declaration", "Example", "Report", "check"]
