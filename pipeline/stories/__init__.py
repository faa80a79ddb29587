"""Copies of one text are grouped, never deleted."""
