"""Find the people whom a text names, and decide by what is said around and elsewhere whose name is private. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.extract import privacy_words as words
from pipeline.extract.privacy_around import NEAR, Around
from pipeline.extract.privacy_facts import Fact
from pipeline.extract.privacy_names import Names
from pipeline.extract.privacy_roles import AREAS, KINDS, PRIVATE, Group, Kind, Says
from pipeline.extract.privacy_runs import TITLES, Held, Lexicon, Run, Word
from pipeline.text.stem import is_derived

_SHORTENED = "Dr Drs Dra Hj Ir Prof St Muh Moh Moch Mhd Abd Tgk KH".split()
# What may follow a word's capital letter. Letters stand first in these patterns: they are found many times faster than a border.
_REST = (
    r"(?:\.(?:[A-Z]\.){0,3}(?:[A-Z]\b)?|"
    + "".join(rf"{word[1:]}\.(?<={word}\.)|" for word in _SHORTENED)
    + r"[^\W_]*(?:['’`-][^\W_]+)*)"
)
_JOINT = r"(?:(?:bin|binti|alias|als|a\.k\.a|aka|ibn|van|de|da|dos|al|el|der|drs?|dra|hj?)\.?[ \u00a0])?"
_RUN = re.compile(
    rf"[A-Z](?<![^\W_].){_REST}(?:[ \u00a0]{_JOINT}[A-Z]{_REST}){{0,11}}"
)  # bounded: pages made to harm have runs without end
_SCHOOL_HEAD = re.compile(r"\bkep(?:ala sekolah|sek)\b[^.]{0,70}$", re.IGNORECASE)


def groups(text: str, lexicon: Lexicon, met: frozenset[str] = frozenset()) -> list[Group]:
    """Every group of capital words in ``text`` that may be a person, in order. Things, places and units are none.

    ``met``: words of names that were met elsewhere, which a headline's ordinary words are told from.
    """
    return _Finder(text, lexicon, met).find()


def met_in(found: Iterable[Group]) -> frozenset[str]:
    """The words of the groups that are surely names without an office."""
    return frozenset(part for group in found if group.says in PRIVATE or group.says is Says.NAME for part in group.parts)


class _Finder(Around):
    """One line's or text's walk through its runs of capital words."""

    def find(self) -> list[Group]:
        """The groups in order; each is known to those that follow, which may go on in its list."""
        self.found: list[Group] = []
        runs = self.lexicon.upper_runs if self.upper else self.lexicon.runs
        for match in _RUN.finditer(self.text):
            if run := runs[match.group()]:
                start, end = match.span()
                if run.plain and self.unremarkable(start, end):
                    self._take(Group(start, end, run.plain, Says.MAYBE))
                elif run.office and self.before(start) is Says.FAMILY:
                    self._take(Group(start, end, (), Says.BESIDE_CHILD))
                else:
                    self._read(run, start, end)
        return self.found

    def _read(self, run: Run, start: int, end: int) -> None:
        """Take the groups of a run at its place."""
        read: Iterable[Held]
        if run.short:
            read = run.read(
                thing=self._thing_before(start),
                headline=self.headline,
                initialled=lambda first, last: self.initialled(start + first, start + last),
            )
        else:
            # Behind a thing no more is held than elsewhere, so that most runs need not be asked what stands before them.
            read = run.remembered(thing=False, headline=self.headline)
            if read and self._thing_before(start):
                read = run.remembered(thing=True, headline=self.headline)
        for held in read:
            if held.says is Says.BESIDE_CHILD:
                self._take(Group(start + held.words[0].start, end, (), Says.BESIDE_CHILD))
            else:
                self._close(held, start)

    def _take(self, group: Group) -> None:
        self.last = group
        self.found.append(group)

    def _thing_before(self, start: int) -> bool:
        """True for a small-letter "blok" or "kota" directly before the run."""
        last = self.word_before(start)
        return last in AREAS or KINDS.get(last) is Kind.THING

    def _close(self, held: Held, at: int) -> None:
        """Take the group of the words that were held in the run ``at``, if they can be one."""
        says, found = held.says, held.words
        if len(found) > 1:
            found = self._trimmed(found, at, says)
            if not found:
                return
        start, end = at + found[0].start, at + found[-1].end
        if found[0].fact.initials and not self.upper and all(word.fact.initials for word in found):
            if len(found) == 1:
                self._take(self._initials(start, end, found[0].fact, says))
            return
        tokens = [word.fact for word in found if word.kind not in TITLES]
        said = self.told(start, end, tokens, says)
        if said is Says.OFFICE and _SCHOOL_HEAD.search(self.text, max(0, start - NEAR), start):
            said = Says.BESIDE_CHILD
        self._take(Group(start, end, tuple([token.low for token in tokens]), said))

    def _trimmed(self, held: tuple[Word, ...], at: int, says: Says | None) -> tuple[Word, ...]:
        """Without ordinary words before the name, which begin a sentence, and in headlines without those that follow it.

        In a sentence a bare root stays unless a sure name follows: "Raka" is a root too, and half a name must not be left.
        """
        if self.headline or (says not in PRIVATE and self.opens(at + held[0].start)):
            while len(held) > 1 and self._ordinary(held[0]) and (self.headline or is_derived(held[0].fact.low)):
                held = held[1:]
        while len(held) > 1 and says not in PRIVATE and held[1].fact.certain and self._ordinary(held[0]):
            held = held[1:]
        if self.headline:
            cut = next((index for index, word in enumerate(held) if index and self._ordinary(word)), len(held))
            held = held[:cut]
        while held and held[-1].kind in TITLES:
            held = held[:-1]
        return held

    def _ordinary(self, word: Word) -> bool:
        fact = word.fact
        return word.kind is None and fact.known and not fact.certain and not fact.shared and fact.low not in self.met

    def _initials(self, start: int, end: int, fact: Fact, says: Says | None) -> Group:
        own = fact.piece in words.ACRONYMS
        after = self.age(end)[0]
        before = self.before(start, near=3)
        listed = self.listed(start) if self.last and self.last.initials else None
        found: Says | None = Says.MAYBE
        if self.named_initials(start):
            found = after or (before if before in PRIVATE else Says.PRIVATE)
        elif after and (not own or before in PRIVATE):
            found = after
        elif self.text.startswith(" alias ", end):
            found = Says.PRIVATE
        elif listed in PRIVATE:
            found = listed
        elif not own and (says or before) in PRIVATE - {Says.COMMON}:
            found = says or before
        return Group(start, end, (fact.piece.replace(".", ""),), found or Says.MAYBE, initials=True)


def decided(found: list[list[Group]], names: Names, *, child: bool) -> tuple[list[list[tuple[Group, bool]]], frozenset[str]]:
    """For each field's groups those to mask, with whether a child is meant; and the words of all masked names.

    ``child``: it is known already that a child's case is told. A name that was masked once is masked wherever it recurs, by
    any of its words; a name that was met beside an office stays.
    """
    private: dict[str, bool] = {}
    offices: set[str] = set()
    telling = [group for field in found for group in field if group.says is not Says.MAYBE]
    for group in telling:
        if group.says is Says.OFFICE:
            offices.update(part for part in group.parts if len(part) > 2)
        elif group.says in PRIVATE:
            _remember(private, group, child=group.says is Says.CHILD)
    for group in telling:
        if group.says is Says.NAME and not (private.keys().isdisjoint(group.parts) and not offices.isdisjoint(group.parts)):
            _remember(private, group, child=False)
    if not private and not any(group.says in PRIVATE or group.says is Says.BESIDE_CHILD for group in telling):
        return [[] for _ in found], frozenset()
    children = child or any(private.values())
    out = []
    for field in found:
        masked = []
        for group in field:
            hit = [part for part in group.parts if part in private]
            kept = (
                group.says is Says.OFFICE
                or (group.says is Says.NAME and not hit)
                or (group.says is Says.MAYBE and not _recurs(group, hit, names))
            )
            if group.says is Says.BESIDE_CHILD:
                kept = not children
            if not kept:
                masked.append((group, group.says is Says.CHILD or any(private[part] for part in hit)))
        out.append(masked)
    return out, frozenset(private)


def _recurs(group: Group, hit: list[str], names: Names) -> bool:
    if group.initials:
        return bool(hit)
    return bool(hit) and not all(part in names.places for part in hit)


def _remember(private: dict[str, bool], group: Group, *, child: bool) -> None:
    for part in group.parts:
        if len(part) > 2 or group.initials:
            private[part] = private.get(part, False) or child
