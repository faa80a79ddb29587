"""Denied cues: what is said not to have happened blames nobody and raises no flag; what only sounds like a denial still does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.classify.judge import load_judge
from pipeline.classify.negation import NEGATED, Negation
from pipeline.classify.shapes import NegationShape
from pipeline.classify.vocabulary import load_vocabulary
from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from tests.classify.conftest import CONFIG, Ask

DENIED = [
    (
        "Ombudsman Tidak Menemukan Pungutan di Lapas Sendang Lor",
        "Tim Ombudsman duduk tiga hari di loket kunjungan Lapas Kelas IIB Sendang Lor dan tidak menemukan pungutan maupun suap.",
    ),
    (
        "Tidak Ada Napi yang Kabur dari Rutan Wonosekar",
        "Karutan memastikan tidak ada napi yang kabur dari Rutan Kelas IIB Wonosekar. Hitungan pagi dan siang sama.",
    ),
    (
        "Benarkah Ada Tahanan Kabur dari Rutan Wonosekar?",
        "Tidak ada. Jumlah penghuni Rutan Kelas IIB Wonosekar pagi ini 409 orang, sama dengan kemarin.",
    ),
    (
        "Nihil Pungli di Loket Lapas Sendang Lor",
        "Pemeriksa datang ke Lapas Kelas IIB Sendang Lor mendadak. Belum ada pungli, pemerasan atau gratifikasi di sana.",
    ),
    (
        "Delapan Ratus Narapidana Terima Remisi, Tiga Puluh Langsung Pulang",
        "Sebanyak 800 narapidana Lapas Kelas IIB Sendang Lor menerima remisi. Ombudsman, yang ikut menyaksikan, menyatakan tidak "
        "menemukan pungutan. Menurut perkara, 412 kasus narkotika dan sisanya pidana umum.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text"), DENIED, ids=[title for title, _ in DENIED])
def test_a_denied_fault_is_neither_negative_nor_an_incident(title: str, text: str, ask: Ask) -> None:
    found = ask(title, text)
    assert found.tone is not None
    assert found.tone.label != "negative"
    assert found.incidents == ()


@pytest.mark.parametrize(
    ("title", "text", "incident"),
    [
        (
            "Tak Hanya Pungli, Keluarga Napi Lapas Sendang Lor Mengaku Diperas",
            "Bukan cuma pungutan, seorang petugas Lapas Kelas IIB Sendang Lor diduga memeras keluarga narapidana.",
            "korupsi_pungli",
        ),
        (
            "Tak Dijaga, Tiga Napi Lapas Sendang Lor Kabur",
            "Tanpa pengawalan tiga narapidana Lapas Kelas IIB Sendang Lor melarikan diri saat kerja bakti.",
            "kabur",
        ),
        (
            "Bukan Kali Pertama Napi Kabur dari Rutan Wonosekar",
            "Dua narapidana Rutan Kelas IIB Wonosekar melarikan diri lewat atap. Regu jaga tidak tahu mereka kabur.",
            "kabur",
        ),
        (
            "Kalapas Sendang Lor Tidak Membantah Ada Pungli",
            "Kalapas Kelas IIB Sendang Lor tidak membantah pungli di blok. Yang tidak membayar setoran dipindah, kata keluarga.",
            "korupsi_pungli",
        ),
    ],
)
def test_what_only_sounds_like_a_denial_still_counts(title: str, text: str, incident: str, ask: Ask) -> None:
    found = ask(title, text)
    assert found.tone is not None
    assert found.tone.label == "negative"
    assert incident in found.incident_codes


def shipped() -> NegationShape:
    vocabulary = load_vocabulary(CONFIG / "vocabulary.yaml", None, Problems())
    assert vocabulary is not None
    return vocabulary.negation


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("tidak ada pungli", True),
        ("tidak ada satu kasus pungli", True),
        ("tidak ada satu kasus dugaan pungli", False),
        ("tidak ada. pungli merajalela", False),
        ("tidak dilapori, pungli berlanjut", False),
        ("tidak hanya pungli", False),
        ("tidak menjawab soal pungli", False),
        ("petak pungli", False),
        ('tak ada "pungli" di sini', True),
        ("pungli tidak ada habisnya", False),
    ],
)
def test_reach_and_ends_of_a_denial(text: str, denied: bool) -> None:
    negation = Negation(shipped(), {"@extortion": ("pungli",), "=pungli": ("pungli",), "@staff": ("petugas",)})
    start = text.index("pungli")
    found = {(start, start + 6, "@extortion", "pungli"), (start, start + 6, "=pungli", "pungli")}
    groups = {group for _, _, group, _ in negation.apply(text, found)}
    assert groups == ({NEGATED} if denied else {"@extortion", "=pungli"})


def test_groups_without_the_flag_are_left_alone() -> None:
    negation = Negation(shipped(), {"@staff": ("petugas",)})
    assert negation.apply("tidak ada petugas", {(10, 17, "@staff", "petugas")}) == {(10, 17, "@staff", "petugas")}


def test_a_flag_on_a_group_that_does_not_exist_is_named(tmp_path: Path) -> None:
    for path in CONFIG.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(CONFIG)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    vocabulary = tmp_path / "vocabulary.yaml"
    vocabulary.write_text(
        vocabulary.read_text(encoding="utf-8").replace("groups: [extortion,", "groups: [extorsion,"), encoding="utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        load_judge(tmp_path)
    assert f"{vocabulary}:" in str(caught.value)
    assert "negation.groups.0: 'extorsion' is no group" in str(caught.value)
