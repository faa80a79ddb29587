"""The judge as a whole: spans that quote, scores that are probabilities, the same answer twice, and any text survived."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.calibrate import probability, tone_shares
from pipeline.classify.judge import Judge, load_judge
from pipeline.classify.shapes import StepShape, ToneStepShape
from pipeline.records import Evidence, Judgement
from tests.classify.conftest import CONFIG, IN_2025, Ask

JUDGE = load_judge(CONFIG)
PIECES = st.sampled_from(
    [
        "Lapas Klas II B Sendang Lor", "“HP”", "13 Program Akselerasi", "narkoba, UMKM, dan bansos", "razia",
        "Baca juga: Napi kabur", "\n", ". ",
        "memanen jagung", "Ditjen  PAS", "İ", "\u00ad", "\ud83d", "petugas gagalkan sabu",
        "paspor", "ditahan di rutan", "warga binaan",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=14).map(" ".join)


def spans(found: Judgement) -> Iterator[Evidence]:
    yield from found.relevance.evidence
    for score in found.programmes:
        yield from score.evidence
    if found.tone:
        yield from found.tone.evidence
    if found.title_tone:
        yield from found.title_tone.evidence
    for incident in found.incidents:
        yield from incident.evidence
    yield from found.programme_evidence
    for unit in found.units:
        yield unit.evidence


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_evidence_always_quotes_the_original(title: str, text: str) -> None:
    found = JUDGE.judge(title=title, text=text)
    for item in spans(found):
        assert (title if item.field == "title" else text)[item.start : item.end] == item.quote
        assert item.quote
        assert all(word and word in item.quote for word in item.words)
    assert found == JUDGE.judge(title=title, text=text)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_scores_are_probabilities_and_roles_are_counted(title: str, text: str) -> None:
    found = JUDGE.judge(title=title, text=text)
    assert 0 <= found.relevance.probability <= 1
    assert all(0 <= score.probability <= 1 for score in found.programmes)
    if found.tone:
        assert found.tone.positive + found.tone.neutral + found.tone.negative == pytest.approx(1)
    assert sum(score.role == "related" for score in found.programmes) <= 3
    assert sum(score.role == "primary" for score in found.programmes) == (
        found.programme_primary not in ("", "umum", "luar_program")
    )
    assert len({score.slug for score in found.programmes}) == len(found.programmes)
    assert found.needs_review == bool(found.review_reasons)
    assert 0 <= found.review_priority <= 1
    assert (found.title_tone is None) == (found.tone is None)
    assert len(found.incidents) <= 2
    assert all(incident.evidence for incident in found.incidents)


@pytest.mark.parametrize(("title", "text"), [("", ""), (" ", "\n\n"), ("x" * 5000, "y " * 20000), ("🙂", "😀😀")])
def test_strange_articles_are_irrelevant_not_errors(title: str, text: str, judge: Judge) -> None:
    assert judge.judge(title=title, text=text).relevance.label == "irrelevant"


def test_the_recipe_is_written_on_the_judgement(judge: Judge) -> None:
    assert judge.judge(title="a", text="b").recipe == "r1"


def test_a_media_gathering_with_a_list_and_products(ask: Ask) -> None:
    """The kind of release the project was asked for with: a list of programmes, and products named at the end."""
    text = (
        "Kepala Lapas Kelas I Wonosekar menghadiri temu media Ditjenpas. Acara ini mempererat hubungan dengan jurnalis.\n"
        "Kegiatan menyosialisasikan program prioritas yang merupakan bagian dari 13 Program Akselerasi Menteri "
        "Imigrasi dan Pemasyarakatan.\n"
        "Program tersebut mencakup pemberantasan narkoba, ketahanan pangan, penanganan overcrowding, "
        "pembangunan Lapas modern, penguatan "
        "lembaga pendidikan, dan pemberian hak integrasi.\n"
        "Lapas Kelas I Wonosekar mengembangkan produk UMKM seperti batik, roti, dan kerajinan tangan, sehingga "
        "warga binaan bangga."
    )
    found = ask("Kalapas Wonosekar Hadiri Temu Media", text)
    assert found.relevance.label == "corrections"
    assert found.programme_primary in ("umkm", "umum")
    mentioned = {score.slug for score in found.programmes if score.role == "mentioned"}
    assert mentioned >= {
        "narkoba_penipuan",
        "ketahanan_pangan",
        "overkapasitas",
        "lapas_modern",
        "pendidikan_kedinasan",
        "hak_integrasi",
    }
    assert found.tone is not None
    assert found.tone.label == "positive"
    assert found.taxonomy == "akselerasi-2024"


def test_the_title_has_a_tone_of_its_own(ask: Ask) -> None:
    text = (
        "Dua narapidana Lapas Kelas IIB Sendang Lor melarikan diri. Petugas jaga lalai, kata Ombudsman yang mengkritik penjagaan."
    )
    found = ask("Lapas Sendang Lor Raih Penghargaan Pelayanan Terbaik", text)
    assert found.tone is not None
    assert found.title_tone is not None
    assert (found.title_tone.label, found.tone.label) == ("positive", "negative")
    assert {span.field for span in found.title_tone.evidence} == {"title"}
    assert "Penghargaan" in found.title_tone.evidence[0].words


def test_evidence_names_the_words_that_decided(ask: Ask) -> None:
    found = ask(
        "Dua Napi Lapas Sendang Lor Kabur", "Dua narapidana Lapas Kelas IIB Sendang Lor melarikan diri lewat atap, Senin malam."
    )
    [incident] = found.incidents
    assert incident.code == "kabur"
    assert [span.field for span in incident.evidence] == ["title", "text"]
    assert {"Napi", "Kabur"} <= set(incident.evidence[0].words)
    assert {"narapidana", "melarikan diri"} <= set(incident.evidence[1].words)
    assert found.tone is not None
    assert "melarikan diri" in {word for span in found.tone.evidence for word in span.words}
    assert any(word.startswith("Lapas") for span in found.relevance.evidence for word in span.words)


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Petugas Lapas Ditangkap", "Polisi menangkap petugas Lapas Kelas IIB Ulu; ia tersangka kurir sabu.", "likely negative"),
        ("Lapas Ulu Deras Sepi", "Lapas Kelas IIB Ulu Deras sepi pada hari libur.", "unit unknown"),
        ("Lapas Ulu Deras Sepi", "Lapas Kelas IIB Ulu Deras sepi pada hari libur.", "programme doubtful"),
    ],
)
def test_doubts_are_sent_to_a_person_with_their_reason(title: str, text: str, reason: str, ask: Ask) -> None:
    found = ask(title, text)
    assert found.needs_review
    assert reason in found.review_reasons


def test_calibration_takes_the_highest_step_reached() -> None:
    steps = [StepShape(score=0, probability=0.4), StepShape(score=2, probability=0.9)]
    assert [probability(steps, score) for score in (-1, 0, 1.9, 2, 50)] == [0.4, 0.4, 0.4, 0.9, 0.9]
    tones = [ToneStepShape(score=0, positive=2 / 3, neutral=1 / 3, negative=1 / 3)]
    assert tone_shares(tones, 5) == pytest.approx((0.5, 0.25, 0.25))


def test_the_day_of_publication_is_read_in_its_own_zone(judge: Judge) -> None:
    late = IN_2025.replace(month=12, day=31, hour=23, minute=59)
    assert judge.judge(title="Lapas", text="Lapas Kelas I Ulu", published=late).taxonomy == "akselerasi-2024"
