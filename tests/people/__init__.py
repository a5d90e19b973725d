"""Tests of people: accounts, sessions, tokens, organisation."""
