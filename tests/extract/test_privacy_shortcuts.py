"""What spares the masker work changes nothing: every shortcut against the plain way, on the labelled texts and on made ones."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.privacy import labelled
from pipeline.configfile import Problems
from pipeline.extract import privacy, privacy_patterns, privacy_people, privacy_runs
from pipeline.extract.privacy_around import _AGE, Around
from pipeline.extract.privacy_names import Names, load_names
from pipeline.extract.privacy_roles import Group, Says
from pipeline.extract.privacy_runs import Lexicon, Run
from pipeline.records import Article, Dated, PublisherType, Removed
from pipeline.settings import default_config, labels_folder

EACH = 20  # of the corpus's texts every twentieth
PLAIN_CAPITAL = (
    r"(?:(?:[A-Z]\.){1,4}(?:[A-Z]\b)?|(?:Dr|Drs|Dra|Hj|Ir|Prof|St|Muh|Moh|Moch|Mhd|Abd|Tgk|KH)\.|[A-Z][^\W_]*(?:['’`-][^\W_]+)*)"
)
PLAIN_RUN = re.compile(rf"(?<![^\W_]){PLAIN_CAPITAL}(?:[ \u00a0]{privacy_people._JOINT}{PLAIN_CAPITAL}){{0,11}}")
PIECES = [
    *"Napi napi Tersangka Ibu ayah Putri Raya Kepala Kapolsek Lapas lapas Kelas IIA Blok PN MK AR A.B. Dr. Hj. H. Moh.".split(),
    *"Sutarno Marsiyem Raka Wahyuningsih Ayu Bali Sragen Menurut Petugas Kisah Selasa Rp40 X-Ray SMK-N bin alias als".split(),
    *"anak pelaku korban ABH abh umur usia berusia 15 17 34 tahun hukum (15) (40) (12/8/2026) dari di bernama inisial".split(),
    "0812 345 678",
    "0812-345-6789",
    *"081234567890 12/Pid.B/2026 Jalan RT 03 RW bersama mantan titipan kuasa orang tua binaan kepala sekolah".split(),
    *', . .” " “ ( ) : ; – - * # \u0130 \u0131 \u017f \u212a \u0663 é ß _'.split(),
    *(". ", "\n", ".\n", "\u00a0", "  ", ", ", " (", ", dan ", "di bawah umur", "berhadapan dengan hukum", "anak korban"),
]
MADE = st.lists(st.sampled_from(PIECES), max_size=40).flatmap(
    lambda pieces: st.sampled_from([" ", " ", "", ". "]).map(lambda between: between.join(pieces))
)


@pytest.fixture(scope="module")
def names() -> Names:
    return load_names(default_config(), Problems())


@pytest.fixture(scope="module")
def lexicon(names: Names) -> Lexicon:
    return Lexicon(names)


def texts() -> Iterator[str]:
    for row in labelled():
        yield from (row["title"], row["text"])
    for path in sorted((labels_folder() / "corpus").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::EACH]:
            row = json.loads(line)
            yield from (row["title"], row["text"])


class _PlainFinder(privacy_people._Finder):
    """Asks of each word all that there is to ask, and reads each run where it stands."""

    def unremarkable(self, start: int, end: int) -> bool:
        return False

    def silent(self, start: int) -> bool:
        return False

    def word_before(self, start: int) -> str:
        self._asked = -1
        return super().word_before(start)

    def _read(self, run: Run, start: int, end: int) -> None:
        def initialled(first: int, last: int) -> bool:
            return self.initialled(start + first, start + last)

        for held in run.read(thing=self._thing_before(start), headline=self.headline, initialled=initialled):
            if held.says is Says.BESIDE_CHILD:
                self._take(Group(start + held.words[0].start, end, (), Says.BESIDE_CHILD))
            else:
                self._close(held, start)


def plain(text: str, lexicon: Lexicon) -> list[Group]:
    return _PlainFinder(text, lexicon).find()


def test_labelled_texts_hold_the_same_people_by_the_plain_way(lexicon: Lexicon) -> None:
    found = 0
    for text in texts():
        groups = privacy_people.groups(text, lexicon)
        assert groups == plain(text, lexicon), text
        found += sum(group.says is not Says.MAYBE for group in groups)
    assert found > 500


@given(MADE)
def test_made_texts_hold_the_same_people_by_the_plain_way(text: str) -> None:
    lexicon = privacy.masker_of()._lexicon
    assert privacy_people.groups(text, lexicon) == plain(text, lexicon)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Anak itu dirawat. Gelombang (15) menangis.", Says.CHILD),
        ("Napi itu dirawat. Menurut Kol. Gelombang, ia sehat.", Says.MAYBE),
        ("Petugas bertemu kakak Gelombang di rutan.", Says.MAYBE),
        ("Napi alias Gelombang kabur.", Says.PRIVATE),
        ("Tersangka Sutarno dan Gelombang kabur.", Says.MAYBE),
        ("Lapas Tirtagiri memuji kota Gelombang.", None),
        ("Serah terima jabatan kepada Gelombang selesai.", Says.OFFICE),
    ],
)
def test_a_plain_word_is_told_by_what_stands_around_it(lexicon: Lexicon, text: str, says: Says | None) -> None:
    groups = privacy_people.groups(text, lexicon)
    assert groups == plain(text, lexicon)
    assert [group.says for group in groups if "gelombang" in group.parts] == ([says] if says else [])


def test_what_was_met_before_changes_nothing(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = random.Random(7).sample(list(texts()), 60)
    used, fresh = Lexicon(names), [privacy_people.groups(text, Lexicon(names)) for text in sample]
    assert [privacy_people.groups(text, used) for text in sample] == fresh
    assert [privacy_people.groups(text, used) for text in reversed(sample)] == fresh[::-1]
    monkeypatch.setattr(privacy_runs, "REMEMBERED", 5)
    small = Lexicon(names)
    assert [privacy_people.groups(text, small) for text in sample] == fresh
    assert max(map(len, (small.runs, small.upper_runs, small.runs._facts))) <= 5


def test_a_run_without_end_is_not_remembered(names: Names) -> None:
    lexicon = Lexicon(names)
    privacy_people.groups("Napi " + "Sutarno" * 10_000, lexicon)
    assert all(len(run) <= privacy_runs.LONGEST for run in [*lexicon.runs, *lexicon.runs._facts])


def test_behind_a_thing_no_more_is_held_than_elsewhere(lexicon: Lexicon) -> None:
    for text in texts():
        for match in privacy_people._RUN.finditer(text):
            run = lexicon.runs[match.group()]
            for headline in (True, False):
                if run and not run.short and not run.remembered(thing=False, headline=headline):
                    assert not run.remembered(thing=True, headline=headline), match.group()


def _runs_are_those_of_the_plain_pattern(text: str) -> None:
    assert [match.span() for match in privacy_people._RUN.finditer(text)] == [match.span() for match in PLAIN_RUN.finditer(text)]


def _clues_are_sure(text: str) -> None:
    """Words, child's case, numbers and addresses, each against the pattern without its clue and blind to case."""
    low = text.lower()
    assert privacy._used(low) == privacy._LISTED & set(re.findall(r"\w+", low))
    lowered = privacy_patterns.small(text)
    assert len(lowered) == len(text)
    for clued, pattern in (
        (privacy_patterns.childs_case, privacy_patterns._CHILD_CASE),
        (privacy_patterns.childs_age, privacy_patterns._CHILD_AGE),
    ):
        assert clued(lowered) == (re.search(pattern.pattern, text, re.IGNORECASE) is not None)
    assert privacy_patterns.may_number(text) == (re.search(r"\d{3}(?:[ -]?\d{4}|[ -]\d{3}[ -]\d{3})|/Pi[dn]", text) is not None)
    assert privacy_patterns.may_address(text) or not privacy_patterns._ADDRESS.search(text)


def test_labelled_texts_are_matched_as_by_the_plain_patterns() -> None:
    for text in texts():
        _runs_are_those_of_the_plain_pattern(text)
        _clues_are_sure(text)


@given(MADE)
def test_made_texts_are_matched_as_by_the_plain_patterns(text: str) -> None:
    _runs_are_those_of_the_plain_pattern(text)
    _clues_are_sure(text)


@given(MADE, st.integers(0, 60))
def test_an_age_is_read_wherever_its_pattern_stands(text: str, end: int) -> None:
    """``age`` looks at two characters first."""
    around = Around(text, privacy.masker_of()._lexicon)
    match = _AGE.match(text, end) if text[end : end + 1] in (",", " ", "(") else None
    assert around.age(end)[1] == (match.end() if match else end)


@pytest.mark.parametrize("letter", ["\u0130", "\u0131", "\u017f", "\u212a", "é", "\ud800", "\u0663"])
def test_letters_of_other_alphabets_break_nothing(letter: str) -> None:
    text = (
        f"Napi Sutarno{letter} dan anak korban {letter}usia 1{letter} tahun, us{letter}a 15 tahun, {letter}{letter}{letter} 1234."
    )
    _clues_are_sure(text)
    assert privacy.masker_of().mask("napi", text).spans


def test_an_article_without_private_persons_is_not_built_anew() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    url = "https://kabar.example/panen"
    article = Article(
        "0123456789abcdef", url, url, "kabar", "Kabar", "kabar.example", "T3", PublisherType.NEWSROOM, "open", "Panen Raya",
        "Lapas Tirtagiri memanen padi bersama petani, Rabu (5/8/2026).", "id", "full", Dated(now), now,
        removed=(Removed("other_story", "Baca juga: Panen"),),
    )  # fmt: skip
    masker = privacy.masker_of()
    assert masker.article(article) is article
    assert masker.mask(article.title, article.text, ["Baca juga: Panen"]).spans == ((), (), ())
    for number in ("081234567890", "0812 345 678", "0812-345-678"):
        assert masker.article(replace(article, text=f"{article.text} Telepon {number}.")).text.endswith("Telepon [NOMOR].")
