"""Tests of the mean field."""
