"""The analyst's functions on the demo's data: filters, errors that help, explanations, and tables equal to the CSV files."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from pipeline.dates import Week
from pipeline.demo import DemoResult
from pipeline.errors import StorageError
from tests.conftest import NOW


@pytest.fixture
def data(demo: DemoResult) -> Path:
    return demo.place.data


def test_articles_are_one_row_each_and_corrections_by_default(data: Path) -> None:
    frame = pipeline.articles(data=data)
    assert frame["key"].is_unique
    assert set(frame["relevance"]) == {"corrections"}
    assert frame["dated_at"].is_monotonic_increasing
    assert len(pipeline.articles(relevance=None, data=data)) > len(frame)


def test_filters_agree_with_each_other(data: Path) -> None:
    everything = pipeline.articles(data=data)
    tones = [len(pipeline.articles(tone=tone, data=data)) for tone in ("positive", "neutral", "negative", "unsure")]
    assert sum(tones) == len(everything)
    week = Week(2026, 47)
    inside = pipeline.articles(since=week.start, until=week.end, data=data)
    assert set(inside["week"]) == {"2026-W47"}
    assert len(inside) == (everything["week"] == "2026-W47").sum()
    assert len(pipeline.articles(since="2026-11-16", until="2026-11-23", data=data)) == len(inside)
    farms = pipeline.articles(programme="ketahanan_pangan", data=data)
    assert len(farms) > (farms["programme_primary"] == "ketahanan_pangan").sum() > 0
    assert set(pipeline.articles(kanwil="Jawa Barat", data=data)["kanwil"]) == {"Jawa Barat"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"tone": "positif"}, "choose one of: positive"),
        ({"programme": "pangan"}, "ketahanan_pangan"),
        ({"relevance": "yes"}, "corrections"),
        ({"kanwil": "Jawa Barrat"}, "Jawa Barat"),
        ({"since": "last week"}, "2026-11-16"),
    ],
)
def test_a_label_or_date_that_does_not_exist_says_what_does(arguments: dict[str, str], said: str, data: Path) -> None:
    with pytest.raises(ValueError, match=said):
        pipeline.articles(data=data, **arguments)  # type: ignore[arg-type]


def test_a_missing_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"\./run demo"):
        pipeline.articles(data=tmp_path / "nowhere")


def test_the_week_is_what_the_csv_files_hold(data: Path) -> None:
    tables = pipeline.week("2026-W47", data=data, now=NOW)
    assert pipeline.week("last", data=data, now=NOW).keys() == tables.keys()
    assert len(tables) == 8
    for name, frame in tables.items():
        written = (data / "reports" / "2026-W47" / f"{name}.csv").read_bytes()
        assert written.startswith(b"\xef\xbb\xbf")
        read = pd.read_csv(io.BytesIO(written), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        assert list(read.columns) == list(frame.columns)
        assert len(read) == len(frame)


def test_all_thirteen_programmes_are_always_there(data: Path) -> None:
    for week in ("2026-W47", "2020-W01"):
        codes = list(pipeline.week(week, data=data, now=NOW)["02_program"]["kode"])
        assert codes[:13] == [f"P{number:02d}" for number in range(1, 14)]
        assert len(codes) == 16


def test_an_explanation_shows_the_sentences_and_what_was_removed(data: Path) -> None:
    frame = pipeline.articles(tone="negative", data=data)
    frame = frame[frame["removed"].map(len) > 0]
    row = frame.iloc[0]
    told = str(pipeline.explain(row["key"], data=data))
    assert row["title"] in told
    assert "tone       negative" in told
    assert f"[{row['removed'][0]['rule']}]" in told
    span = row["tone_evidence"][0]
    assert row[span["field"]][span["start"] : span["end"]] == span["quote"]
    assert " ".join(span["quote"].split()) in told
    assert str(pipeline.explain(row["url"], data=data)) == told


def test_a_twin_is_explained_by_its_article(data: Path) -> None:
    frame = pipeline.articles(data=data)
    main = frame[frame["url"].str.startswith("https://kabarnusantara.example/")].iloc[0]
    amp = main["url"].replace("https://", "https://amp.") + "?utm_source=x"
    assert pipeline.explain(amp, data=data).row["key"] == main["key"]
    assert not frame["url"].str.contains("//amp.").any()


def test_what_was_not_judged_says_why(data: Path) -> None:
    rejected = pipeline.rejections(data=data)
    assert {"gone", "no_text", "not_article", "not_indonesian"} <= set(rejected["reason"])
    assert rejected["at"].notna().all()
    with pytest.raises(ValueError, match="was not judged: not_indonesian"):
        pipeline.explain(rejected[rejected["reason"] == "not_indonesian"]["key"].iloc[0], data=data)
    with pytest.raises(ValueError, match="no article"):
        pipeline.explain("0123456789abcdef", data=data)
    assert len(pipeline.rejections(since="2030-01-01", data=data)) == 0
