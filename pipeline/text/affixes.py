"""Indonesian affixes taken off a word: the rules of PySastrawi 1.2.1, with equal stems, told by a word's first letters. Pure.

PySastrawi tries some forty patterns on every word and again on what is left of it. Here a word's first two letters say which of
its rules can touch it at all. The rules and their order are those of that package (Nazief and Adriani; confix stripping, Asian
2007; ECS, Mahendra and others), what is odd in them too; the tests hold both against each other. Numbers in comments are its
numbers of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

_VOWELS = frozenset("aiueo")
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxyz")
_LETTERS = _VOWELS | _CONSONANTS
_BEFORE_ER = _CONSONANTS - frozenset("lmnrwy")  # rules 35 and 36
_BEHIND_MEMP = _LETTERS - {"n"}  # rule 19 leaves it out
_LRWY, _LWY, _CDJSTZ, _GHQK, _BFV = map(frozenset, ("lrwy", "lwy", "cdjstz", "ghqk", "bfv"))
_PLAIN = ("di", "ke", "se")
_INFIXES = frozenset(("er", "el", "em", "in"))
_PARTICLES = ("lah", "kah", "tah", "pun")
_PRONOUNS = ("ku", "mu", "nya")
_ENCLITICS = frozenset((*_PARTICLES, *_PRONOUNS))
_SUFFIXES = ("isasi", "isme", "kan", "is", "an", "i")  # the longest first: what begins earliest is taken off
_SHORT = 3  # letters: of such a word a plain prefix or a particle is taken, no more
_ROUNDS = 3  # prefixes that stand before one another

Roots = Collection[str]


class Affixes:
    """The stemmer over a dictionary of roots."""

    def __init__(self, roots: Iterable[str]) -> None:
        self.roots = frozenset(roots)

    def stem(self, word: str) -> str:
        """The stem of one word of small letters a-z, its parts joined by single hyphens; the word itself where none is found."""
        if "-" not in word:
            return self._single(word)
        head, _, tail = word.rpartition("-")
        if tail in _ENCLITICS and "-" not in head:
            return self._single(word)
        return self._doubled(word, head, tail)

    def _doubled(self, word: str, head: str, tail: str) -> str:
        """The common stem of both halves of a doubled word ("buku-buku"), or the word."""
        if tail in _ENCLITICS:  # "malaikat-malaikat-nya"
            head, _, half = head.rpartition("-")
            tail = f"{half}-{tail}"
        first, second = self._single(head), self._single(tail)
        if second == tail and tail not in self.roots:
            second = self._single(f"me{tail}")  # "meniru-nirukan"
        return first if first == second else word

    def _single(self, word: str) -> str:
        roots = self.roots
        if word in roots:
            return word
        short = len(word) <= _SHORT
        if _prefix_first(word):
            found = self._without_prefixes(word, short)
            if found in roots:
                return found
            found = self._without_suffixes(found, short)[-1]
            if found in roots:
                return found
        steps = self._without_suffixes(word, short)
        bare = steps[-1]
        if bare in roots:
            return bare
        found = self._without_prefixes(bare, short)
        if found in roots:
            return found
        # What was taken off the end is given back step by step, and prefixes are sought again.
        for place in range(len(steps) - 1, 0, -1):
            longer, cut = steps[place - 1], steps[place]
            if longer[len(cut) :] == "kan":  # it may have been "-an" behind a root that ends in k
                found = self._without_prefixes(f"{cut}k", short)
                if found in roots:
                    return found
            found = self._without_prefixes(longer, short)
            if found in roots:
                return found
        return word

    def _without_suffixes(self, word: str, short: bool) -> list[str]:
        """The word, then what is left of it after each of at most three suffixes; ends at a root."""
        steps = [word]
        if word.endswith(_PARTICLES):
            word = word[:-3].rstrip("-")
            steps.append(word)
        if short or word in self.roots:
            return steps
        if word.endswith(_PRONOUNS):
            word = word[: -3 if word.endswith("nya") else -2].rstrip("-")
            steps.append(word)
            if word in self.roots:
                return steps
        if word.endswith(_SUFFIXES):
            steps.append(word[: -next(len(suffix) for suffix in _SUFFIXES if word.endswith(suffix))])
        return steps

    def _without_prefixes(self, word: str, short: bool) -> str:
        """What is left after at most three prefixes; ends at a root."""
        roots = self.roots
        for _ in range(_ROUNDS):
            if word.startswith(_PLAIN):
                word = word[2:]
            elif short or word in roots:
                return word
            else:
                cut = _RULES.get(word[:2])
                left = cut(word, roots) if cut else None
                if left is None and word[1:3] in _INFIXES and word[3:4] in _VOWELS and word[0] in _CONSONANTS:
                    left = word[0] + word[3:]  # 37 to 40
                if left is None and word.startswith("ku"):
                    left = word[2:]  # 41
                if left is None and word.startswith("kau"):
                    left = word[3:]  # 42
                if left is None:
                    return word
                word = left
            if word in roots:
                return word
        return word


def _prefix_first(word: str) -> bool:
    """True for pairs of affixes whose prefix goes first (Asian 2007, page 78)."""
    if word.endswith("i"):
        return len(word) > 2 and word.startswith(("me", "di", "pe", "ter"))
    return word.startswith("be") and ((word.endswith("an") and len(word) > 3) or (word.endswith("lah") and len(word) > 4))


def _be(word: str, roots: Roots) -> str | None:
    """Rules 1 to 5."""
    if word.startswith("ber"):
        if word[3:4] in _VOWELS:
            return _first(roots, word[3:], word[2:])  # 1
        return _er(word)  # 2, 3
    if word == "belajar":
        return "ajar"  # 4
    if word[2:3] in _CONSONANTS and word.startswith("er", 3) and word[5:6] in _CONSONANTS:
        return word[2:]  # 5
    return None


def _er(word: str) -> str | None:
    """What stands behind "ber-" or "per-" and a consonant. Rules 2, 3, 23 and 24."""
    if word[3:4] not in _CONSONANTS or word[4:5] not in _LETTERS:
        return None
    if word.startswith("er", 5) and (word[3] == "r" or word[7:8] not in _VOWELS):
        return None
    return word[3:]


def _te(word: str, roots: Roots) -> str | None:
    """Rules 6 to 9 and 35."""
    third, fourth = word[2:3], word[3:4]
    if third == "r":
        if fourth in _VOWELS:
            return _first(roots, word[3:], word[2:])  # 6
        if fourth not in _CONSONANTS or fourth == "r":
            return None
        if not word.startswith("er", 4) or word[6:7] in _VOWELS:
            return word[3:]  # 8, 7
        return word[3:] if fourth in _BEFORE_ER and word[6:7] in _CONSONANTS else None  # 35
    if third in _CONSONANTS and word.startswith("er", 3) and word[5:6] in _CONSONANTS:
        return word[2:]  # 9
    return None


def _me(word: str, roots: Roots) -> str | None:
    """Rules 10 to 19: what the first letter of the root became behind "me-"."""
    third, fourth = word[2:3], word[3:4]
    if third in _LRWY:
        return word[2:] if fourth in _VOWELS else None  # 10
    if third == "m":
        if fourth in _VOWELS:
            return _first(roots, word[2:], f"p{word[3:]}")  # 13
        if fourth == "p":
            return word[3:] if word[4:5] in _BEHIND_MEMP else None  # 12, 19
        return word[3:] if fourth in _BFV else None  # 11
    if third != "n":
        return None
    if fourth in _CDJSTZ:
        return word[3:]  # 14
    if fourth in _VOWELS:
        return _first(roots, word[2:], f"t{word[3:]}")  # 15
    fifth = word[4:5]
    if fourth == "g" and fifth in _GHQK:
        return word[4:]  # 16
    if fourth == "g" and fifth in _VOWELS:
        return _first(roots, word[4:], f"k{word[4:]}", *([word[5:]] if fifth == "e" else []), word[2:])  # 17
    if fourth == "y" and fifth in _VOWELS:
        return _first(roots, word[2:], f"s{word[4:]}")  # 18
    return None


def _pe(word: str, roots: Roots) -> str | None:
    """Rules 20 to 34 and 36."""
    third, fourth = word[2:3], word[3:4]
    if third not in _CONSONANTS:
        return None
    if third == "r":
        if fourth in _VOWELS:
            return _first(roots, word[3:], word[2:])  # 21
        left = _er(word)  # 23, 24
        if left is not None:
            return left
    elif third == "m":
        if fourth in _BFV:
            return word[3:]  # 25
        if fourth in _VOWELS:
            return _first(roots, word[2:], f"p{word[3:]}")  # 26
    elif third == "n":
        left = _pen(word, roots)
        if left is not None:
            return left
    elif word == "pelajar":
        return "ajar"  # 32
    elif third in _LWY and fourth in _VOWELS:
        return word[2:]  # 20, 32
    if not word.startswith("er", 3):
        return word[2:]  # 34
    return word[2:] if third in _BEFORE_ER and word[5:6] in _CONSONANTS else None  # 36


def _pen(word: str, roots: Roots) -> str | None:
    """Rules 27 to 31: what the first letter of the root became behind "pen-"."""
    fourth, fifth = word[3:4], word[4:5]
    if fourth in _CDJSTZ:
        return word[3:]  # 27
    if fourth in _VOWELS:
        return _first(roots, word[2:], f"t{word[3:]}")  # 28
    if fourth == "g" and fifth in _CONSONANTS:
        return word[4:]  # 29
    if fourth == "g" and fifth in _VOWELS:
        return _first(roots, word[4:], f"k{word[4:]}", word[5 if fifth == "e" else 2 :])  # 30, 34
    if fourth == "y" and fifth in _VOWELS:
        return _first(roots, word[2:], f"s{word[4:]}")  # 31
    return None


def _first(roots: Roots, *guesses: str) -> str:
    """The first guess that is a root; where none is, the last."""
    for guess in guesses:
        if guess in roots:
            return guess
    return guesses[-1]


_RULES: dict[str, Callable[[str, Roots], str | None]] = {"be": _be, "te": _te, "me": _me, "pe": _pe}
