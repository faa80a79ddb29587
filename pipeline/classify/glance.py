"""Tells of most articles at a glance that the gate is closed, and reads only what is still told of such an article.

In the feeds fewer than one article in a hundred is ours. The few words by which the gate can open are sought in the folded text,
without sentences and stems: where too few of them stand anywhere, not even in a line that is no part of the article, the whole
reading would not open it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.classify.matcher import Match, Matcher
from pipeline.classify.reading import LIST, MASK, Hits, Reader, Reading, Sentence
from pipeline.classify.relevance import NAMING, SUBJECT, opens
from pipeline.classify.source_type import DECIDING, REPORTING
from pipeline.classify.unit_grammar import writes_a_kind
from pipeline.text.normalise import Normalised


class Glance:
    """Looks for the words that can open the gate, and for those by which source type and list are told."""

    def __init__(self, reader: Reader, groups: Mapping[str, Iterable[str]]) -> None:
        """``groups``: the reader's. Where one that is looked for asks for a stem, nothing is told at a glance."""
        telling = {name for name in groups if name in DECIDING or name.startswith(LIST)}
        seen = {name: tuple(groups[name]) for name in NAMING | SUBJECT | telling | {REPORTING, MASK} if name in groups}
        self._reader = reader
        self._telling = telling
        self._blind = any(term.startswith("~") for terms in seen.values() for term in terms)
        self._matcher = Matcher({name: reader.terms(terms) for name, terms in seen.items()}, masks=MASK)

    def closed(self, title: str, text: str, folds: Mapping[str, Normalised]) -> Reading | None:
        """The reading of an article for which the gate is surely closed: as much of it as tells source type and list.

        None: it may be open. ``folds``: title and text as the reader folds them.
        """
        if self._blind:
            return None
        words: set[str] = set()
        found: dict[str, Sequence[Match]] = {}
        for field, source in (("title", title), ("text", text)):
            found[field] = matches = self._matcher.find(folds[field].text)
            words.update(term for _, _, group, term in matches if group in SUBJECT)
            if opens(words, named=any(match[2] in NAMING for match in matches)) or writes_a_kind(source):
                return None
        sentences: list[Sentence] = []
        hits = Hits()
        if any(match[2] in self._telling for matches in found.values() for match in matches):
            for field, source in (("title", title), ("text", text)):
                own, places = self._reader.cut(field, source, folds[field], len(sentences))
                sentences += own
                hits.add(found[field], own, places)
        return Reading(title, text, tuple(sentences), (), tuple(hits.all), hits.by_sentence, hits.by_group, folds)
