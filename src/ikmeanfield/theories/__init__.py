"""Theories of a circuit's states."""
