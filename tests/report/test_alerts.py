"""Which events alert, and how a message reads: new ones once, graver ones again, copies and old ones never."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from pipeline.dates import JAKARTA
from pipeline.report.alert_text import digest_text, filled, shortened, subject_of, text_of
from pipeline.report.alerts import (
    HIGH,
    LOW,
    MIDDLE,
    Finding,
    Rules,
    Told,
    daily_stories,
    findings,
    receivers,
    spike_finding,
)
from pipeline.report.pacing import AFTER_QUIET, TOO_MANY, Due, Message, messages, quiet_until
from pipeline.report.rows import Row, read_rows
from pipeline.report.spike import DAYS, Spike, bar, spike_of
from tests.report.builder import MONDAY, article, frame, quote

NOW = MONDAY + timedelta(days=2)
RULES = Rules(timedelta(hours=48), 0.7)


def rows_of(*rows: dict[str, Any]) -> list[Row]:
    return read_rows(frame(*rows))


def negative(key: str, day: float = 1.5, **values: Any) -> dict[str, Any]:
    return article(key, day, tone="negative", tone_evidence=quote("Pintu blok rusak dan petugas lalai."), **values)


def found(*rows: dict[str, Any], told: tuple[Told, ...] = ()) -> list[Finding]:
    return findings(rows_of(*rows), told, NOW, RULES)


def told(event: str, key: str, *reasons: str, at: datetime = NOW - timedelta(hours=3)) -> Told:
    return Told("a1b2c3d4", event, key, reasons, at)


def test_a_first_negative_story_alerts_once() -> None:
    (alert,) = found(negative("a"))
    assert (alert.event, alert.reasons, alert.priority, alert.key) == ("a", ("negatif",), MIDDLE, "a")
    assert found(negative("a"), told=(told("a", "a", "negatif"),)) == []


@pytest.mark.parametrize("tone", ["neutral", "positive", "unsure"])
def test_other_tones_do_not(tone: str) -> None:
    assert found(article("a", 1.5, tone=tone)) == []


def test_an_unsure_story_that_is_likely_negative_alerts_as_something_to_check() -> None:
    (alert,) = found(article("a", 1.5, tone="unsure", review_reasons=["tone unsure", "likely negative"]))
    assert alert.doubts == ("tone belum yakin",)
    assert "perlu diperiksa" in subject_of(alert)
    assert "Perlu diperiksa: tone belum yakin" in text_of(alert, alert.id)


def test_doubts_are_named() -> None:
    rumour = negative(
        "a",
        title="Beredar kabar napi pesta",
        tone_negative=0.6,
        date_status="suspect",
        review_reasons=["relevance doubtful"],
    )
    (alert,) = found(rumour)
    assert alert.doubts == (
        "keyakinan tone rendah",
        "kabar yang mungkin belum dipastikan",
        "tanggal terbit tidak pasti",
        "relevansi diragukan",
    )


@pytest.mark.parametrize("code", ["kabur", "kerusuhan", "kematian", "narkoba_internal"])
def test_an_incident_alerts_whatever_the_tone(code: str) -> None:
    (alert,) = found(article("a", 1.5, tone="neutral", incidents=[code]))
    assert alert.reasons == (code,)
    (worse,) = found(negative("a", incidents=[code]))
    assert worse.reasons == (code, "negatif")
    assert worse.priority == alert.priority + 1


def test_a_lesser_incident_is_no_reason_by_itself() -> None:
    assert found(article("a", 1.5, tone="neutral", incidents=["bencana", "pelayanan"])) == []


def test_a_release_alerts_with_a_lower_priority() -> None:
    own = {"source_type": "press_release", "publisher_type": "own", "tier": "T0"}
    (alert,) = found(negative("a", **own))
    assert alert.priority == LOW
    (riot,) = found(negative("a", incidents=["kerusuhan"], **own))
    assert riot.priority == MIDDLE


def test_an_event_alerts_by_one_story_and_shows_the_independent_one() -> None:
    release = negative("a", 1.2, event_id="e", source_type="press_release")
    (alert,) = found(release, negative("b", 1.5, event_id="e"))
    assert (alert.key, alert.articles) == ("b", 2)


def test_copies_never_alert_anew() -> None:
    copies = [negative(f"c{number}", 1.6, story_id="a", event_id="a", story_role="reprint") for number in range(5)]
    assert len(found(negative("a"), *copies)) == 1
    assert found(negative("a"), *copies, told=(told("a", "a", "negatif"),)) == []
    assert found(negative("a", -3), *copies) == []  # of an old story


def test_reposters_do_not_alert() -> None:
    assert found(negative("a", tier="TX")) == []


def test_another_id_of_a_told_event_is_known_by_its_article() -> None:
    early = negative("z", 1.1, event_id="z")
    assert found(early, negative("a", event_id="z"), told=(told("a", "a", "negatif"),)) == []


def test_a_told_event_alerts_again_when_something_as_grave_comes_up() -> None:
    before = (told("a", "a", "negatif"),)
    (escape,) = found(negative("a"), negative("b", 1.8, event_id="a", incidents=["kabur"]), told=before)
    assert escape.reasons == ("kabur",)
    riot = (told("a", "a", "kerusuhan", "negatif"),)
    (death,) = found(negative("b", event_id="a", incidents=["kerusuhan", "kematian"]), told=riot)
    assert death.reasons == ("kematian",)
    assert found(negative("b", event_id="a", incidents=["kerusuhan", "kabur"]), told=riot) == []  # lighter than a riot
    assert found(negative("b", event_id="a"), told=(told("a", "a", "kabur"),)) == []


def test_old_articles_never_alert_and_their_events_are_not_new() -> None:
    assert found(negative("a", -1)) == []
    assert found(negative("a", -1), negative("b", event_id="a")) == []
    assert len(found(negative("a", -1), negative("b", event_id="a", incidents=["kematian"]))) == 1


def test_an_article_of_next_week_does_not_alert() -> None:
    assert found(negative("a", 9)) == []


def test_what_an_analyst_says_is_respected() -> None:
    settled = {"corrected_fields": ["tone"]}
    frame_with = frame(article("a", 1.5, tone="neutral", incidents=["kerusuhan"]))
    frame_with["corrected_fields"] = [settled["corrected_fields"]]
    assert findings(read_rows(frame_with), (), NOW, RULES) == []
    confirmed = frame(negative("a", tone_negative=0.5))
    confirmed["corrected_fields"] = [settled["corrected_fields"]]
    (alert,) = findings(read_rows(confirmed), (), NOW, RULES)
    assert alert.doubts == ()


def test_a_withdrawn_article_does_not_alert() -> None:
    gone = frame(negative("a"))
    gone["withdrawn_at"] = [pd.Timestamp(NOW)]
    assert findings(read_rows(gone), (), NOW, RULES) == []


def test_a_continuation_is_marked_and_weighs_less() -> None:
    first = negative("a", -2, incidents=["kabur"])
    (alert,) = found(first, negative("b", incidents=["kabur"]), told=(told("a", "a", "kabur", "negatif"),))
    assert (alert.follows, alert.priority) == ("a1b2c3d4", MIDDLE)
    assert "Mungkin lanjutan dari peringatan a1b2c3d4" in text_of(alert, alert.id)
    (later,) = found(negative("a", 0.1), negative("b"), told=(told("a", "a", "negatif"),))
    assert later.follows == "a1b2c3d4"
    (riot,) = found(negative("a", 0.1), negative("b", incidents=["kerusuhan"]), told=(told("a", "a", "negatif"),))
    assert (riot.follows, riot.priority) == ("", HIGH)  # another matter
    (other,) = found(first, negative("b", incidents=["kabur"], unit_primary="Rutan Kelas IIB Labuhan Asri"))
    assert (other.follows, other.priority) == ("", HIGH)


def test_the_gravest_come_first() -> None:
    alerts = found(negative("a"), negative("b", incidents=["kabur"]), negative("c", incidents=["kerusuhan"]))
    assert [alert.key for alert in alerts] == ["c", "b", "a"]


def test_a_message_names_reason_evidence_outlet_unit_and_link() -> None:
    (alert,) = found(negative("a", incidents=["kerusuhan", "pelayanan"]))
    assert subject_of(alert) == "[tinggi] Kerusuhan: Lapas Kelas I Cirandu, Kanwil Jawa Barat"
    assert text_of(alert, alert.id).splitlines() == [
        "PERINGATAN TINGGI: Kerusuhan: Lapas Kelas I Cirandu, Kanwil Jawa Barat",
        "Sebab: insiden kerusuhan, berita negatif pertama tentang peristiwa ini (keluhan pelayanan)",
        "Judul: Judul a",
        "Media: Kabar Nusantara (T1, liputan mandiri), Selasa 17 November, 12.00 WIB",
        "Kutipan: “Pintu blok rusak dan petugas lalai.”",
        "Tautan: https://kabar.example/a",
        f"Nomor: {alert.id}",
    ]
    assert "mungkin sudah diterima" in text_of(alert, alert.id, again=True)


def test_a_message_quotes_fifteen_words_and_never_the_text() -> None:
    long = " ".join(f"kata{number}" for number in range(60))
    (alert,) = found(article("a", 1.5, tone="negative", tone_evidence=quote(long)))
    (line,) = [line for line in text_of(alert, alert.id).splitlines() if line.startswith("Kutipan")]
    assert len(line.split()) - 2 <= 15
    assert "RAHASIA" not in text_of(alert, alert.id)


def test_hostile_words_stay_on_their_line() -> None:
    (alert,) = found(negative("a", title="Judul\r\nBcc: x@y.example\u202e" + "panjang " * 2000))
    told_lines = text_of(alert, alert.id).splitlines()
    assert sum(line.startswith("Judul: Judul Bcc:") for line in told_lines) == 1
    assert max(map(len, told_lines)) < 400
    assert "\n" not in subject_of(alert)


def test_a_title_summons_nobody_and_masks_no_link_in_a_chat() -> None:
    title = "Napi <!channel> @everyone <https://x.example|Baca resmi> [detik](https://x.example) <b>kabur</b>"
    (alert,) = found(
        article("a", 1.5, tone="negative", title=title, tone_evidence=quote("Kata @here: [klik](//x.example) lapas rusak."))
    )
    told = text_of(alert, alert.id)
    said = "Napi ‹!channel› @ everyone ‹https://x.example|Baca resmi› [detik] (https://x.example) ‹b›kabur‹/b›"
    assert f"Judul: {said}\n" in told
    assert not {"<", ">", "@everyone", "@here", "]("} & {one for one in ("<", ">", "@everyone", "@here", "](") if one in told}
    assert "Kata @ here: [klik] (//x.example)" in told


def test_a_template_is_filled_once_and_stays_json() -> None:
    template = '{"chat_id": "-1", "parts": [{"text": "P: {priority} {text}"}], "silent": false}'
    body = json.loads(filled(template, {"text": 'a "b" {id}\n', "id": "X", "priority": "tinggi"}))
    assert body == {"chat_id": "-1", "parts": [{"text": 'P: tinggi a "b" {id}\n'}], "silent": False}


def test_a_long_text_is_cut_at_a_line() -> None:
    text = digest_text([f"satu {'x' * 90}"] * 9, "sebab")
    assert shortened(text, 10_000) == text
    cut = shortened(text, 300)
    assert len(cut) <= 300
    assert cut.endswith("… (dipotong)")
    assert len(shortened("x" * 500, 200)) == 200


def test_receivers_of_a_kanwil_come_on_top() -> None:
    assert receivers("Riau", ["a", "b"], {"Riau": ["b", "c"]}) == ("a", "b", "c")
    assert receivers("", ["a"], {"Riau": ["c"]}) == ("a",)


# ---- spikes

TODAY = date(2026, 11, 18)


def history(past: list[int], today: int) -> dict[date, int]:
    days = {TODAY - timedelta(days=back): count for back, count in enumerate(past, 1)}
    return {**days, TODAY: today}


def test_a_day_far_above_the_past_is_a_spike() -> None:
    spike = spike_of(history([3, 2, 4, 3, 1, 2, 3, 4, 2, 3, 3, 2, 4, 3], 14), TODAY, least=5, false_alarm=0.01)
    assert spike is not None
    assert (spike.seen, spike.days) == (14, 14)
    assert spike.mean == pytest.approx(39 / 14)
    assert 6 <= spike.usual < 14


@pytest.mark.parametrize(
    ("past", "today"),
    [([3] * 14, 6), ([0] * 14, 4), ([3] * 6, 50), ([], 50), ([40, 2, 1, 30, 3, 2, 45, 1, 2, 50, 3, 1, 2, 40], 60)],
    ids=["within chance", "below the least", "too little history", "no history", "wild past"],
)
def test_what_is_no_spike(past: list[int], today: int) -> None:
    assert spike_of(history(past, today), TODAY, least=5, false_alarm=0.01) is None


def test_the_bar_rises_with_the_level_and_falls_with_the_false_alarm_rate() -> None:
    bars = [bar([level] * DAYS, 0.01) for level in (0, 1, 3, 10, 40)]
    assert bars == sorted(set(bars))
    assert bar([5] * DAYS, 0.001) > bar([5] * DAYS, 0.01) > bar([5] * DAYS, 0.1) >= 5


def test_unwatched_days_count_for_nothing() -> None:
    rows = rows_of(negative("a", 0.5), negative("b", 1.5), negative("c", 1.6, story_id="b", story_role="reprint"))
    days = {MONDAY.date() + timedelta(days=1), MONDAY.date() + timedelta(days=2)}
    assert daily_stories(rows, days) == {MONDAY.date() + timedelta(days=1): 1, MONDAY.date() + timedelta(days=2): 0}


def test_a_spike_alerts_once_a_day_with_its_largest_events() -> None:
    rows = rows_of(*(negative(f"k{number}", 2 + number / 100, event_id=f"e{number % 4}") for number in range(9)))
    spike = Spike(MONDAY.date() + timedelta(days=2), 9, 2.26, 6, 14)
    alert = spike_finding(spike, rows, ())
    assert alert is not None
    assert (alert.event, len(alert.examples), alert.priority) == ("lonjakan-2026-11-18", 3, HIGH)
    text = text_of(alert, alert.id)
    assert "9 cerita negatif dari liputan mandiri pada 18 November 2026." in text
    assert "Rata-rata 2,3 sehari dalam 14 hari terpantau" in text
    assert text.count("https://kabar.example/") == 3
    assert spike_finding(spike, rows, (told(alert.event, "", "lonjakan"),)) is None


# ---- pacing


def at(clock: str, day: int = 18) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("clock", "until"),
    [("21:59", None), ("22:00", at("05:30", 19)), ("23:59", at("05:30", 19)), ("05:29", at("05:30")), ("05:30", None)],
)
def test_quiet_hours_over_midnight(clock: str, until: datetime | None) -> None:
    assert quiet_until(at(clock), "22:00-05:30") == until
    assert quiet_until(at(clock), "") is None


def test_quiet_hours_within_a_day() -> None:
    assert quiet_until(at("12:30"), "12:00-13:00") == at("13:00")
    assert quiet_until(at("13:00"), "12:00-13:00") is None


def due(name: str, raised: datetime, *, breaks: bool = False) -> Due:
    return Due(name, raised, MIDDLE, breaks)


def test_quiet_hours_hold_back_and_end_in_one_digest() -> None:
    waiting = [due("a", at("23:00", 17)), due("b", at("02:00"), breaks=True), due("c", at("03:00"))]
    assert messages(waiting, at("03:10"), "22:00-05:30", 6, ()) == [Message(("b",))]
    rest = [waiting[0], waiting[2], due("d", at("05:40"))]
    assert messages(rest, at("05:40"), "22:00-05:30", 6, ()) == [Message(("a", "c"), AFTER_QUIET), Message(("d",))]


def test_one_held_alert_is_no_digest() -> None:
    assert messages([due("a", at("23:00", 17))], at("06:00"), "22:00-05:30", 6, ()) == [Message(("a",))]


def test_more_than_an_hour_may_hold_is_put_together() -> None:
    many = [due(f"a{number}", at("10:00")) for number in range(9)]
    sent = messages(many, at("10:00"), "", 3, ())
    assert [len(message.alerts) for message in sent] == [1, 1, 7]
    assert sent[-1].why == TOO_MANY
    earlier = [at("09:30"), at("09:40"), at("08:00")]
    assert [len(message.alerts) for message in messages(many, at("10:00"), "", 3, earlier)] == [9]
    assert messages(many, at("10:00"), "", 2, earlier) == []
    assert messages([], at("10:00"), "", 2, ()) == []
