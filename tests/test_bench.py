"""The measured claims: tables and JSON agree, the arithmetic is right, and every claim compares like with like on small input."""

from __future__ import annotations

import gzip
import json
from itertools import count
from pathlib import Path

import pytest

from benchmarks.bench import table
from benchmarks.bench.__main__ import CLAIMS, main
from benchmarks.bench.copies import against, make, ours, truth
from benchmarks.bench.extraction import public_pages
from benchmarks.bench.feeds import atom, equal, full_rss, rss, unchanged
from benchmarks.bench.measure import CannotMeasureError, Race, Spread, each, race
from benchmarks.bench.pages import PARAGRAPHS, frames, heavy_pages, paragraphs
from benchmarks.bench.results import FOLDER, Figure, Result, exact, here, read_all, write
from pipeline.dates import Week
from pipeline.extract.article import extract
from pipeline.extract.outlets import outlets_of
from pipeline.fetch.feeds import read_feed
from pipeline.records import Article
from pipeline.settings import default_config

ROOT = Path(__file__).parent.parent
WANTED = "./run bench table"


def result(**changes: object) -> Result:
    figures = (Figure("fast", Spread(4, 5.25, 6), "times", ">= 5"), Figure("held", exact(1490), "bytes", "<= 1500"))
    return Result(**{"name": "stemming", "against": "the peer", "on": "9 texts", "rounds": 3, "figures": figures, **changes})


def test_every_result_is_a_claims() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} <= set(CLAIMS)
    assert len(read_all(CLAIMS)) == len(list(FOLDER.glob("*.json"))) > 0


@pytest.mark.parametrize(("document", "of"), [("README.md", table.short_table), ("docs/speed.md", table.long_table)])
def test_the_documents_show_what_was_measured(document: str, of: object) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert callable(of)
    assert table.replaced(text, of(table.results())) == text, f"the results have changed; write the tables anew: {WANTED}"


def test_a_bound_that_is_missed_is_told() -> None:
    shown = table.short_table([result(figures=(Figure("slow", Spread(1, 1.02, 1.5), "times", ">= 5"),))])
    assert "| slow | the peer | 1.02× (1 to 1.5) | ≥ 5, not met |" in shown


def test_figures_without_a_bound_stand_in_the_document_only() -> None:
    told = result(figures=(Figure("ours", exact(1.5), "ms a page"),))
    assert "ours" not in table.short_table([told])
    assert "| ours | 1.5 ms a page |  |" in table.long_table([told])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123456, "0.0123"), (5.256, "5.26"), (1490.4, "1,490"), (12, "12"), (4_110_000.0, "4,110,000"), (0, "0")],
)
def test_numbers_show_three_digits_that_count(value: float, text: str) -> None:
    assert table.number(value) == text


def test_a_document_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="bench:begin"):
        table.replaced("no marks", "table")


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    told = here(result())
    write(told, tmp_path)
    assert read_all(["stemming"], tmp_path) == [told]
    assert told.day
    assert "Python" in told.machine
    assert any(one.startswith("PySastrawi") for one in told.versions)


def test_a_result_of_another_format_is_refused(tmp_path: Path) -> None:
    path = write(result(), tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8")
    with pytest.raises(ValueError, match="measure it anew"):
        read_all(["stemming"], tmp_path)


def test_bounds() -> None:
    fast, held = result().figures
    assert fast.met is True
    assert held.met is True
    assert Figure("slow", Spread(5, 4.9, 6), "times", ">= 5").met is False
    assert Figure("told", exact(1), "ms").met is None


def test_ratios_are_of_rounds() -> None:
    found = Race((1.0, 2.0, 4.0), (2.0, 6.0, 20.0))
    assert found.ratio == Spread(2.5, 3.0, 4.0)
    assert each([0.5], 100) == Spread(5.0, 5.0, 5.0)
    assert Spread(1, 2, 3).times(10) == Spread(10, 20, 30)


def test_sides_are_timed_in_turn_and_warmed_first() -> None:
    order: list[str] = []
    clock = count(1)

    def side(name: str, seconds: float) -> float:
        order.append(name)
        return seconds + 0 * next(clock)

    found = race(lambda: side("ours", 1.0), lambda: side("theirs", 3.0), 3)
    assert order == ["ours", "theirs", "ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert found.ratio == Spread(3.0, 3.0, 3.0)


@pytest.mark.parametrize("words", [["nothing"], ["stemming", "--rounds", "0"], ["stemming", "--files", "/does/not/exist"]])
def test_wrong_words_are_answered(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("usage: ./run bench")


def test_public_pages_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["extraction-unknown"])
    assert "--files FOLDER" in capsys.readouterr().err


def test_pages_are_heavy_different_and_known() -> None:
    pages, outlets = list(heavy_pages(len(frames()))), outlets_of(default_config())
    assert len(pages) >= 15
    assert all(len(page.bodies[0]) > 60_000 and outlets.of(page.url) for page in pages)
    found = [extract(page, outlets) for page in pages[:6]]
    texts = [one.text for one in found if isinstance(one, Article)]
    assert len(set(texts)) == 6
    assert [page.bodies for page in heavy_pages(2, 3)] == [page.bodies for page in pages[3:5]]


def test_a_second_round_of_the_corpus_gives_other_pages() -> None:
    from benchmarks.bench.pages import corpus

    one, other = next(heavy_pages(1, 1)), next(heavy_pages(1, 1 + len(corpus()) * len(frames())))
    assert one.bodies != other.bodies


@pytest.mark.parametrize("text", ["Satu kalimat. Dua kalimat.", "satu\n\ndua", ""])
def test_a_story_has_the_paragraphs_that_a_frame_asks_for(text: str) -> None:
    if text:
        assert len(paragraphs(text)) == PARAGRAPHS


def test_public_pages_are_read_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.html").write_bytes(b"<p>satu</p>")
    (tmp_path / "deep" / "b.html.gz").write_bytes(gzip.compress(b"<p>dua</p>"))
    (tmp_path / "notes.txt").write_bytes(b"none")
    pages, outlets = public_pages([tmp_path]), outlets_of(default_config())
    assert [page.bodies for page in pages] == [(b"<p>satu</p>",), (b"<p>dua</p>",)]
    assert not any(outlets.of(page.url) for page in pages)
    with pytest.raises(CannotMeasureError, match="--files FOLDER"):
        public_pages([tmp_path / "nothing"])


@pytest.mark.parametrize("make_feed", [rss, full_rss, atom])
def test_feeds_are_read_and_equal(make_feed: object) -> None:
    assert callable(make_feed)
    body = make_feed(1)
    assert len(read_feed(body).items) == 50
    assert equal(body)


def test_an_unchanged_feed_is_hashed_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.poll.parse", lambda *_: pytest.fail("it was read"))
    answer = unchanged(rss(1))
    assert (answer.polled.outcome, answer.entries) == ("unchanged", ())
    with pytest.raises(pytest.fail.Exception, match="it was read"):
        unchanged(rss(1), rss(2))


def test_copies_are_found_as_exact_comparison_finds_them() -> None:
    texts = make(300)
    true = truth(texts)
    assert len(true) >= 5
    assert against(ours(texts), true) == (1.0, 1.0)
    by_hand = {(new, old) for new in range(300) for old in range(new) if _overlap(texts[new], texts[old]) >= 0.7}
    assert true == by_hand


def _overlap(one: str, other: str) -> float:
    from pipeline.stories.wording import words

    runs = [{tuple(told[place : place + 5]) for place in range(len(told) - 4)} for told in (words(one), words(other))]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def test_missed_and_wrong_pairs_count() -> None:
    assert against({(1, 0), (3, 2)}, {(1, 0), (5, 4)}) == (0.5, 0.5)


def test_the_mass_is_readable_as_a_store(tmp_path: Path) -> None:
    from benchmarks.bench import mass
    from benchmarks.bench.storing import plain_week
    from pipeline.classify.judge import load_judge
    from pipeline.store.dataset import articles

    week = mass.make(tmp_path, 300, load_judge(default_config()), base=40)
    frame = articles(tmp_path)
    assert week == "2026-W47"
    assert len(frame) == 300
    assert frame["key"].is_unique
    assert sorted(frame["week"].unique())[-1] == week
    assert all(Week.of(at) == Week.parse(name) for at, name in zip(frame["dated_at"], frame["week"], strict=True))
    counted = int(plain_week(tmp_path, week)[week]["summary"].sum())
    assert counted == int(((frame["week"] == week) & (frame["relevance"] == "corrections")).sum())
