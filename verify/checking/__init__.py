"""Pointing the verifier at anyone's attention: adapters, isolation, smallest failing inputs, replay, likely faults."""
