"""03_isu and 04_negatif: which stories show, in which order, and what stands for them."""

from pipeline.report.labels import weight
from pipeline.report.weekly import weekly_tables
from tests.report.builder import article, context, frame, quote, records


def tables(*current, previous=()):
    made = weekly_tables(frame(*current), frame(*previous), context())
    return made["03_isu"], made["04_negatif"]


def test_a_story_is_one_row_with_its_copies_counted():
    issues, alerts = tables(
        article("a", 1.25, tone="negative", incidents=["kabur"], title="Dua tahanan kabur"),
        article("b", 2.0, tone="negative", story_id="a", story_role="reprint", outlet="Warta Pesisir"),
        article("c", 2.1, tone="neutral", story_id="a", story_role="reprint", outlet="Kabar Lembor"),
        article("x", 2.2, tone="negative", story_id="a", story_role="reprint", outlet="Penyalin", tier="TX"),
    )
    row = issues.iloc[0]
    assert len(issues) == len(alerts) == 1
    assert (row["isu_id"], row["judul_isu"], row["artikel_n"], row["media_n"], row["salinan_n"]) == (
        "a",
        "Dua tahanan kabur",
        3,
        3,
        2,
    )
    assert (row["tone"], row["negatif"], row["netral"]) == ("negatif", 2, 1), "the worst fact sets the tone"
    assert (row["mulai"], row["puncak"]) == ("2026-11-17 06:00", "2026-11-18")
    assert row["insiden"] == "pelarian"
    assert row["alasan_tampil"] == "terbesar; negatif"
    alert = alerts.iloc[0]
    assert (alert["judul"], alert["jumlah_salinan"], alert["jumlah_media"], alert["skor"]) == ("Dua tahanan kabur", 2, 3, 0.75)
    assert (alert["waktu"], alert["status_tindak_lanjut"]) == ("2026-11-17 06:00", "")


def test_a_story_that_began_last_week_says_so():
    issues, _ = tables(
        article("b", 1, story_id="a", story_role="reprint"),
        previous=[article("a", -2.5), article("z", -6)],
    )
    assert records(issues, "isu_id", "mulai", "artikel_n") == [("a", "2026-11-13 12:00", 1)]


def test_the_largest_ten_and_every_negative_one():
    rows = [
        article(f"big{number:02d}-{n}", 1 + n / 10, story_id=f"big{number:02d}-0", story_role="reprint" if n else "origin")
        for number in range(12)
        for n in range(2)
    ]
    rows += [article("kecil-negatif", 6, tone="negative"), article("kecil-netral", 6.1)]
    issues, alerts = tables(*rows)
    assert records(issues, "isu_id") == [*(f"big{number:02d}-0" for number in range(10)), "kecil-negatif"]
    assert records(issues, "alasan_tampil") == [*["terbesar"] * 10, "negatif"]
    assert records(alerts, "isu_id") == ["kecil-negatif"]


def test_a_single_article_is_never_called_large():
    issues, _ = tables(
        article("a", 1), article("a2", 1.1, story_id="a", story_role="reprint"), article("b", 2), article("c", 3, tone="negative")
    )
    assert records(issues, "isu_id", "alasan_tampil") == [("a", "terbesar"), ("b", "contoh"), ("c", "negatif")]


def test_size_then_outlets_then_time_then_id_orders_the_stories():
    issues, _ = tables(
        article("d", 3),
        article("c", 3),
        article("b", 2),
        article("two", 5), article("two-copy", 5.1, story_id="two", story_role="reprint"),
        article("wide", 6), article("wide-copy", 6.1, story_id="wide", story_role="reprint", outlet="Warta Pesisir"),
    )  # fmt: skip
    assert records(issues, "isu_id") == ["wide", "two", "b", "c", "d"]


def scored(key, day, score, **values):
    return article(key, day, tone="negative", tone_negative=score, **values)


def test_worst_first():
    _, alerts = tables(
        scored("pelayanan", 1, 0.99, incidents=["pelayanan"]),
        scored("tanpa-insiden", 1, 0.99),
        scored("kabur-ringan", 1, 0.60, incidents=["kabur"]),
        scored("kabur-berat", 1, 0.90, incidents=["kabur"]),
        scored("kabur-rilis", 0.5, 0.60, incidents=["kabur"], source_type="press_release"),
        scored("rusuh", 5, 0.50, incidents=["etik", "kerusuhan"]),
        scored("kabur-ringan-2", 2, 0.604, incidents=["kabur"]),
        article("netral", 1, incidents=["kematian"]),
    )
    assert records(alerts, "isu_id") == [
        "rusuh", "kabur-berat", "kabur-ringan", "kabur-ringan-2", "kabur-rilis", "pelayanan", "tanpa-insiden",
    ]  # fmt: skip
    assert records(alerts, "insiden")[0] == "kerusuhan; pelanggaran etik", "gravest first"
    assert records(alerts, "jenis_liputan")[4] == "siaran pers"


def test_the_independent_report_stands_for_a_story_that_a_release_began():
    _, alerts = tables(
        article("rilis", 1, tone="negative", source_type="press_release"),
        article(
            "kantor", 1.5, tone="negative", story_id="rilis", story_role="origin", publisher_type="wire", outlet="Kantor Berita"
        ),
    )
    assert records(alerts, "media", "jenis_liputan") == [("Kantor Berita", "liputan mandiri")]


def test_quotations_are_short_and_come_from_the_body():
    long = " ".join(f"kata{number}" for number in range(40))
    _, alerts = tables(article("a", tone="negative", tone_evidence=quote("Judulnya", "title") + quote(long)))
    words = records(alerts, "kutipan_alasan")[0].split()
    assert words == [*(f"kata{number}" for number in range(15)), "…"]


def shown(*sentences, **values):
    evidence = [span for sentence in sentences for span in quote(sentence)]
    _, alerts = tables(article("a", tone="negative", tone_evidence=evidence, **values))
    return records(alerts, "kutipan_alasan")[0]


def test_the_quotation_is_cut_around_the_words_that_tell_of_the_incident():
    sentence = (
        "Labuhan Asri (KBR) - Lima penghuni Rutan Klas IIB Labuhan Asri, Sumatera Utara, melarikan diri dengan menjebol "
        "langit-langit kamar, Selasa sekitar pukul 02.30 WIB, kata kepala kantor wilayah."
    )
    told = shown(sentence, incidents=["kabur"])
    assert told == (
        "… Lima penghuni Rutan Klas IIB Labuhan Asri, Sumatera Utara, melarikan diri dengan menjebol langit-langit kamar, …"
    )
    assert len([word for word in told.split() if word != "…"]) == 15
    assert told.strip("… ") in sentence


def test_the_end_of_a_sentence_is_cut_on_its_left_only():
    sentence = " ".join(f"kata{number}" for number in range(20)) + " karena petugas lalai."
    told = shown(sentence)
    assert told.startswith("… kata8 ")
    assert told.endswith("petugas lalai.")


def test_the_most_telling_sentence_is_shown():
    first = "Pintu belakang ternyata kosong, padahal penjaga mengaku berjaga."
    second = "Empat tahanan dipukuli petugas di ruang isolasi."
    assert shown(first, second, incidents=["kekerasan"]) == first, "the evidence comes most telling first"
    assert shown(second, first, incidents=["kekerasan"]) == second


def test_a_sentence_without_any_telling_word_yields_to_one_that_names_the_incident():
    first, second = "Katanya sudah biasa begitu.", "Empat tahanan dipukuli petugas di ruang isolasi."
    assert shown(first, second, incidents=["kekerasan"]) == second
    assert shown(first, "Kamera rusak.", incidents=["kekerasan"]) == first, "a word of blame alone is no incident"
    assert shown(first, second) == first, "no incident is known of the article"
    blame = "Ternyata pintunya rusak, padahal petugas mengaku lalai."
    assert shown(first, blame, incidents=["kekerasan"]) == first, "several words of blame name no incident either"
    assert shown(first, blame, second, incidents=["kekerasan"]) == second


def test_a_long_sentence_without_telling_words_is_begun():
    told = shown("Penghuni Rutan Wanarata hanya " + " ".join(f"kata{number}" for number in range(20)))
    assert told.startswith("Penghuni Rutan Wanarata hanya kata0 ")
    assert told.endswith("kata10 …")


def test_parts_of_words_do_not_count():
    sentence = "Mati" + "lampu " + " ".join(f"kata{number}" for number in range(20)) + " mati"
    assert shown(sentence).endswith("kata19 mati")


def test_a_headline_only_licence_gives_the_title_alone():
    evidence = quote("Isi yang tidak boleh dikutip") + quote("Judulnya", "title")
    _, alerts = tables(
        article("a", 1, tone="negative", licence="headline-only", title="Judulnya", tone_evidence=evidence),
        article(
            "b", 2, tone="negative", licence="headline-only", title="Lain", tone_evidence=quote("Isi yang tidak boleh dikutip")
        ),
        article("c", 3, tone="negative", title="Ketiga", tone_evidence=quote("Ketiga", "title")),
        article("d", 4, tone="negative", title="Keempat"),
    )
    assert records(alerts, "kutipan_alasan") == ["Judulnya", "Lain", "Ketiga", ""]


def test_fifteen_words_are_not_cut():
    text = " ".join(["kata"] * 15)
    _, alerts = tables(article("a", tone="negative", tone_evidence=quote(text)))
    assert records(alerts, "kutipan_alasan") == [text]


def test_tone_of_a_story_without_negatives():
    issues, alerts = tables(
        article("a", 1, tone="positive"),
        article("a2", 2, tone="positive", story_id="a", story_role="reprint"),
        article("a3", 3, tone="unsure", story_id="a", story_role="reprint"),
        article("b", 4, tone="neutral"),
        article("b2", 5, tone="positive", story_id="b", story_role="reprint"),
    )
    assert records(issues, "isu_id", "tone") == [("a", "positif"), ("b", "netral")]
    assert len(alerts) == 0


def test_columns_that_are_not_measured_stay_empty():
    issues, _ = tables(article("a"))
    for name in ("narasumber_utama", "respons_resmi", "jam_ke_respons", "rekomendasi"):
        assert records(issues, name) in ([""], [None])


def test_gravity_of_incidents():
    order = ["kematian", "kabur", "narkoba_internal", "etik", "bencana", "belum_dikenal"]
    assert [weight([code]) for code in order] == [6, 5, 4, 3, 2, 1]
    assert [weight([code]) for code in ("kerusuhan", "kekerasan", "korupsi_pungli", "pelayanan")] == [6, 5, 4, 2]
    assert weight([]) == 0
    assert weight(["pelayanan", "kabur"]) == 5


def test_a_negative_article_without_scores_comes_last_of_its_kind():
    bare = {"tone_positive": None, "tone_neutral": None, "tone_negative": None}
    _, alerts = tables(article("tanpa-skor", 1, tone="negative", **bare), scored("rendah", 2, 0.01))
    assert records(alerts, "isu_id", "skor") == [("rendah", 0.01), ("tanpa-skor", None)]


def test_articles_without_any_time_come_last_and_break_nothing():
    timeless = {"published": None, "first_seen": None, "dated_at": None, "date_status": "unknown"}
    issues, alerts = tables(article("a-tanpa-waktu", tone="negative", **timeless), article("b", 6, tone="negative"))
    assert records(issues, "isu_id", "mulai", "puncak") == [("b", "2026-11-22 00:00", "2026-11-22"), ("a-tanpa-waktu", "", "")]
    assert records(alerts, "isu_id", "waktu") == [("b", "2026-11-22 00:00"), ("a-tanpa-waktu", "")]
