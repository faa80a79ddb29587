"""Bytes in at one door: due sources → entries → pages, politely and once."""
