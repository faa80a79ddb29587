"""What a terminal shows of the measures: aligned, at most 120 columns, from either kind of report."""

from __future__ import annotations

from typing import Any

from pipeline.evaluation import figures_of
from pipeline.quality.answers import answers_of
from pipeline.quality.batches import batch_table, gaps
from pipeline.quality.figures import measured
from pipeline.quality.mistakes import mistakes_of, review
from pipeline.quality.openworld import open_world
from pipeline.quality.printing import WIDTH, confused, lines_of, mistake_lines
from tests.quality.builder import judged, labelled

TEXTS = [
    *[labelled(f"a{number}", batch="x") for number in range(40)],
    *[labelled(f"b{number}", batch="y", tone="negative", incidents=("kabur",)) for number in range(35)],
    *[labelled(f"c{number}", "irrelevant", batch="y", note="[background]") for number in range(30)],
    *[labelled(f"d{number}", "immigration", batch="z", primary="layanan_pengawasan_imigrasi") for number in range(3)],
]
SAID = [
    *[judged()] * 30,
    *[judged(said="unsure")] * 10,
    *[judged(said="negative", primary="layanan_digital_imigrasi")] * 35,
    *[judged("irrelevant")] * 30,
    *[judged("immigration", primary="layanan_pengawasan_imigrasi")] * 3,
]


def report(**more: Any) -> dict[str, Any]:
    rules = {field: measured(answers) for field, answers in answers_of(TEXTS, SAID).items()}
    return {
        "how": "held-out batches x, y",
        "corpus": "abc",
        "texts": len(TEXTS),
        "models": figures_of(TEXTS, SAID),
        "rules": rules,
        "open_world": open_world(TEXTS, SAID, 0.01),
        "review": review(TEXTS, SAID),
        **more,
    }


def test_both_kinds_of_report_fit_and_tell_everything() -> None:
    table = batch_table(TEXTS, SAID)
    for made in (report(trained_on=2000), report(batches=table, gaps=gaps(table))):
        lines = [line for told in lines_of(made) for line in told.split("\n")]
        assert max(map(len, lines)) <= WIDTH
        assert not [line for line in lines if line != line.rstrip()]
        text = "\n".join(lines)
        for part in (
            "RELEVANCE",
            "TITLE_TONE",
            "incidents",
            "per 1,000 ordinary articles: 0 in 30",
            "REVIEW: 45 of 108",
            "coverage",
        ):
            assert part in text, part
        assert ("GAP between" in text) == ("batches" in made)
        assert ("fitted on 2,000 others" in text) == ("trained_on" in made)


def test_texts_without_ordinary_news_say_so() -> None:
    made = report(open_world=open_world(TEXTS[:40], SAID[:40], 0.01))
    assert any("no ordinary news" in line for line in lines_of(made))


def test_the_confusion_in_a_line() -> None:
    assert confused({"a": {"a": 9, "b": 1}, "b": {"a": 3}}) == ["b → a 3", "a → b 1"]


def test_long_titles_are_cut_and_evidence_stands_below() -> None:
    texts = [labelled("a", title="Judul " * 60)]
    [head, *lines] = [
        part for line in mistake_lines(mistakes_of(texts, [judged(said="negative")]), 7) for part in line.split("\n")
    ][1:]
    assert "THE 1 MOST CONFIDENT MISTAKES of 7" in head
    assert lines[0] == "0.80 a  tone: positive → negative"
    assert lines[1].endswith("…")
    assert "ne gative" in lines[2]
    assert max(map(len, lines)) <= WIDTH
