"""One saved page by hand: the page around the bytes, and outcomes as JSON values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.extract.single import describe, page_of_file
from pipeline.records import Article
from pipeline.urls import article_key
from pipeline.work import extract_safely

from .builder import LINES, NOW, OUTLETS, TITLE, URL, document

META = '<meta property="article:published_time" content="2026-11-18T09:15:00+07:00">'


def test_a_saved_page_is_known_by_its_address_alone() -> None:
    page = page_of_file(b"isi", "https://m.kabar.example/berita/123/panen-jagung", NOW)
    assert (page.key, page.outlet, page.bodies) == (article_key(URL), "kabar.example", (b"isi",))
    assert (page.feed_title, page.feed_published, page.fetched_at) == ("", None, NOW)


def test_an_article_is_described_in_plain_values() -> None:
    outcome = extract_safely(page_of_file(document(*LINES, "Tags: lapas, jagung", head=META).encode(), URL, NOW), OUTLETS)
    told = describe(outcome)
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "outcome": "article",
        "key": article_key(URL),
        "url": URL,
        "canonical_url": URL,
        "title": TITLE,
        "text": "\n".join(LINES),
        "language": "id",
        "text_status": "full",
        "published": {
            "value": "2026-11-18T09:15:00+07:00",
            "raw": "2026-11-18T09:15:00+07:00",
            "method": "meta",
            "zone": "+07:00",
            "confidence": 0.9,
            "status": "ok",
            "candidates": [
                {
                    "value": "2026-11-18T09:15:00+07:00",
                    "raw": "2026-11-18T09:15:00+07:00",
                    "method": "meta",
                    "zone": "+07:00",
                    "confidence": 0.9,
                    "timed": True,
                }
            ],
        },
        "dateline_place": "",
        "byline": "",
        "release_signals": [],
        "foreign_dateline": "",
        "removed": [{"rule": "title_repeat", "line": TITLE}, {"rule": "tags", "line": "Tags: lapas, jagung"}],
    }


def test_an_undated_article_says_so() -> None:
    outcome = extract_safely(page_of_file(document().encode(), URL, NOW), OUTLETS)
    assert isinstance(outcome, Article)
    assert describe(outcome)["published"] == {
        "value": None,
        "raw": "",
        "method": "none",
        "zone": "",
        "confidence": 0.0,
        "status": "unknown",
        "candidates": [],
    }


def test_a_rejection_is_described_with_its_reason() -> None:
    told = describe(extract_safely(page_of_file(b"", URL, NOW), OUTLETS))
    assert told == {"outcome": "rejected", "reason": "no_text", "detail": "page is empty", "key": article_key(URL), "url": URL}


def test_the_command_reads_the_overlays_of_the_folder_that_it_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, config = tmp_path / "halaman.html", tmp_path / "aturan"
    page.write_text(document(*LINES, "Kabar terpercaya dari Cirandu untuk semua."), encoding="utf-8")
    (config / "outlets").mkdir(parents=True)
    overlay = (
        'outlet = "Kabar"\nhosts = ["kabar.example"]\n[[layout]]\nbody = ["article"]\nboilerplate = ["Kabar terpercaya .*"]\n'
    )
    (config / "outlets" / "kabar.toml").write_text(overlay, encoding="utf-8")
    call = ["extract", str(page), "--url", URL]
    assert main(call) == 0
    assert json.loads(capsys.readouterr().out)["text"].endswith("Kabar terpercaya dari Cirandu untuk semua.")
    assert main([*call, "--config", str(config)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["text"] == "\n".join(LINES)
    assert {"rule": "outlet_line", "line": "Kabar terpercaya dari Cirandu untuk semua."} in told["removed"]
    (tmp_path / "rusak" / "outlets").mkdir(parents=True)
    (tmp_path / "rusak" / "outlets" / "kabar.toml").write_text('outlet = "Kabar"\n', encoding="utf-8")
    assert main([*call, "--config", str(tmp_path / "rusak")]) != 0
    assert "kabar.toml" in capsys.readouterr().err
