"""The runs of a text's words as sorted 32-bit numbers; of many texts by a few passes over one buffer of bytes. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint32]
Words = tuple[bytes, ...]
_Hashes = NDArray[np.uint64]

BATCH = 500_000  # bytes of texts that are worked on at once: with all that is made of them they stay in the processor's cache
_STOP = b"\xff"  # a word of its own behind every text: UTF-8 never has this byte
_SPACE = ord(" ")
_OCTETS = 8  # bytes that are read at once
_LONG = 32  # bytes of a word that are read so; what is behind them, in one word of many thousands, is summed by zlib
_GOLDEN = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: spreads neighbouring numbers (Knuth, The Art of Computer Programming 6.4)
_ODD = 0xBF58476D1CE4E5B9  # an odd number whose product carries every bit upwards
_FACTOR, _STIR = np.uint64(_GOLDEN), np.uint64(_ODD)
_WHOLE = (1 << 64) - 1
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(_OCTETS + 1)], dtype=np.uint64)  # the lowest bytes, so many
_SLOTS = 12  # bits of a hash by which most words are told to begin no spelling


@dataclass(frozen=True, slots=True, eq=False)
class Spellings:
    """Runs of words that stand for others, by the hashes of their words."""

    begins: NDArray[np.bool_]  # by the upper bits of a word's hash: may a spelling begin with it?
    keys: _Hashes  # of whole spellings, sorted
    lengths: NDArray[np.int64]  # words of each
    folded: _Hashes  # of each, the hashes of the words that it is folded to; 0 behind them
    counts: NDArray[np.int64]  # how many those are
    longest: int

    @classmethod
    def of(cls, spelled: Mapping[Words, Words]) -> Spellings:
        """From spelling → what it is folded to, which has no more words than the spelling and at least one."""
        lengths = np.array([len(words) for words in spelled], dtype=np.int64)
        counts = np.array([len(words) for words in spelled.values()], dtype=np.int64)
        keys = np.array([_polynomial(_hashed(words), len(words))[0] for words in spelled], dtype=np.uint64)
        longest = max(map(len, spelled), default=0)
        folded = np.zeros((len(spelled), longest), dtype=np.uint64)
        for place, words in enumerate(spelled.values()):
            folded[place, : len(words)] = _hashed(words)
        begins = np.zeros(1 << _SLOTS, dtype=np.bool_)
        begins[_slots(_hashed([words[0] for words in spelled]))] = True
        order = np.argsort(keys)
        return cls(begins, keys[order], lengths[order], folded[order], counts[order], longest)


def hash_of(word: bytes) -> int:
    """The 64-bit number of a word."""
    number = 0
    for start in range(0, min(len(word), _LONG), _OCTETS):
        number = (number + int.from_bytes(word[start : start + _OCTETS], "little")) * _GOLDEN & _WHOLE
        number = (number ^ number >> 32) * _ODD & _WHOLE
    return number ^ crc32(word[_LONG:])


def runs(hashes: Sequence[int], size: int) -> Shingles:
    """The different runs of ``size`` words, of a text given as its words' hashes; a shorter text gives one, an empty one none.

    Two different runs fall on one number once in four thousand million: no matter for a share of common runs.
    """
    numbers = np.frombuffer(array("Q", hashes), dtype=np.uint64)
    return _different(_stirred(_polynomial(numbers, max(1, min(size, len(numbers))))).astype(np.uint32))


def runs_of(texts: Iterable[bytes], size: int, spellings: Spellings) -> list[Shingles]:
    """``runs`` of many texts: words in UTF-8 between spaces.

    The longest spelling that begins at a word is folded, from the left to the right, none inside another.
    """
    return [one for batch in _batches(texts) for one in _together(batch, size, spellings)]


def _batches(texts: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    held = 0
    for text in texts:
        batch.append(text)
        held += len(text) + len(_STOP)
        if held >= BATCH:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _together(texts: Sequence[bytes], size: int, spellings: Spellings) -> list[Shingles]:
    hashes, stops = _numbered(b" ".join([part for text in texts for part in (text, _STOP)]))
    kept = _fold(hashes, spellings)
    hashes, stops = hashes[kept], stops[kept]
    owners = np.cumsum(stops, dtype=np.uint64) - stops  # a stop is its text's last word
    # A run is one where the word behind it, or the stop, is still of its text.
    whole = np.flatnonzero(owners[:-size] == owners[size:])
    keys = _different(owners[whole] << np.uint64(32) | _stirred(_polynomial(hashes, size)[whole]))
    flat = keys.astype(np.uint32)
    bounds = np.searchsorted(keys, np.arange(len(texts) + 1, dtype=np.uint64) << np.uint64(32)).tolist()
    found = [flat[start:end] for start, end in pairwise(bounds)]
    ends = np.flatnonzero(stops)
    lengths = np.diff(ends, prepend=-1) - 1
    for place in np.flatnonzero((lengths > 0) & (lengths < size)):
        length = lengths[place]
        words = hashes[ends[place] - length : ends[place]]
        found[place] = _stirred(_polynomial(words, length)).astype(np.uint32)
    return found


def _hashed(words: Sequence[bytes]) -> _Hashes:
    return np.array([hash_of(word) for word in words], dtype=np.uint64)


def _different(numbers: NDArray[Any]) -> NDArray[Any]:
    """Sorted, each once: ``numpy.unique`` gives the same by a hash table, many times slower here."""
    ranked = np.sort(numbers)
    return ranked[np.concatenate(([True], ranked[1:] != ranked[:-1]))] if len(ranked) else ranked


def _numbered(buffer: bytes) -> tuple[_Hashes, NDArray[np.bool_]]:
    """Of each word between spaces: ``hash_of``, and whether it is a stop."""
    buffer = b" " + buffer + b" " * _OCTETS
    letters = np.frombuffer(buffer, dtype=np.uint8)
    solid = letters != _SPACE
    edges = np.flatnonzero(solid[1:] != solid[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    # The eight bytes from every place on, as one number each, without a copy.
    octets: NDArray[Any] = np.ndarray((len(buffer) - _OCTETS + 1,), dtype="<u8", buffer=buffer, strides=(1,))
    hashes = _mixed(octets[starts] & _MASKS[np.minimum(lengths, _OCTETS)])
    for done in range(_OCTETS, _LONG, _OCTETS):
        longer = np.flatnonzero(lengths > done)
        if not len(longer):
            break
        behind = octets[starts[longer] + done] & _MASKS[np.minimum(lengths[longer] - done, _OCTETS)]
        hashes[longer] = _mixed(hashes[longer] + behind)
    for place in np.flatnonzero(lengths > _LONG):
        hashes[place] ^= crc32(buffer[starts[place] + _LONG : ends[place]])
    return hashes, letters[starts] == _STOP[0]


def _mixed(numbers: _Hashes) -> _Hashes:
    """Other numbers for other ones, every bit of them stirred."""
    numbers = numbers * _FACTOR
    numbers ^= numbers >> np.uint64(32)
    return numbers * _STIR


def _slots(hashes: _Hashes) -> _Hashes:
    return hashes >> np.uint64(64 - _SLOTS)


def _polynomial(hashes: _Hashes, size: int) -> _Hashes:
    """One number of every ``size`` words in a row, by their order; none where there are fewer."""
    numbers = np.zeros(max(0, len(hashes) - size + 1), dtype=np.uint64)
    for place in range(size):
        numbers *= _FACTOR
        numbers += hashes[place : place + len(numbers)]
    return numbers


def _stirred(numbers: _Hashes) -> _Hashes:
    """32 bits of 64, each of them made of many."""
    numbers = numbers ^ numbers >> np.uint64(29)
    numbers *= _STIR
    return numbers >> np.uint64(32)


def _fold(hashes: _Hashes, spellings: Spellings) -> NDArray[np.bool_]:
    """Put the hashes of what spellings are folded to in their places; which words are left then."""
    kept = np.ones(len(hashes), dtype=np.bool_)
    places, which = _spelled(hashes, spellings)
    if not len(places):
        return kept
    lengths, counts = spellings.lengths[which], spellings.counts[which]
    for step in range(spellings.longest):
        said = step < counts
        hashes[places[said] + step] = spellings.folded[which[said], step]
        kept[places[~said & (step < lengths)] + step] = False
    return kept


def _spelled(hashes: _Hashes, spellings: Spellings) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where a spelling begins, and which: the longest at a place, none inside another."""
    places = np.flatnonzero(spellings.begins[_slots(hashes)])
    which = np.full(len(places), -1, dtype=np.int64)
    if not len(places):
        return places, which
    keys = np.zeros(len(places), dtype=np.uint64)
    behind = np.concatenate((hashes, np.zeros(spellings.longest, dtype=np.uint64)))
    for step in range(spellings.longest):
        keys = keys * _FACTOR + behind[places + step]
        near = np.minimum(np.searchsorted(spellings.keys, keys), len(spellings.keys) - 1)
        which = np.where(spellings.keys[near] == keys, near, which)
    spelled = which >= 0
    places, which = places[spelled], which[spelled]
    ends = places + spellings.lengths[which]
    free, done = [], 0
    for number, (start, end) in enumerate(zip(places.tolist(), ends.tolist(), strict=True)):
        if start >= done:
            free.append(number)
            done = end
    return places[free], which[free]
