"""Copies: the same text is one story however it is respelt or cut, different texts are not, and nothing is dropped."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo import DemoResult
from pipeline.records import PublisherType, Story
from pipeline.store import dataset
from pipeline.stories.candidates import signatures
from pipeline.stories.copies import Text, group
from pipeline.stories.wording import shingles, shingles_of, similarity

T0 = datetime(2026, 11, 16, 3, tzinfo=UTC)
RELEASE = (
    "Lapas Kelas II B Muara Tepian memanen dua ton jagung dari lahan tidur di belakang blok hunian pada Rabu pagi. "
    "Kepala lapas mengatakan panen itu hasil kerja dua puluh warga binaan selama empat bulan dengan bimbingan penyuluh dinas. "
    "Sebagian jagung dijual ke koperasi pegawai dan sisanya dibagikan kepada warga kampung yang tinggal di sekitar tembok."
)
OTHER = (
    "Rutan Kelas IIB Watu Lembor membuka layanan kunjungan tambahan setiap hari Sabtu mulai pekan depan karena banyak keluarga "
    "datang dari pulau lain. Jadwal baru itu diumumkan di papan depan dan lewat pengeras suara pasar selama tiga hari."
)


Told = tuple[Text, str]


def text(key: str, body: str, hours: float = 0, kind: PublisherType = PublisherType.NEWSROOM) -> Told:
    return Text(key, T0 + timedelta(hours=hours), kind), body


def grouped(*told: Told) -> dict[str, Story]:
    texts, bodies = [text for text, _ in told], [body for _, body in told]
    found = group(
        texts,
        signatures(shingles_of(bodies)),
        np.arange(len(told)),
        lambda some: [bodies[place] for place in some],
        window_days=14,
        jaccard=0.5,
        containment=0.8,
    )
    return {story.key: story for story in found}


def test_a_respelt_copy_belongs_to_its_origin() -> None:
    copy = "MUARA TEPIAN, Portal - " + RELEASE.replace("Kelas II B", "Klas IIB").replace("mengatakan", "menuturkan")
    found = grouped(text("b", copy, 5), text("a", RELEASE), text("c", OTHER, 1))
    assert found["b"].story_id == "a"
    assert (found["a"].role, found["b"].role, found["c"].role) == ("origin", "reprint", "origin")
    assert found["c"].story_id == "c"


def test_a_cut_copy_is_contained() -> None:
    cut = RELEASE[: len(RELEASE) * 45 // 100]
    found = grouped(text("a", RELEASE), text("b", cut, 2))
    assert found["b"].story_id == "a"
    assert found["b"].reason == "containment"


def test_a_template_of_another_unit_is_another_story() -> None:
    template = RELEASE.replace("Muara Tepian", "Teluk Senja").replace("dua ton jagung", "setengah ton cabai")
    template = template.replace("dua puluh warga binaan selama empat bulan", "tujuh orang sejak awal tahun")
    template = template.replace("Sebagian jagung dijual ke koperasi pegawai", "Seluruh hasil dimasak di dapur umum")
    template = template.replace(
        "dibagikan kepada warga kampung yang tinggal di sekitar tembok", "disimpan untuk benih musim tanam"
    )
    assert grouped(text("a", RELEASE), text("b", template, 3))["b"].role == "origin"


def test_the_window_closes() -> None:
    assert grouped(text("a", RELEASE), text("b", RELEASE, 24 * 13))["b"].story_id == "a"
    assert grouped(text("a", RELEASE), text("b", RELEASE, 24 * 15))["b"].story_id == "b"


def test_at_the_same_minute_the_own_release_is_the_origin() -> None:
    found = grouped(text("a", RELEASE), text("z", RELEASE, 0, PublisherType.OWN))
    assert found["a"].story_id == "z"


def test_a_copy_of_a_copy_joins_the_same_story() -> None:
    found = grouped(text("a", RELEASE), text("b", RELEASE + " " + OTHER[:60], 1), text("c", RELEASE + " " + OTHER[:90], 2))
    assert {story.story_id for story in found.values()} == {"a"}


@given(
    st.lists(st.sampled_from([RELEASE, OTHER, RELEASE + OTHER, "", "satu", "dua kata"]), max_size=8),
    st.randoms(use_true_random=False),
)
def test_nothing_is_dropped_and_order_does_not_matter(bodies: list[str], shuffle: random.Random) -> None:
    texts = [text(f"k{number}", body, number) for number, body in enumerate(bodies)]
    first = grouped(*texts)
    shuffled = list(texts)
    shuffle.shuffle(shuffled)
    assert grouped(*shuffled) == first
    assert set(first) == {item.key for item, _ in texts}
    for story in first.values():
        assert first[story.story_id].role == "origin"


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    a, b = shingles(one), shingles(other)
    assert similarity(a, b) == similarity(b, a)
    assert all(0 <= value <= 1 for value in similarity(a, b))
    if len(a):
        assert similarity(a, a) == (1.0, 1.0)


def test_the_sample_copies_are_found(demo: DemoResult) -> None:
    frame = dataset.articles(demo.place.data)
    harvest = frame[(frame["source_id"] == "lapas-cirandu") & frame["url"].str.contains("panen-jagung")].iloc[0]
    assert harvest["story_role"] == "origin"
    assert harvest["story_articles"] == 4
    assert harvest["story_outlets"] == 4
    riots = frame[frame["incidents"].map(lambda found: "kerusuhan" in found) & (frame["kanwil"] == "Jawa Timur")]
    assert riots["story_id"].nunique() == len(riots) >= 2, "two newsrooms' own reports of one riot are not copies"
