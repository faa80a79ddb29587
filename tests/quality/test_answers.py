"""What a judgement answers, field by field: who is asked, and who pays for a missed article."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.quality.answers import Answer, answers_of, sets_of
from pipeline.quality.batches import batch_table, gaps
from pipeline.quality.mistakes import mistakes_of, review
from pipeline.quality.openworld import expected_precision, is_ordinary, open_world
from pipeline.records import ProgrammeScore
from tests.quality.builder import judged, labelled, tone


def test_a_right_judgement_answers_every_field() -> None:
    found = answers_of([labelled("a")], [judged()])
    assert {field: (answer.right, answer.said) for field, [answer] in found.items()} == {
        "relevance": ("corrections", "corrections"),
        "primary": ("bansos", "bansos"),
        "tone": ("positive", "positive"),
        "title_tone": ("neutral", "neutral"),
        "source_type": ("report", "report"),
    }
    assert found["tone"][0].sure == pytest.approx(0.8)


def test_a_missed_article_costs_every_field_that_is_asked() -> None:
    found = answers_of([labelled("a"), labelled("b", "immigration", primary="autogate")], [judged("irrelevant")] * 2)
    assert [answer.said for answer in found["primary"]] == ["none", "none"]
    assert [answer.said for answer in found["source_type"]] == ["none", "none"]
    assert found["tone"] == [Answer("a", "positive", "none")], "tone is asked of corrections only, and gives no certainty"


def test_unsure_keeps_its_leaning() -> None:
    [answer] = answers_of([labelled("a", tone="neutral")], [judged(said="unsure", tone=tone("unsure", 0.45))])["tone"]
    assert (answer.said, answer.leaning, answer.sure) == ("unsure", "neutral", pytest.approx(0.45))


def test_fields_that_nothing_asks_are_absent() -> None:
    assert list(answers_of([labelled("a", "irrelevant")], [judged("irrelevant")])) == ["relevance"]
    assert sets_of([labelled("a", "irrelevant")], [judged("irrelevant")]) == {}


def test_programmes_are_primary_and_related_together() -> None:
    scores = (
        *judged().programmes,
        ProgrammeScore("umkm", "P03", "related", 0.5),
        ProgrammeScore("autogate", "P07", "mentioned", 0.9),
    )
    found = sets_of([labelled("a", related=("umkm", "lapas_modern"))], [replace(judged(), programmes=scores)])
    assert found["programmes"][0].right == {"bansos", "umkm", "lapas_modern"}
    assert found["programmes"][0].said == {"bansos", "umkm"}
    assert found["related"][0].said == {"umkm"}


def test_mistakes_come_most_confident_first_with_their_evidence() -> None:
    texts = [labelled("a"), labelled("b"), labelled("c"), labelled("d", "irrelevant")]
    answers = [judged(primary="umkm"), judged(said="negative"), judged("irrelevant"), judged("irrelevant")]
    found = mistakes_of(texts, answers)
    assert [(one.id, one.field, one.right, one.said) for one in found] == [
        ("c", "relevance", "corrections", "irrelevant"),
        ("a", "primary", "bansos", "umkm"),
        ("b", "tone", "positive", "negative"),
    ]
    assert found[2].evidence == "ne gative", "one line"


def test_review_counts_what_the_first_tenth_catches() -> None:
    texts = [labelled(f"t{number:02d}") for number in range(20)]
    answers = [
        judged(said="negative" if number in (3, 7, 11) else "positive", review_priority=float(number in (3, 7)))
        for number in range(20)
    ]
    answers[11] = replace(answers[11], needs_review=True)
    found = review(texts, answers)
    assert (found["wrong"], found["looked_at"], found["caught"]) == (3, 2, 2)
    assert found["caught_share"] == found["best_possible"] == pytest.approx(2 / 3)
    assert (found["needs_review"], found["needs_review_caught"]) == (1, 1)


def test_expected_precision_by_hand() -> None:
    assert expected_precision(0.97, 0.002, 0.01) == pytest.approx(0.0097 / (0.0097 + 0.00198))
    assert expected_precision(0.0, 0.0, 0.01) == 0.0


def test_the_open_world_counts_ordinary_news_and_no_look_alikes() -> None:
    ordinary = [labelled(f"o{number}", "irrelevant", note="[background][short] harga") for number in range(100)]
    alike = labelled("l", "irrelevant", note="[lookalike]")
    assert is_ordinary(ordinary[0])
    assert is_ordinary(labelled("s", "irrelevant", batch="s9"))
    assert not is_ordinary(alike)
    texts = [*ordinary, alike, labelled("a"), labelled("b")]
    answers = [*[judged("irrelevant")] * 99, judged("immigration"), judged(), judged(), judged("irrelevant")]
    found = open_world(texts, answers, 0.01)
    ours = found["corrections"]
    assert (ours["ours"], ours["found"], ours["ordinary"], ours["false_alarms"]) == (2, 1, 100, 0)
    assert ours["per_1000_interval"] == (0.0, 30.0), "none in a hundred may still be three in a hundred"
    assert ours["expected_precision"] == 1.0
    assert ours["expected_precision_interval"][0] < 0.25
    assert found["corrections or immigration"]["per_1000"] == 10.0


def test_what_the_texts_cannot_tell_is_absent() -> None:
    found = open_world([labelled("a")], [judged()], 0.01)["corrections"]
    assert "recall" in found
    assert not {"per_1000", "expected_precision"} & set(found)


def test_batches_side_by_side_and_the_gap_of_those_that_are_large_enough() -> None:
    texts, answers = [], []
    for batch, size, wrong in (("x", 40, 4), ("y", 40, 20), ("z", 5, 5)):
        for number in range(size):
            texts.append(labelled(f"{batch}{number}", batch=batch))
            answers.append(judged(said="negative" if number < wrong else "positive"))
    texts.append(labelled("i", "irrelevant", batch="w"))
    answers.append(judged("irrelevant"))
    table = batch_table(texts, answers)
    assert [(row["batch"], row["texts"], "tone" in row) for row in table] == [
        ("x", 40, True),
        ("y", 40, True),
        ("z", 5, True),
        ("w", 1, False),
    ]
    gap = gaps(table)["tone accuracy"]
    assert (gap["best"], gap["worst"], gap["gap"]) == ("x", "y", pytest.approx(0.4))
    assert gaps(table[:1]) == {}
