"""Approvals: a pure machine that decides, rows that keep where things stand, and the verbs by which people act."""
