"""What can go wrong for an operator. Expected failures of single pages are values (``records.Rejection``), not these.

PantauError                 base: the message says what to do next
├── ConfigError             a configuration or command-line mistake; exit code 2
├── LockedError             another run holds the data folder; exit code 75
└── StorageError            the data folder is broken or unreadable; exit code 1

Each takes one message: an exception with more constructor arguments breaks a process pool when it is pickled.
"""

from __future__ import annotations


class PantauError(Exception):
    """Base of the errors that ``pantau`` reports in one line; carries its exit code."""

    exit_code = 1


class ConfigError(PantauError):
    """Configuration or use is wrong; the message lists every mistake found."""

    exit_code = 2


class LockedError(PantauError):
    """Another run is at work on the same data folder."""

    exit_code = 75


class StorageError(PantauError):
    """Data on disk cannot be read or written as it should."""
