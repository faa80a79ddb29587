"""The analyst's functions on the demo's data: filters, errors that help, explanations, and tables equal to the CSV files."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from pipeline import analyst
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
    explanation = pipeline.explain(row["key"], data=data)
    told = explanation.told(("", ""))
    assert str(explanation).replace("«", "").replace("»", "") == told
    assert "«" in str(explanation), "the words that decided are marked"
    assert row["title"] in told
    assert "tone       negative" in told
    assert f"[{row['removed'][0]['rule']}]" in told
    span = row["tone_evidence"][0]
    assert row[span["field"]][span["start"] : span["end"]] == span["quote"]
    assert " ".join(span["quote"].split()) in told
    shown = row["url"].removeprefix("https://")
    for form in (row["url"], shown, f"http://www.{shown}?utm_source=x", row["key"].upper(), row["key"][:12], f" {row['key']} "):
        assert pipeline.explain(form, data=data).told(("", "")) == told, form


def test_every_label_has_words_that_decided(data: Path) -> None:
    frame = pipeline.articles(data=data)
    for column in ("relevance_evidence", "programme_evidence", "tone_evidence"):
        held = frame[frame[column].map(len) > 0]
        assert len(held) > 0.8 * len(frame), column
        spans = [(row, span) for row in held.to_dict("records") for span in row[column]]
        for row, span in spans:
            assert row[span["field"]][span["start"] : span["end"]] == span["quote"]
            assert all(word in span["quote"] for word in span["words"])
        assert sum(len(span["words"]) > 0 for _, span in spans) > 0.9 * len(spans), column
    told = frame[frame["incidents"].map(len) > 0]
    assert len(told)
    for row in told.to_dict("records"):
        assert [one["code"] for one in row["incidents_evidence"]] == list(row["incidents"])
    assert frame["title_tone"].isin(["positive", "neutral", "negative", "unsure"]).all()
    assert frame["review_priority"].between(0, 1).all()


def test_an_unclear_key_is_not_guessed(data: Path) -> None:
    keys = sorted(pipeline.articles(relevance=None, data=data)["key"])
    for text in ("", "0", "lapas saya", "/"):
        with pytest.raises(ValueError, match="neither a key"):
            pipeline.explain(text, data=data)
    assert pipeline.explain(keys[0][: analyst.SHORTEST_KEY], data=data).row["key"] == keys[0]


def test_a_beginning_that_two_articles_share_lists_them(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = analyst.corrected.articles(data)
    frame.loc[frame.index[:2], "key"] = ["abcd000000000001", "abcd000000000002"]
    monkeypatch.setattr(analyst.corrected, "articles", lambda folder: frame)
    with pytest.raises(ValueError, match=r"2 articles begin with abcd; .*abcd000000000001 .*; abcd000000000002 "):
        pipeline.explain("abcd", data=data)


def test_a_copy_names_its_origin(data: Path) -> None:
    frame = pipeline.articles(data=data)
    copy = frame[frame["story_role"] == "reprint"].iloc[0]
    origin = frame[frame["key"] == copy["story_origin"]].iloc[0]
    assert f"reprint of {origin['key']} ({origin['outlet']} – {origin['title']})" in str(pipeline.explain(copy["key"], data=data))


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
    with pytest.raises(ValueError, match="no source announced it"):
        pipeline.explain("0123456789abcdef", data=data)
    for row in rejected[rejected["reason"] != "same_article"].to_dict("records"):
        with pytest.raises(ValueError, match=f"{row['reason']} at {row['step']}.*; "):
            pipeline.explain(row["key"], data=data)


@pytest.mark.parametrize(("state", "said"), [("waiting", "`pantau run` tries it again"), ("fetched", "`pantau judge` does it")])
def test_what_is_on_its_way_says_so(state: str, said: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyst.overview, "state_of", lambda folder, key, now: state)
    with pytest.raises(ValueError, match=said):
        pipeline.explain("https://kabar.example/baru", data=data)
    assert len(pipeline.rejections(since="2030-01-01", data=data)) == 0
