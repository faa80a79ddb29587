"""Lines that stand in the extracted text but are not the article: each is taken out with the rule that took it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.boxnames import head_rule
from pipeline.extract.linerules import (
    BULLET,
    EMBED,
    END,
    END_CODE,
    GLUED,
    LINK_WORDS,
    LINKS_HEAD,
    OWN_BACA,
    OWN_FOTO,
    PREFIX,
    SHORTCODE,
    SHORTCODES,
    SUMMARY_HEAD,
    TAIL,
    count_words,
    ends_as_sentence,
    is_sentence,
    line_rule,
    may_have_rule,
)
from pipeline.extract.render import Line
from pipeline.extract.sitelines import site_rule
from pipeline.records import Removed

_GAP = "\ue000"  # stands for what was taken out of a line; a private character, which no page means anything by
LONGEST_FRAME = 200  # characters of what may stand around a title that is repeated
LONGEST_NAME = 70  # characters from the colon of "Editor: …" to a line's end
LONGEST_TAIL = 500  # characters at a line's end in which hashtags or an editor's name are looked for at once
ENOUGH = 200  # characters of story before a heading such as "Berita Terkait" can end it
STORY = 30  # words of sentences before "Komentar (12)" ends the story, wherever on the page it stands
AFTER = 0.3  # share of the sentences that may follow an end code and still be an appendix of the site
STRANGE = 0.25  # the same for a bold line or heading, which mostly is a subhead
UNRELATED = 0.5  # share of a headline's long words that the story must know, or the headline is another story's


LONGEST_HEAD = 150  # characters; no heading such as "Berita Terkait" is longer
_SIGNS = re.compile(r"\W+")
# Each with what it cannot be without, in small letters; most lines have none of it.
_GLUED_IN = (
    ("shortcode", SHORTCODE, ("[",)),
    ("shortcode", SHORTCODES, ("[",)),
    ("embed", EMBED, (":",)),
    ("other_story", GLUED, (" juga", ":")),
    ("date_line", PREFIX, ("date ",)),
)


def _repeats(line: str, title: str, squeezed: str) -> bool:
    """The title again, alone or with a section name and a date around it (at most 12 words more, and no sentence)."""
    ends = ends_as_sentence(line)
    if not squeezed or not len(squeezed) <= len(line) <= 2 * len(title) + (0 if ends else LONGEST_FRAME):
        return False
    whole = _SIGNS.sub("", line).lower()
    # A lead often begins with the title's very words, and a title of a word or two stands in many lines.
    more = len(line.split()) - len(title.split())
    return whole == squeezed or (not ends and len(title.split()) >= 4 and squeezed in whole and more <= 12)


def clean_lines(lines: Sequence[Line], title: str, boilerplate: Sequence[str] = ()) -> tuple[list[str], list[Removed]]:
    """(lines of the article, removed lines), both in their order. ``boilerplate``: an outlet's own whole-line patterns."""
    own = [re.compile(pattern) for pattern in boilerplate]
    squeezed = _SIGNS.sub("", title).lower()
    kept: list[Line] = []
    removed: list[Removed] = []
    in_summary = in_links = False
    prose = 0
    for number, line in enumerate(lines):
        text = line.text
        may_head = len(text) <= LONGEST_HEAD
        if (
            may_head
            and not line.rule
            and END.match(text)
            and _ends_here(text, number >= len(lines) / 2, prose, sum(len(one.text) for one in kept))
        ):
            removed.extend(Removed(rest.rule or "after_end", rest.text) for rest in lines[number:])
            break
        in_summary = (may_head and bool(SUMMARY_HEAD.match(text))) or (in_summary and text.startswith(("-", "•", "–")))
        in_links = (may_head and bool(LINKS_HEAD.match(text))) or (in_links and not is_sentence(text))
        rule = line.rule or ("summary_box" if in_summary else "other_story" if in_links else _rule(text, title, squeezed, own))
        if rule:
            removed.append(Removed(rule, text))
            continue
        for piece in _unglued(text, removed):
            prose += count_words(piece) if is_sentence(piece) else 0
            kept.append(Line(piece, "", line.plain))
    kept = _without_twin(kept, removed)
    kept = _without_kicker(_without_bare_headlines(kept, title, removed), removed)
    return _ended([line.text for line in kept], removed), removed


def _ends_here(line: str, in_second_half: bool, prose: int, size: int) -> bool:
    if head_rule(line) == "comment":
        return prose >= STORY
    return in_second_half and size > ENOUGH


def _unglued(text: str, removed: list[Removed]) -> list[str]:
    """The line without what other stories, shortcodes, date widgets and release desks have put into it: the pieces between."""
    if ":" not in text and "[" not in text and "#" not in text and not text[:5].lower().startswith("date "):
        return [bare] if (bare := text.strip()) else []
    small = text.lower()
    for rule, pattern, signs in _GLUED_IN:
        if not all(sign in small for sign in signs):
            continue
        removed.extend(Removed(rule, match[0].strip()) for match in pattern.finditer(text))
        text = pattern.sub(_GAP, text)
    pieces = [piece.strip() for piece in text.split(_GAP) if piece.strip()]
    while pieces and ("#" in pieces[-1] or ":" in pieces[-1][-LONGEST_NAME:]):
        if (match := TAIL.search(pieces[-1], max(0, len(pieces[-1]) - LONGEST_TAIL))) is None:
            break
        removed.append(Removed("hashtags" if match[0].lstrip().startswith("#") else "signature", match[0].strip()))
        pieces[-1] = pieces[-1][: match.start()].rstrip()
    return pieces


def _rule(line: str, title: str, squeezed: str, own: Sequence[re.Pattern[str]]) -> str:
    if _repeats(line, title, squeezed):
        return "title_repeat"
    bare = line[bullet.end() :] if (bullet := BULLET.match(line)) else line
    if any(pattern.fullmatch(line) for pattern in own):
        return "outlet_line"
    rule = (line_rule(bare) or site_rule(line)) if may_have_rule(bare) else ""
    return "" if _is_prose(bare, rule) else rule


def _is_prose(line: str, rule: str) -> bool:
    """True for a sentence that only begins like a foreign line: "Baca juga dijadikan kebiasaan: …", "Foto: begitulah bunyi …"."""
    if rule == "other_story":
        return len(line.split()) > LINK_WORDS or (line.endswith((".", ",”", '."', ".”")) and OWN_BACA.match(line) is not None)
    return rule == "caption" and line.endswith(".") and OWN_FOTO.match(line) is not None


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{5,}", text.lower()))


def _without_twin(kept: list[Line], removed: list[Removed]) -> list[Line]:
    """A story that stands twice, for telephones and for desktops, counts once: three and more paragraphs again in their order."""
    texts = [line.text for line in kept]
    for again in _borders(texts):
        start = len(texts) - again
        if start > len(texts) // 2 + 1 or again < 3:
            break
        if start >= 3 and len(" ".join(texts[start:]).split()) >= 40:
            removed.extend(Removed("twin", text) for text in texts[start:])
            return kept[:start]
    return kept


def _borders(texts: Sequence[str]) -> Iterator[int]:
    """How many lines at the end are the same as at the start, longest first; in linear time, by Knuth, Morris and Pratt."""
    borders = [0]
    for text in texts[1:]:
        held = borders[-1]
        while held and text != texts[held]:
            held = borders[held - 1]
        borders.append(held + (text == texts[held]))
    held = borders[-1]
    while held:
        yield held
        held = borders[held - 1]


def _without_kicker(kept: list[Line], removed: list[Removed]) -> list[Line]:
    """The name of the section above the story, of at most three words, goes: "HUKUM", "Cek Fakta"."""
    while len(kept) > 1 and re.fullmatch(r"[A-Za-z&/]{2,20}(?: [\w&/]{1,20}){0,2}", kept[0].text):
        removed.append(Removed("kicker", kept[0].text))
        kept = kept[1:]
    return kept


def _without_bare_headlines(kept: list[Line], title: str, removed: list[Removed]) -> list[Line]:
    """Headlines of other stories that stand between paragraphs as plain lines go; a subhead speaks of its own story."""
    alike = {number for number, line in enumerate(kept[:-1]) if _is_like_a_headline(line.text)}
    if not alike:
        return kept
    story = _long_words(" ".join([title, *(line.text for line in kept if is_sentence(line.text))]))
    left: list[Line] = []
    for number, line in enumerate(kept):
        long_words = _long_words(line.text) if number in alike else set()
        known = (UNRELATED if line.plain and number else STRANGE) * len(long_words)
        if number in alike and len(long_words & story) <= known:
            removed.append(Removed("other_story", line.text))
        else:
            left.append(line)
    return left


def _is_like_a_headline(line: str) -> bool:
    """Whether a line is written as headlines are: no sentence, no list, no table, and most of its longer words with a capital."""
    if is_sentence(line) or line.endswith((":", ";", ",")) or " | " in line or re.match(r"[-•\d(]", line):
        return False
    words = line.split()
    longer = [word for word in words if len(word) > 3]
    return 5 <= len(words) <= 20 and 0.7 * len(longer) <= sum(word[0].isupper() for word in longer)


def _ended(kept: list[str], removed: list[Removed]) -> list[str]:
    """The lines up to an end code such as "(abc/def)"; what little follows it is the site's (a glossary, a footer)."""
    ends = [number for number, line in enumerate(kept) if line.endswith((")", "]", "*", "-"))]
    prose = [count_words(line) if is_sentence(line) else 0 for line in kept] if ends else []
    for number in ends:
        line = kept[number]
        match = END_CODE.search(line)
        if match is None or sum(prose[number + 1 :]) > AFTER * sum(prose) or sum(prose[: number + 1]) < STORY:
            continue
        removed.append(Removed("signature", match[0].strip()))
        removed.extend(Removed("after_end", rest) for rest in kept[number + 1 :])
        before = line[: match.start()].rstrip()
        return [*kept[:number], before] if before else kept[:number]
    return kept
