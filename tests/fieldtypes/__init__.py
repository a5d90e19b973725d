"""Tests of the field types."""
