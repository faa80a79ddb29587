"""The models: fitted from labels, saved without pickle, the same again from the same, inside the gate, with evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.corpus import Labelled
from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.classify.model import Asked, Model, load_model, softened
from pipeline.errors import StorageError
from pipeline.settings import default_config

# title | text | relevance | primary | tone
LABELS = [
    line.split(" | ")
    for line in """
Petugas Lapas gagalkan sabu | Petugas Lapas Kelas IIB Muara Tepian menggagalkan sabu. | corrections | narkoba_penipuan | positive
Sipir jadi kurir sabu | Polisi menangkap sipir Rutan Watu Lembor, kurir sabu. | corrections | narkoba_penipuan | negative
Napi panen jagung | Warga binaan Lapas Muara Tepian memanen jagung dan dipuji. | corrections | ketahanan_pangan | positive
Kebun lapas mangkrak | Kebun Lapas Padang Meranti mangkrak, warga mengeluh. | corrections | ketahanan_pangan | negative
Jadwal kunjungan diubah | Rutan Kelas I Wanarata mengubah jadwal kunjungan mulai Senin. | corrections | luar_program | neutral
Autogate bandara bertambah | Imigrasi menambah autogate di bandara internasional. | immigration | autogate |
Harga cabai naik | Harga cabai di pasar naik dua kali lipat sejak Senin. | irrelevant |  |
Hujan deras di kota | Hujan deras membuat jalan utama tergenang pada Selasa sore. | irrelevant |  |
""".strip().splitlines()
]
DAY = datetime(2025, 5, 1, tzinfo=UTC)


def labelled() -> list[Labelled]:
    base = Labelled("", "", "", "Kabar", DAY, "", "", (), (), None, None, "report", (), (), "", "t", "")
    return [
        replace(
            base,
            id=f"t-{n}-{m}",
            title=row[0],
            text=row[1],
            relevance=row[2],
            primary=row[3].strip(" |"),
            tone=row[4].strip(" |"),
            story=f"{n}-{m}",
        )
        for m in range(3)
        for n, row in enumerate([*line, "", ""][:5] for line in LABELS)
    ]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge(default_config())


@pytest.fixture(scope="module")
def model(judge: Judge) -> Model:
    texts = labelled()
    return Model.fit(texts, [judge.features(Asking(one.title, one.text)) for one in texts])


def asked(title: str, text: str) -> Asking:
    return Asking(title, text, published=datetime(2025, 6, 1, tzinfo=UTC))


def test_the_same_labels_give_the_same_answers(judge: Judge, model: Model) -> None:
    texts = labelled()
    features = [judge.features(Asking(one.title, one.text)) for one in texts]
    again = Model.fit(texts, features)
    assert again.ask(features) == model.ask(features)
    assert [answer["relevance"].best for answer in model.ask(features)] == [one.relevance for one in texts]


def test_all_heads_asked_at_once_answer_as_each_alone(judge: Judge, model: Model) -> None:
    """The stacked weights against each head's own columns and weights."""
    features = [judge.features(Asking(title, text)) for title, text, *_ in LABELS]
    together, heads = model.ask(features), model._parts["heads"]
    assert set(heads) == {"relevance", "primary", "tone"}  # none of the labels tells a title's tone or an incident
    for name, head in heads.items():
        alone = softened(model.matrix(name, features) @ head["weights"].T + head["start"], head["temperature"])
        shares = [[answer[name].shares[label] for label in head["labels"]] for answer in together]
        assert np.allclose(shares, alone, rtol=0, atol=0.00005001)  # shares are told in four digits


def test_a_model_survives_its_file_and_needs_no_trust(judge: Judge, model: Model, tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    path.write_bytes(model.to_bytes())
    features = [judge.features(Asking("Napi panen jagung", "Warga binaan lapas memanen jagung."))]
    assert load_model(path).ask(features) == model.ask(features)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x80\x04K\x01."])
def test_a_broken_model_file_says_what_to_do(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    path.write_bytes(content)
    with pytest.raises(StorageError, match="delete it; the next run fits it anew"):
        load_model(path)


def test_shares_are_probabilities_and_temperature_only_softens() -> None:
    scores = np.array([[2.0, 1.0, -1.0], [0.0, 0.0, 0.0]])
    for temperature in (0.5, 1.0, 3.0):
        shares = softened(scores, temperature)
        assert np.allclose(shares.sum(axis=1), 1)
        assert list(shares.argmax(axis=1)) == [0, 0]
    assert softened(scores, 3.0)[0].max() < softened(scores, 0.5)[0].max()
    assert Asked({"b": 0.5, "a": 0.5}).best == "a"


def test_the_gate_is_stronger_than_any_model(judge: Judge, model: Model) -> None:
    """Without a word of the subject an article is irrelevant, even if a model would swear to the contrary."""
    biased = Model.fit(
        [
            replace(one, relevance="corrections", primary="umkm", tone="positive") if one.relevance == "irrelevant" else one
            for one in labelled()
        ],
        [judge.features(Asking(one.title, one.text)) for one in labelled()],
    )
    article = asked("Harga cabai naik", "Harga cabai di pasar naik dua kali lipat sejak Senin.")
    judged = judge.with_model(biased).judge_many([article])[0]
    assert judged.relevance.label == "irrelevant"
    assert judged.programme_primary == ""
    assert judged.tone is None


def test_a_list_of_another_year_is_never_answered(judge: Judge, model: Model) -> None:
    """In 2025 no article is about a programme of 2026; immigration articles get no corrections programme."""
    for answer in judge.with_model(model).judge_many(
        [
            asked("Autogate bandara bertambah", "Imigrasi menambah autogate di bandara internasional Karang Wening."),
            asked("Petugas lapas gagalkan sabu", "Petugas Lapas Kelas IIB Muara Tepian menggagalkan sabu."),
        ]
    ):
        if answer.relevance.label == "immigration":
            assert answer.programme_primary == "autogate"
        assert answer.programme_primary not in ("dapur_sehat_mbg", "sdm_mooc", "energi_terbarukan")


def test_every_label_of_a_model_has_evidence_from_the_article(judge: Judge, model: Model) -> None:
    title = "Napi panen jagung"
    text = "Cuaca cerah. Warga binaan Lapas Kelas IIB Muara Tepian memanen jagung dua ton dan dipuji dinas. Acara usai."
    judged = judge.with_model(model).judge_many([asked(title, text)])[0]
    assert judged.relevance.label == "corrections"
    assert judged.programme_primary == "ketahanan_pangan"
    spans = [*judged.programmes[0].evidence, *(judged.tone.evidence if judged.tone else ()), *judged.relevance.evidence]
    assert spans
    for span in spans:
        assert (title if span.field == "title" else text)[span.start : span.end] == span.quote
        assert all(word in span.quote for word in span.words)
    assert any(span.words for span in spans)


def test_one_by_one_and_together_are_the_same(judge: Judge, model: Model) -> None:
    asking = [asked(title, text) for title, text, *_ in LABELS]
    with_model = judge.with_model(model)
    assert with_model.judge_many(asking) == [with_model.judge_many([one])[0] for one in asking]
    assert with_model.judge_many([]) == []
