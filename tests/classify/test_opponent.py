"""The opponent's texts: they load without a mistake, share no wording with the corpus, and each dissent is decided."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.corpus_figures import LABELS, SET_FIELDS, SINGLE_FIELDS, likeness, load, read_lines, recurring_runs
from pipeline.classify.corpus import Labelled, load_labelled
from pipeline.classify.taxonomy import all_programmes, load_taxonomies
from pipeline.configfile import Problems
from pipeline.settings import default_config


@pytest.fixture(scope="module")
def opponents() -> tuple[Labelled, ...]:
    problems = Problems()
    slugs = all_programmes(load_taxonomies(default_config() / "programmes", problems))
    records = load_labelled([LABELS / "opponent.jsonl"], slugs, problems)
    assert problems.found == []
    return records


@pytest.fixture(scope="module")
def both(opponents: tuple[Labelled, ...]) -> tuple[Labelled, ...]:
    return (*load(Problems()), *opponents)


def test_they_stand_beside_the_corpus_and_not_in_it(opponents: tuple[Labelled, ...], both: tuple[Labelled, ...]) -> None:
    assert len(opponents) == 714
    assert len({record.id for record in both}) == len(both)
    held = {record.batch for record in both[: -len(opponents)]}
    assert held.isdisjoint({record.batch for record in opponents})


def test_they_share_no_wording_with_the_corpus(both: tuple[Labelled, ...]) -> None:
    assert recurring_runs(both) == {}
    assert [pair for pair in likeness(both) if pair[0] > 0.1] == []


def test_labels_do_not_contradict_each_other(opponents: tuple[Labelled, ...]) -> None:
    for record in opponents:
        named = [record.primary, *record.related, *record.mentioned]
        assert len(named) == len(set(named)), f"{record.id} names a programme twice"
        assert (record.title_tone is None) == (record.tone is None), record.id
        assert len(record.incidents) == len(set(record.incidents)) <= 2, record.id
        assert record.relevance == "corrections" or not record.incidents, record.id


def test_every_dissent_of_the_second_reader_is_decided(opponents: tuple[Labelled, ...]) -> None:
    by_id = {record.id: record for record in opponents}
    readings = read_lines(LABELS / "opponent_reading.jsonl")
    assert len({line["id"] for line in readings}) == len(readings) == 120
    for line in readings:
        record, decided = by_id[line["id"]], {one["field"]: one for one in line["decisions"]}
        for field in (*SINGLE_FIELDS, *SET_FIELDS):
            now, second = _plain(getattr(record, field)), _plain(line[field])
            if verdict := decided.get(field):
                assert _plain(verdict["decided"]) == now, (record.id, field)
                assert _plain(verdict["first"]) != second, (record.id, field)
                assert verdict["decided"] in (verdict["first"], line[field]), (record.id, field)
                assert verdict["why"].endswith("."), record.id
            else:
                assert now == second, (record.id, field)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value or None
