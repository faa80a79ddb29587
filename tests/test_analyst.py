"""The analyst's functions on the demo's data: filters, errors that help, explanations, and tables equal to the CSV files."""

from __future__ import annotations

import inspect
import io
import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

import pipeline
from pipeline import analyst
from pipeline.dates import JAKARTA, Week
from pipeline.demo import DemoResult
from pipeline.errors import ConfigError, StorageError
from pipeline.fetch.ledger import FIRST_RETRY, Ledger
from pipeline.operation.condition import WINDOWS
from pipeline.records import Announced, Entry, Reason, Rejection, Retry
from pipeline.report.rows import read_rows
from pipeline.urls import article_key
from pipeline.watching import condition_of
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
        ({"since": "2026-11-23", "until": "2026-11-16"}, "exchange them"),
    ],
)
def test_a_label_or_date_that_does_not_exist_says_what_does(arguments: dict[str, str], said: str, data: Path) -> None:
    for function in (pipeline.articles, pipeline.stories, pipeline.review_queue):
        with pytest.raises(ValueError, match=said):
            function(data=data, **arguments)  # type: ignore[arg-type]


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


def test_a_page_that_is_not_there_yet_says_when_it_is_asked_again(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data")
    url = "https://kabar.example/embargo"
    entry = Entry("kabar", article_key(url), url, "Lapas Ulu Panen", "", None, "")
    with Ledger(tmp_path / "data" / "ledger.sqlite", NOW) as ledger:
        ledger.announce([Announced(entry)])
        ledger.settle(Rejection(entry.key, "fetch", Reason.GONE, "HTTP 404", url, retry=Retry.SOFT))
    due = (NOW + FIRST_RETRY).astimezone(JAKARTA)
    told = f"`pantau run` tries it again (try 1 ended with gone, HTTP 404; the next one is due {due:%Y-%m-%d %H:%M}"
    with pytest.raises(ValueError, match=re.escape(told)):
        pipeline.explain(url, data=tmp_path / "data")


def test_independence_is_the_reports(data: Path) -> None:
    frame = pipeline.articles(relevance=None, data=data)
    counted = {row.key: row.independent for row in read_rows(frame)}
    assert dict(zip(frame["key"], frame["independent"], strict=True)) == counted
    assert 0 < frame["independent"].sum() < len(frame)
    own, other = (pipeline.articles(independent=value, data=data) for value in (True, False))
    assert own["independent"].all()
    assert not other["independent"].any()
    assert len(own) + len(other) == len(pipeline.articles(data=data))
    assert set(own["publisher_type"]) <= {"newsroom", "wire"}


def test_a_reposters_text_does_not_make_a_copy_of_the_newsroom(data: Path) -> None:
    frame = pipeline.articles(data=data)
    newsroom = frame[frame["independent"]].iloc[[0]]
    reposter = newsroom.assign(key="0" * 16, tier="TX", dated_at=newsroom["dated_at"] - pd.Timedelta(minutes=1))
    copied = newsroom.assign(story_role="reprint", story_id="0" * 16)
    both = pd.concat([reposter.assign(story_id="0" * 16), copied], ignore_index=True)
    found = analyst.with_independence(both)
    assert list(found["independent"]) == [False, True]
    assert [row.independent for row in read_rows(both)] == [False, True]


def test_stories_add_up_to_the_articles(data: Path) -> None:
    frame, stories = pipeline.articles(data=data), pipeline.stories(data=data)
    assert stories["story_id"].is_unique
    assert stories["articles"].sum() == len(frame)
    assert stories["articles"].is_monotonic_decreasing
    largest = frame[frame["story_id"] == stories["story_id"].iloc[0]]
    top = stories.iloc[0]
    assert (top["articles"], top["outlets"]) == (len(largest), largest["outlet"].nunique())
    assert (top["first"], top["last"]) == (largest["dated_at"].min(), largest["dated_at"].max())
    assert top["title"] == largest.set_index("key").loc[largest["story_origin"].iloc[0], "title"]
    tones = [len(pipeline.stories(tone=tone, data=data)) for tone in ("positive", "neutral", "negative", "unsure")]
    assert sum(tones) == len(stories)
    assert len(pipeline.stories(relevance=None, data=data)) > len(stories)
    assert set(pipeline.stories(kanwil="Jawa Barat", data=data)["kanwil"]) == {"Jawa Barat"}


def test_the_trend_counts_what_the_week_counts(data: Path) -> None:
    weeks = pipeline.trend(3, until="2026-11-24", data=data)
    assert list(weeks["minggu"]) == ["2026-W46"] * 2 + ["2026-W47"] * 2 + ["2026-W48"] * 2
    row = weeks[weeks["minggu"] == "2026-W47"].iloc[0]
    table = pipeline.week("2026-W47", data=data, now=NOW)["01_ringkasan"].set_index("metrik")["nilai"]
    for name, metric in (("artikel_n", "total_artikel"), ("unik_n", "artikel_unik"), ("negatif", "negatif_n")):
        assert row[name] == table[metric]
    assert row["negatif_bawah"] < row["negatif_persen"] < row["negatif_atas"]
    some = pipeline.trend(3, until="2026-11-24", kanwil="Jawa Barat", data=data)
    assert 0 < some["artikel_n"].sum() < weeks["artikel_n"].sum()
    assert len(pipeline.trend(data=data)) == 24
    assert pipeline.trend(data=data)["minggu"].iloc[-1] == "2026-W48", "a demo's own clock"
    empty = pipeline.trend(2, until="2020-01-20", data=data)
    assert empty["artikel_n"].isna().all()
    for number in (0, -1, 521):
        with pytest.raises(ValueError, match="1 to 520"):
            pipeline.trend(number, data=data)


def test_every_unit_is_there_and_counted_once(data: Path) -> None:
    units, frame = pipeline.units(data=data), pipeline.articles(data=data)
    assert units["unit"].is_unique
    assert units["articles"].sum() == (frame["unit_primary"] != "").sum()
    assert (units[["positive", "neutral", "negative", "unsure"]].sum(axis=1) == units["articles"]).all()
    assert (units["articles"] == 0).any()
    assert units[units["articles"] == 0]["last"].isna().all()
    office = pipeline.units(kanwil="Jawa Barat", data=data)
    assert set(office["kanwil"]) == {"Jawa Barat"}
    assert len(pipeline.units(since="2030-01-01", data=data)) == len(units)
    with pytest.raises(ValueError, match="Jawa Barat"):
        pipeline.units(kanwil="Jabar", data=data)


def test_a_name_that_the_gazetteer_lacks_is_shown(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = analyst.corrected.articles(data)
    frame.loc[frame.index[0], ["unit_primary", "relevance"]] = ["Lapas Entah Berantah", "corrections"]
    monkeypatch.setattr(analyst.corrected, "articles", lambda folder: frame)
    row = pipeline.units(data=data).set_index("unit").loc["Lapas Entah Berantah"]
    assert not row["known"]
    assert row["articles"] == 1
    assert pipeline.units(data=data)["known"].sum() == len(pipeline.units(data=data)) - 1


def test_the_health_of_sources_is_what_status_tells(data: Path, demo: DemoResult, tmp_path: Path) -> None:
    health = pipeline.sources_health(data=data)
    condition = condition_of(demo.place, whole=False)
    assert list(health["source_id"])[: len(condition.troubled)] == [source.id for source in condition.troubled]
    by_id = {source.id: source for source in condition.sources}
    assert set(health["source_id"]) == set(by_id)
    for row in health.itertuples():
        source = by_id[row.source_id]
        assert row.state == source.state
        assert (row.last_ok.to_pydatetime() if not pd.isna(row.last_ok) else None) == source.last_ok
        assert source.week is not None
        assert (row.verdict_7d, row.seen_7d) == (source.week.word, source.week.seen)
    assert WINDOWS == (1, 7)
    dead = health.set_index("source_id").loc["feedmati"]
    assert dead["trouble"].startswith("failed: ")
    assert dead["advice"]
    with pytest.raises(StorageError, match="nothing was collected"):
        pipeline.sources_health(data=tmp_path)
    with pytest.raises(ValueError, match="no zone"):
        pipeline.sources_health(data=data, now=NOW.replace(tzinfo=None))


def test_sql_sees_what_the_functions_give(data: Path) -> None:
    for name in ("articles", "stories"):
        everything = getattr(pipeline, name)(relevance=None, data=data)
        found = pipeline.sql(f"select * from {name}", data=data)
        assert list(found.columns) == list(everything.columns)
        assert len(found) == len(everything)
    for name in ("rejections", "corrections", "review_queue", "units", "sources_health", "trend"):
        assert len(pipeline.sql(f"SELECT * FROM {name.upper()}", data=data)) == len(getattr(pipeline, name)(data=data))
    tones = pipeline.sql("select count(*) n from articles where tone = ?", ["negative"], data=data)["n"].iloc[0]
    assert tones == len(pipeline.articles(tone="negative", data=data))
    quotes = pipeline.sql("select unnest(tone_evidence).quote q from articles where tone = 'negative'", data=data)["q"]
    assert quotes.str.len().gt(0).all()


def test_days_of_sql_are_jakartas(data: Path) -> None:
    found = pipeline.sql("select key, dated_at::date as day from articles order by key", data=data)
    frame = pipeline.articles(relevance=None, data=data).sort_values("key")
    assert [str(day)[:10] for day in found["day"]] == [f"{at.tz_convert('Asia/Jakarta'):%Y-%m-%d}" for at in frame["dated_at"]]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("drop table articles", "write one SELECT"),
        ("select 1; select 2", "write one SELECT"),
        ("", "write one SELECT"),
        ("copy articles to 'x.csv'", "write one SELECT"),
        ("update articles set tone = 'positive'", "write one SELECT"),
        ("attach 'x.db'", "write one SELECT"),
        ("set enable_external_access = true", "write one SELECT"),
        ("install httpfs", "write one SELECT"),
        ("selec", "syntax error.*the views are: articles, stories"),
        ("select * from artikel", "artikel does not exist.*the views are: articles, stories"),
        ("select tonne from articles", "tonne"),
        ("select * from read_csv('/etc/passwd')", "disabled by configuration"),
        ("select * from read_text('/etc/hostname')", "disabled by configuration"),
        ("from 'https://kabar.example/x.parquet'", "does not exist|disabled by configuration"),
        ("select ?", "parameters"),
    ],
)
def test_sql_reads_and_does_nothing_else(statement: str, said: str, data: Path) -> None:
    with pytest.raises(ValueError, match=f"(?s){said}"):
        pipeline.sql(statement, data=data)


def test_without_duckdb_sql_says_how_to_get_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ConfigError, match=r"\./run install extras"):
        pipeline.sql("select 1", data=data)


def test_filters_are_named_alike_everywhere() -> None:
    wanted = ["programme", "tone", "relevance", "kanwil", "independent", "data"]
    for function in (pipeline.articles, pipeline.stories, pipeline.review_queue):
        assert list(inspect.signature(function).parameters) == ["since", "until", *wanted]
    for function in (pipeline.trend, pipeline.units):
        assert [name for name in inspect.signature(function).parameters if name in wanted] == [
            name for name in wanted if name != "relevance"
        ]
    for name in set(pipeline.__all__) - {"__version__"}:
        function = getattr(pipeline, name)
        assert inspect.getdoc(function), name
        assert inspect.signature(function).return_annotation is not inspect.Signature.empty, name


def test_the_room_of_stories_does_not_hide_the_function(data: Path) -> None:
    import pipeline.stories.queue

    assert len(pipeline.stories(data=data)) > 0


def test_the_documents_examples_run(data: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "analysts.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block.replace('"data/demo"', repr(str(data))), "docs/analysts.md", "exec"), names)
    for name in set(pipeline.__all__) - {"__version__"}:
        assert f"`{name}`" in text or f"pipeline.{name}(" in text, name
    for name, frame in (("sources_health", pipeline.sources_health(data=data)), ("units", pipeline.units(data=data))):
        missing = [
            column for column in frame.columns if f"`{column}`" not in text and "_1d" not in column and "_7d" not in column
        ]
        assert not missing, name
    assert not [column for column in pipeline.stories(data=data).columns if f"`{column}`" not in text]
