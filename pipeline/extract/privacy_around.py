"""Look around a name: its role before it, its age and apposition behind it, the list it stands in. Pure."""

from __future__ import annotations

import re

from pipeline.extract import privacy_words as words
from pipeline.extract.privacy_facts import Fact
from pipeline.extract.privacy_roles import ADULT, ALIASES, AREAS, KINDS, OPENERS, PRIVATE, SAYS, Group, Kind, Says
from pipeline.extract.privacy_runs import Lexicon
from pipeline.text.stem import is_word

_AGE = re.compile(
    r",? ?(?:\((\d{1,2})(?: ?(?:tahun|thn|th))?\)|(?:yang )?(?:masih |baru )?"
    r"\(?(?:berusia|usia|berumur|umur) (\d{1,2})\b(?: tahun)?|\(?(\d{1,2}) tahun\b|(?<=, )(\d{2})(?=,))"
)
_AGE_BEGINS = frozenset("(ymbu")  # or with a figure, where not with a comma
_DEGREES = re.compile(r"(?:, ?(?:[SMA]\.? ?[A-Z][A-Za-z]{0,4}\.?(?:[A-Z]\.?)*|Ph\.?D\.?|Sp\.\w+))*")
_APPOSITION = re.compile(r"(?:, | \(| yang (?:merupakan|menjabat|adalah|juga)(?: sebagai)? | selaku | sebagai | adalah | ialah )")
_LIST = re.compile(r"(?: ?\([^()]{1,24}\))?(?:,? ?(?:dan|serta|alias|als|a\.k\.a\.?|&) |, )")
_NAMED = re.compile(r"inisial [\"“(]?$", re.IGNORECASE)
_SUCCESSION = re.compile(r"\b(?:sertijab|serah terima|pisah sambut|estafet|jabatan)\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?;:\n](?:[\s\"”’)]|$)")
_ABBREVIATED = frozenset("H Hj Dr dr Drs Dra Ir M Moh Muh St Kol Jl Gg No A B C D E".split())  # a stop behind them ends nothing
_BLOCKING = frozenset(
    "di ke dari asal pada untuk oleh hingga sampai melalui seperti bahwa dalam kepada terhadap antara bersama dengan".split()
)
_PLACE_WORDS = frozenset(
    "di ke dari pada oleh hingga sampai melalui seperti dalam antara arah asal sekitar menuju bernama via se dan atau".split()
)
# Words that may say something of a name directly behind them.
_SPEAKING = (
    ({word for word, kind in KINDS.items() if kind in SAYS or kind is Kind.THING} | AREAS | ALIASES | words.BETWEEN) - _BLOCKING
) | {"dari", "kepada"}
_TELLS_NO_MORE = frozenset({Says.MAYBE, Says.NAME, Says.BESIDE_CHILD})  # what is said of a name alone, not of its list
_AT = frozenset("di ke dari asal pada".split())
_OF_PEOPLE = frozenset("kisah cerita nasib momen perjalanan tangan wajah menurut vonis".split())
_ASSEMBLIES = frozenset("dpr dprd dpd mpr komisi dewan bpk kpu bawaslu ombudsman komnas fraksi".split())
_LAWYER = frozenset("hukum pengacara advokat jubir".split())
_PUNCTUATION = " \t\"“”'‘’(),:;.-–—*"
NEAR = 90  # characters before a name in which its role may stand
_HEADLINE_LENGTH = 240  # characters; no headline is longer
_HEADLINE = 0.6  # share of capital words from which a line is written as headlines are


def _is_headline(text: str) -> bool:
    if text.endswith((".", ".”", '."')):
        return False
    firsts = [piece[0] for piece in text.split()]
    return len(firsts) > 2 and sum(map(str.isupper, firsts)) >= _HEADLINE * len(firsts)


class Around:
    """One text with the names that are known; ``last`` is the group that was found before."""

    def __init__(self, text: str, lexicon: Lexicon, met: frozenset[str] = frozenset()) -> None:
        self.text, self.lexicon, self.names, self.met = text, lexicon, lexicon.names, met
        self.headline = len(text) <= _HEADLINE_LENGTH and _is_headline(text)
        self.upper = self.headline and text.isupper()
        self.last: Group | None = None
        self._asked, self._word = 0, ""  # what ``word_before`` was asked last, and its answer

    def word_before(self, start: int) -> str:
        """The word before a run if only a space stands between, "" else."""
        if start < 2 or self.text[start - 1] != " ":
            return ""
        if start == self._asked:
            return self._word
        low = start - 18 if start > 18 else 0
        first = max(self.text.rfind(" ", low, start - 1), self.text.rfind("\n", low, start - 1))
        self._asked, self._word = start, self.text[first + 1 : start - 1]
        return self._word

    def opens(self, start: int) -> bool:
        """True where a sentence begins."""
        return not start or self.text[start - 1] in "\n\"“'(" or self.text[start - 2 : start - 1] in ".!?:-–—"

    def told(self, start: int, end: int, tokens: list[Fact], says: Says | None) -> Says:
        """What the words around a name, nearest first, say of it."""
        if self.text.endswith((" alias ", " als ", " a.k.a "), 0, start):
            listed = self.listed(start)
            return listed if listed in PRIVATE and listed else Says.PRIVATE
        sure = tokens[0].sure or (len(tokens) > 1 and any(token.sure for token in tokens))
        if (
            not sure
            and says is None
            and self.text[end : end + 1] not in ("(", ",")
            and self.text[end : end + 2] != " ("
            and self.word_before(start) in _AT
        ):
            return Says.MAYBE
        age, end = self.age(end)
        if age is Says.CHILD:
            return age
        if says is Says.OFFICE:
            return says
        fits = sure or self.fits(tokens)
        if age and fits:
            return age
        beside = self.beside(end) if fits else None
        if beside is Says.COMMON and self.headline and not sure:
            beside = None
        before = self.before(start)
        if beside is not None and (before is not Says.OFFICE if beside in PRIVATE else before not in PRIVATE):
            return beside
        before = says or before or self.listed(start)
        if before is Says.OFFICE or (before in (None, Says.COMMON) and self.public(tokens)):
            return Says.OFFICE
        # In a headline all words are capital: one that no list knows is a name only if the text says so.
        unsure = (self.headline and len(tokens) == 1) or (
            before is Says.COMMON and (self.headline or not self.text.startswith((",", " dan "), end))
        )
        between_commas = before is Says.PRIVATE and self.text[start - 2 : start] == ", " and self.text.startswith(", ", end)
        if before is not None and (sure or (fits and not unsure) or (between_commas and not self.headline)):
            return before
        if sure or (len(tokens) > 1 and sum([token.shared for token in tokens]) > 1):
            return Says.NAME
        return Says.NAME if self.strange(start, end, tokens) else Says.MAYBE

    def public(self, tokens: list[Fact]) -> bool:
        """True where the words begin as the name of somebody who is known by it for an office."""
        if tokens[0].low not in self.lexicon.heads:
            return False
        name = tuple(token.low for token in tokens)
        return any(name[:length] in self.names.public for length in range(1, len(name) + 1))

    def fits(self, tokens: list[Fact]) -> bool:
        """Words of no place, and unknown to the dictionary: in a headline all of them, else one of several."""
        if tokens[0].place and not tokens[0].shared:
            return False
        strange = [token.shared or not token.known for token in tokens]
        return all(strange) if self.headline else any(strange)

    def listed(self, start: int) -> Says | None:
        """What was said of the name before, where this one goes on in its list."""
        last = self.last
        if last is None or last.says in _TELLS_NO_MORE or start - last.end > 32:
            return None
        return last.says if _LIST.fullmatch(self.text, last.end, start) else None

    def strange(self, start: int, end: int, tokens: list[Fact]) -> bool:
        """True for words that no list and no dictionary knows, where no place and no thing is named: within a sentence, or as
        somebody who does what only people do."""
        if self.headline:
            return False
        known = sum([not token.shared and (token.place or token.known) for token in tokens])
        following = self.text[end : end + 24].split(" ", 2)
        does = following[1] if len(following) > 1 and not following[0] else ""
        human = does in words.HUMAN and known < len(tokens)
        if known > (len(tokens) > 2 or (len(tokens) > 1 and self.opens(start))) and not human:
            return False
        word = self.word_before(start)
        first = word.lower()
        if first in _OF_PEOPLE:
            return True
        if word.isalpha() and word != first and first not in KINDS and first not in self.names.places and is_word(first):
            return True  # "Kisah X", "Keterangan X": the sentence's first word
        if word.isalpha() and word.islower():
            return word not in _PLACE_WORDS and KINDS.get(word) not in (Kind.THING, Kind.UNIT)
        return human or (len(tokens) > 1 and does.startswith(("me", "ber", "di")) and len(does) > 4)

    def unremarkable(self, start: int, end: int) -> bool:
        """True for one plain word of which nothing around it says anything: ``told`` would answer MAYBE."""
        return self.silent(start) and self.listed(start) is None and self.age(end)[0] is not Says.CHILD

    def silent(self, start: int) -> bool:
        """True where surely nothing is said by the words before: at a sentence's first word and behind a word of no weight."""
        text = self.text
        if start < 4:
            return not start
        at = start - 1 - (text[start - 1] in '"“(')  # where the sentence would be apart from the one before
        if text[at] in " \n":
            stop = at - 2 if text[at - 1] in '"”’)' else at - 1
            if text[stop] in ".!?;:":
                return text[max(0, stop - 4) : stop].rpartition(" ")[2] not in _ABBREVIATED
        word = self.word_before(start)
        return word.isalpha() and word.lower() not in _SPEAKING

    def before(self, start: int, near: int = 11) -> Says | None:
        """The role that the words before a name give it, at most ``near`` words off."""
        if self.silent(start):
            return None
        tail, cut = self.text[max(0, start - NEAR) : start], 0
        for stop in _STOP.finditer(tail):
            if tail[: stop.start()].rpartition(" ")[2] not in _ABBREVIATED:
                cut = stop.end()
        pieces = tail[cut:].split()
        if not pieces:
            return None
        if pieces[-1].lower() in _BLOCKING:
            handed = pieces[-1].lower() in ("dari", "kepada") and _SUCCESSION.search(tail)
            return Says.OFFICE if handed else None
        named = pieces[-1].strip(_PUNCTUATION).lower() == "bernama"
        apart = tail.rstrip().endswith((",", "(", "–", "-"))
        for distance, piece in enumerate(reversed(pieces)):
            low = piece.strip(_PUNCTUATION).lower()
            kind = KINDS.get(low)
            if kind in SAYS:
                earlier = [
                    one.strip(_PUNCTUATION).lower()
                    for one in pieces[max(0, len(pieces) - distance - 4) : len(pieces) - distance - 1]
                ]
                after = pieces[len(pieces) - distance].strip(_PUNCTUATION).lower() if distance else ""
                role = Says.OFFICE if low == "anggota" and after in _ASSEMBLIES else self.role(kind, low, earlier)
                if kind is Kind.OFFICE and role is Says.COMMON and not apart:
                    return None  # "mantan Kalapas Sragen": the place
                return Says.PRIVATE if named and role is Says.COMMON else role
            if low in words.BETWEEN or low.isdigit() or not low:
                continue
            if not apart or distance >= near:
                return None
        return None

    def role(self, kind: Kind, low: str, earlier: list[str]) -> Says | None:
        """What a role says, with the words ``earlier`` before it: "kuasa hukum terdakwa" is no accused."""
        if kind is Kind.OFFICE:
            if earlier and earlier[-1] == "titipan":
                return Says.PRIVATE
            if earlier and earlier[-1] in words.FORMER:
                return Says.COMMON
            return None if earlier and earlier[-1] == "kepada" else Says.OFFICE
        if _LAWYER & set(earlier[-2:]):
            return Says.OFFICE
        if earlier and KINDS.get(earlier[-1]) is Kind.FAMILY:
            return Says.FAMILY
        if low == "tua" and earlier and earlier[-1] == "orang":
            return Says.FAMILY
        if low == "binaan" and earlier and earlier[-1] == "anak":
            return Says.CHILD
        return SAYS[kind]

    def age(self, end: int) -> tuple[Says | None, int]:
        """What an age behind a name says of it, and where it ends."""
        first, second = self.text[end : end + 1], self.text[end + 1 : end + 2]
        if first not in (",", " ", "(") or (first == " " and second not in _AGE_BEGINS and not second.isdigit()):
            return None, end
        match = _AGE.match(self.text, end)
        if not match:
            return None, end
        years = int(next(filter(None, match.groups())))
        return (Says.CHILD if years < ADULT else Says.PRIVATE), match.end()

    def beside(self, end: int) -> Says | None:
        """What an alias or an apposition behind a name says of it."""
        if self.text.startswith((" alias ", " als ", " a.k.a"), end):
            return Says.PRIVATE
        if self.text[end : end + 1] not in (",", " "):
            return None
        degrees = _DEGREES.match(self.text, end)
        opening = _APPOSITION.match(self.text, degrees.end() if degrees else end)
        if opening is None:
            return None
        former = False
        following = [piece.strip(_PUNCTUATION).lower() for piece in self.text[opening.end() : opening.end() + 48].split()[:5]]
        for index, low in enumerate(following[:4]):
            kind = KINDS.get(low)
            if kind is Kind.OFFICE:
                return None if former else Says.OFFICE
            if low == "kliennya":
                return None
            if kind in SAYS:
                # ", napi bernama Y" and, in a sentence, ", Napi Y" go on with somebody else.
                other = following[index + 1 : index + 2] in (["bernama"], ["berinisial"], ["itu"], ["tersebut"])
                small = self.text[opening.end() : opening.end() + 1].islower()
                return SAYS[kind] if (small or self.headline) and not other else None
            former = former or kind is Kind.FORMER
            if low not in OPENERS:
                return None
        return None

    def named_initials(self, start: int) -> bool:
        """True behind "berinisial"."""
        return _NAMED.search(self.text, max(0, start - 14), start) is not None

    def initialled(self, start: int, end: int) -> bool:
        """True for "MK (17)", "berinisial AL" and what goes on in such a list, though MK and AL are words of their own."""
        if self.text.startswith(" (", end) and self.age(end)[0]:
            return True
        if self.named_initials(start):
            return True
        return self.last is not None and self.last.initials and self.listed(start) is not None
