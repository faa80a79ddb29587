"""The sentence that is shown as the reason of a tone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

import pytest

from pipeline.classify.features import Features
from pipeline.classify.judge import Judge
from pipeline.classify.model import Asked, Model
from pipeline.classify.reading import Reading, Sentence
from pipeline.classify.rules import Fired
from pipeline.classify.telling import SHOWN, most_telling
from pipeline.records import Judgement
from pipeline.settings import labels_folder

TITLE = "Situasi Blok Dahlia Dijelaskan"
OPENING = "Lapas Kelas IIB Sendang Lor menerima tamu pada Senin pagi untuk sebuah pertemuan biasa."
SECOND = "Pertemuan itu berlangsung di aula dan dihadiri semua pejabat struktural yang ada."
THIRD = "Sesudahnya tamu berkeliling melihat dapur dan bengkel kerja selama satu jam."
FOURTH = "Di dapur itulah seorang juru masak bercerita tentang beras yang datang berkutu sejak Agustus."
REMNANT = "Duh, berkutu!"


@pytest.fixture
def reading(judge: Judge) -> Reading:
    return judge._reader.read(TITLE, " ".join((OPENING, SECOND, THIRD, FOURTH, REMNANT)))


def told(reading: Reading, sentences: Sequence[Sentence]) -> list[str]:
    return [reading.source(one.field)[one.start : one.end] for one in sentences]


def weights(reading: Reading, **of: float) -> dict[int, list[float]]:
    """For each sentence a weight a word: the given one where a word of the sentence has one."""
    return {
        one.number: [of.get(word, 0.0) for word in piece.words]
        for one, piece in zip(reading.sentences, reading.pieces, strict=True)
    }


def test_the_sentence_whose_words_speak_for_the_tone_comes_first(reading: Reading) -> None:
    assert told(reading, most_telling(reading, weights(reading, berkutu=1.0, beras=0.5, tamu=0.1), [], []))[0] == FOURTH


def test_words_that_speak_against_it_do_not_silence_a_sentence(reading: Reading) -> None:
    assert (
        told(reading, most_telling(reading, weights(reading, berkutu=1.0, beras=1.0, dapur=-3.0, tamu=0.1), [], []))[0] == FOURTH
    )


def test_a_remnant_yields_to_the_sentence_that_says_the_same(reading: Reading) -> None:
    assert told(reading, most_telling(reading, weights(reading, berkutu=1.0), [], []))[:2] == [FOURTH, REMNANT]


def test_of_sentences_that_say_as_much_the_lead_goes_before_the_body(reading: Reading) -> None:
    assert told(reading, most_telling(reading, weights(reading, pertemuan=1.0, tamu=1.0), [], []))[0] == OPENING


def test_an_incident_decides_between_sentences_that_say_as_much(reading: Reading) -> None:
    tone = weights(reading, bengkel=1.0, juru=1.0)
    assert told(reading, most_telling(reading, tone, [], [weights(reading, masak=2.0)]))[0] == FOURTH
    assert told(reading, most_telling(reading, tone, [], [weights(reading, berkeliling=2.0)]))[0] == THIRD


def test_a_rule_alone_is_enough_and_none_gives_none(reading: Reading) -> None:
    fourth = next(one for one in reading.sentences if FOURTH.startswith(reading.source(one.field)[one.start : one.end]))
    fired = [Fired("spoiled_food", "negative", 1.0, fourth, ())]
    assert told(reading, most_telling(reading, weights(reading), fired, [])) == [FOURTH]
    assert most_telling(reading, weights(reading), [], []) == []
    assert most_telling(reading, {}, fired, []) == []


def test_no_more_are_shown_than_a_reader_reads(reading: Reading) -> None:
    every = {one.number: [1.0] * 8 for one in reading.sentences}
    assert len(most_telling(reading, every, [], [])) == SHOWN


LEANS = {("negative", "kutu"): 2.0, ("neutral", "temu"): 1.0, ("positive", "dapur"): 0.5}


class Says:
    """A model that gives these shares of every article's tone and its title's, and leans on three words."""

    encoder = ""

    def __init__(self, negative: float, neutral: float) -> None:
        shares = {"negative": negative, "neutral": neutral, "positive": 1 - negative - neutral}
        one = {"relevance": {"corrections": 1.0}, "primary": {"luar_program": 1.0}, "tone": shares, "title_tone": shares}
        self.answer = {head: Asked(each) for head, each in one.items()}

    def ask(self, features: Sequence[Features]) -> list[dict[str, Asked]]:
        return [self.answer for _ in features]

    def weight_of(self, name: str, label: str, stem: str) -> float:
        return LEANS.get((label, stem), 0.0) if name == "tone" else 0.0


def ask(judge: Judge, model: Says) -> Judgement:
    asked = judge.with_model(cast(Model, model))
    return asked.judge(title=TITLE, text=" ".join((OPENING, SECOND, THIRD, FOURTH)))


def test_bad_news_that_is_about_as_likely_is_said_with_its_own_evidence(judge: Judge) -> None:
    found = ask(judge, Says(negative=0.4, neutral=0.6))
    assert found.tone
    assert found.title_tone
    assert (found.tone.label, found.tone.certainty) == ("negative", 0.4)
    assert found.tone.evidence[0].quote == FOURTH
    assert found.tone.evidence[0].words == ("berkutu",)
    assert found.title_tone.label == "neutral", "a title alone overlooks nothing"
    assert "likely negative" in found.review_reasons


def test_an_unsure_tone_shows_what_speaks_for_the_likeliest(judge: Judge) -> None:
    found = ask(judge, Says(negative=0.25, neutral=0.45))
    assert found.tone
    assert (found.tone.label, found.tone.certainty) == ("unsure", 0.45)
    assert found.tone.evidence[0].quote in (OPENING, SECOND)


def test_the_marked_sentences_stand_in_the_opponents_texts(judge: Judge) -> None:
    lines = (labels_folder() / "opponent.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {one["id"]: one for one in map(json.loads, lines)}
    marked = [json.loads(line) for line in (labels_folder() / "telling.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({one["id"] for one in marked}) == len(marked)
    for one in marked:
        article = texts[one["id"]]
        assert article["labels"]["tone"] in ("negative", "positive")
        assert one["part"] in ("chosen", "fresh")
        cut = judge._reader.read(article["title"], article["text"]).sentences
        assert {tuple(span) for span in one["spans"]} <= {(each.start, each.end) for each in cut if each.field == "text"}, one[
            "id"
        ]
