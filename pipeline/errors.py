"""What can go wrong for an operator. Expected failures of single pages are values (``records.Rejection``), not these.

PantauError                 base: the message says what to do next
├── ConfigError             a configuration or command-line mistake; exit code 2
├── LockedError             another run holds the data folder; exit code 75
└── StorageError            the data folder is broken or unreadable; exit code 1
    └── OutageError         a store or cluster does not answer: nothing is wrong with what lies there

Each takes one message: an exception with more constructor arguments breaks a process pool when it is pickled.
"""

from __future__ import annotations

import errno


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


class OutageError(StorageError):
    """A store or a cluster does not answer; what lies there is sound, and the same command goes on later."""


# What a disk, a folder's rights or the machine's limits answer; any other ``OSError`` is a fault of ours.
_SURROUNDINGS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.ENFILE}
    | {errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY, errno.ESTALE}
)


def as_told(error: PantauError | OSError) -> PantauError:
    """The error as an operator is told it: also what a disk, its rights or the machine's limits refuse. Raises any other."""
    if isinstance(error, PantauError):
        return error
    if error.errno not in _SURROUNDINGS:
        raise error
    what = f"{error.filename}: " if error.filename else ""
    return StorageError(
        f"{what}{error.strerror}; see that the disk has room and that the place may be written to, then run again"
    )
