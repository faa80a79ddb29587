"""What a reviewer does: answer, confirm, skip, undo, beside another reviewer; all of it in the one append-only log."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from pipeline import corrected
from pipeline.correcting import correct
from pipeline.jobs import Workplace
from tests.app.conftest import Browser, key_of, logged


def test_a_name_is_asked_once_and_stands_in_the_log(place: Workplace, open_browser: Callable[[], Browser]) -> None:
    browser = open_browser()
    assert "Siapa yang meninjau?" in browser.get("/tinjau")
    page = browser.post("/masuk", nama="  Sari   Dewi ")
    key = key_of(page)
    browser.answer(page, tone="neutral", alasan="kutipan, bukan nada sendiri")
    rows = {row["field"]: row for row in logged(place) if row["key"] == key}
    assert rows["tone"]["who"] == "Sari Dewi"
    assert rows["tone"]["new"] == "neutral"
    assert rows["tone"]["why"] == "kutipan, bukan nada sendiri"
    assert abs((datetime.fromisoformat(rows["tone"]["when"]) - datetime.now(UTC)).total_seconds()) < 600


def test_a_name_that_is_a_formula_or_markup_is_refused(open_browser: Callable[[], Browser]) -> None:
    browser = open_browser()
    for name in ("", "   ", "=HYPERLINK(1)", "<script>", "a" * 61, "12"):
        browser.get("/masuk")
        assert browser.client.post("/masuk", data={"csrf": browser.csrf, "nama": name}).status_code == 400, name


def test_confirming_writes_the_labels_that_stand_and_the_queue_moves_on(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    key = key_of(page)
    after = sari.answer(page)
    assert "dibenarkan" in after
    assert key_of(after) != key
    rows = [row for row in logged(place) if row["key"] == key]
    assert {row["field"] for row in rows} >= {"relevance", "programme_primary", "tone"}
    assert all(row["old"] == row["new"] for row in rows)
    held = corrected.articles(place.data).set_index("key")
    assert not held.at[key, "needs_review"]


def test_twenty_answers_are_twenty_articles_in_the_log(place: Workplace, sari: Browser) -> None:
    page, seen = sari.get("/tinjau"), []
    for _ in range(20):
        seen.append(key_of(page))
        page = sari.answer(page, tone="neutral")
        if "Antrean kosong" in page or "Tidak ada lagi untuk Anda" in page:
            break
    assert len(set(seen)) == len(seen)
    assert {row["key"] for row in logged(place)} == set(seen)


def test_undo_writes_rows_and_brings_the_model_back(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    key = key_of(page)
    before = corrected.articles(place.data).set_index("key").loc[key]
    sari.answer(page, relevance="irrelevant")
    assert corrected.articles(place.data).set_index("key").at[key, "relevance"] == "irrelevant"
    written = len(logged(place))
    page = sari.post("/tinjau/urungkan")
    assert key_of(page) == key
    assert len(logged(place)) > written
    after = corrected.articles(place.data).set_index("key").loc[key]
    assert (after["relevance"], after["tone"], list(after["corrected_fields"])) == (before["relevance"], before["tone"], [])


def test_undo_brings_a_former_persons_label_back_not_the_models(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    key = key_of(page)
    correct(place, key, "tone", "positive", "Budi", "kata Budi")
    sari.answer(sari.get(f"/tinjau/{key}"), tone="neutral")
    sari.post("/tinjau/urungkan")
    last = [row for row in logged(place) if (row["key"], row["field"]) == (key, "tone")][-1]
    assert last["new"] == "positive"


def test_two_reviewers_are_offered_different_articles(open_browser: Callable[[], Browser]) -> None:
    one, other = open_browser(), open_browser()
    first, second = key_of(one.enter("Sari")), key_of(other.enter("Budi"))
    assert first != second
    assert "sedang dibaca Sari" in other.get(f"/tinjau/{first}")


def test_who_was_slower_is_shown_the_faster_answer_and_writes_nothing(
    place: Workplace, open_browser: Callable[[], Browser]
) -> None:
    one, other = open_browser(), open_browser()
    page = one.enter("Sari")
    key = key_of(page)
    other.enter("Budi")
    same = other.get(f"/tinjau/{key}")
    one.answer(page, tone="positive")
    after = other.answer(same, tone="neutral")
    assert "Orang lain baru saja mengisi artikel ini" in after
    assert {row["who"] for row in logged(place) if row["key"] == key} == {"Sari"}


def test_a_faster_confirmation_is_no_less_an_answer(place: Workplace, open_browser: Callable[[], Browser]) -> None:
    one, other = open_browser(), open_browser()
    page = one.enter("Sari")
    key = key_of(page)
    other.enter("Budi")
    same = other.get(f"/tinjau/{key}")
    (tone,) = re.findall(r'name="tampak_tone" value="(\w+)"', page)
    opposite = "negative" if tone == "positive" else "positive"
    one.answer(page)
    after = other.answer(same, tone=opposite)
    assert "Orang lain baru saja mengisi artikel ini" in after
    assert {row["who"] for row in logged(place) if row["key"] == key} == {"Sari"}
    other.answer(after, tone=opposite)  # having seen it, the second opinion may stand
    assert [row["who"] for row in logged(place) if (row["key"], row["field"]) == (key, "tone")][-1] == "Budi"


def test_answers_at_the_same_instant_are_all_kept(place: Workplace, open_browser: Callable[[], Browser]) -> None:
    browsers = [open_browser() for _ in range(4)]
    pages = [browser.enter(f"Peninjau {name}") for browser, name in zip(browsers, "ABCD", strict=True)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda pair: pair[0].answer(pair[1], tone="neutral"), zip(browsers, pages, strict=True)))
    assert {row["key"] for row in logged(place)} == {key_of(page) for page in pages}
    assert {row["who"] for row in logged(place)} == {f"Peninjau {name}" for name in "ABCD"}


def test_skipping_writes_nothing_and_comes_back_when_asked(place: Workplace, sari: Browser) -> None:
    first = key_of(sari.get("/tinjau"))
    after = sari.post(f"/tinjau/{first}/lewati")
    assert key_of(after) != first
    assert not logged(place)
    assert key_of(sari.post("/tinjau/ulangi")) == first


def test_a_unit_outside_the_gazetteer_is_not_written_and_near_names_are_told(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    after = sari.answer(page, unit_primary="Cirandu")
    assert "tidak ada di katalog UPT" in after
    assert "Lapas Kelas I Cirandu" in after
    assert not logged(place)
    sari.answer(page, unit_primary="Lapas Kelas I Cirandu")
    rows = {row["field"]: row["new"] for row in logged(place)}
    assert rows["unit_primary"] == "Lapas Kelas I Cirandu"


def test_lists_are_written_and_emptied(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    key = key_of(page)
    sari.answer(page, incidents=["kabur", "etik"], programmes_related=["umkm"])
    sari.answer(sari.get(f"/tinjau/{key}"), incidents=[])
    rows = [(row["field"], row["new"]) for row in logged(place) if row["key"] == key]
    assert ("incidents", "kabur|etik") in rows
    assert ("programmes_related", "umkm") in rows
    assert [new for field, new in rows if field == "incidents"][-1] == "none"


def test_a_label_that_does_not_exist_is_not_written(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    for wrong in ({"tone": "buruk"}, {"relevance": "x"}, {"programme_primary": "p99"}, {"tone": "model"}):
        after = sari.answer(page, **wrong)
        assert "Tidak ditulis" in after, wrong
    assert not logged(place)


def test_copies_follow_and_the_page_says_so(place: Workplace, sari: Browser) -> None:
    frame = corrected.articles(place.data)
    copied = frame[(frame["story_articles"] > 1) & (frame["key"] == frame["story_origin"])].iloc[0]
    page = sari.get(f"/tinjau/{copied['key']}")
    assert "Jawaban ini berlaku juga untuk" in page
    assert "salinan" in sari.answer(page, tone="negative")
    members = corrected.articles(place.data)
    members = members[members["story_id"] == copied["story_id"]]
    assert (members["tone"] == "negative").sum() > 1


def test_the_history_shows_and_withdraws(place: Workplace, sari: Browser) -> None:
    page = sari.get("/tinjau")
    key = key_of(page)
    sari.answer(page, tone="neutral", alasan="<b>=1+1</b>")
    history = sari.get("/riwayat")
    assert "Sari" in history
    assert "<b>=1" not in history
    sari.post("/riwayat/tarik", key=key, bidang="tone")
    assert [row["new"] for row in logged(place) if row["field"] == "tone"][-1] == "model"


def test_a_correction_from_the_command_line_shows_at_the_next_look(place: Workplace, sari: Browser) -> None:
    key = key_of(sari.get("/tinjau"))
    correct(place, key, "tone", "positive", "Budi", "dari terminal")
    assert "dari terminal" in sari.get(f"/artikel/{key}")


def test_a_broken_log_is_told_not_overwritten(place: Workplace, sari: Browser) -> None:
    log = place.data / "corrections.csv"
    log.write_text("key,field,old,new,who,when,why\nbukan-kunci,tone,a,b,c,d,e\n", encoding="utf-8")
    answer = sari.client.get("/")
    assert answer.status_code == 503
    assert "corrections.csv" in answer.text
    assert log.read_text(encoding="utf-8").count("\n") == 2
