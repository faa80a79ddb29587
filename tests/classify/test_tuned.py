"""The tuned encoder: off by default; it reads words in their order, adds to the models, and is never asked what it has learnt."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import PackageNotFoundError
from math import sqrt
from pathlib import Path

import pytest

from pipeline.classify import encoder as packages
from pipeline.classify import tuned as room
from pipeline.classify.corpus import RELEVANCE, TONES
from pipeline.classify.judge import Asking, load_judge
from pipeline.classify.model import Asked, load_model
from pipeline.classify.tuned import MOST_TOKENS, Tuned, in_doubt, pooled
from pipeline.errors import ConfigError
from pipeline.recipe import recipe_of
from pipeline.settings import encoder_folder, labels_folder
from pipeline.training import model_file, model_path
from tests.classify.conftest import CONFIG

FOILED = (
    "Petugas Lapas Tirtagiri Gagalkan Penyelundupan Sabu. Berkat kejelian petugas, sabu yang diselipkan pengunjung ditemukan di "
    "ruang pemeriksaan. Kepala lapas memuji anak buahnya."
)
CAUGHT = (
    "Petugas Lapas Tirtagiri Selundupkan Sabu. Polisi menangkap petugas itu setelah sabu yang diselipkannya bagi penghuni "
    "ditemukan. Kepala lapas belum menjawab."
)
OURS = Asking("Petugas Lapas Tirtagiri Ditangkap", "Petugas itu ditangkap polisi karena menyelundupkan sabu ke dalam lapas.")
CLOSED = Asking("Harga cabai naik di pasar", "Pedagang mengeluhkan pasokan dari sentra yang berkurang.")


@pytest.fixture(scope="module")
def tuned() -> Tuned:
    for package in ("onnxruntime", "tokenizers"):
        pytest.importorskip(package)
    return Tuned(encoder_folder())


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped configuration with the tuned encoder turned on."""
    folder = shutil.copytree(CONFIG, tmp_path / "config")
    settings = folder / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('\nencoder = ""', '\nencoder = "tuned"'), encoding="utf-8")
    return folder


def best(shares: dict[str, float]) -> str:
    return max(shares, key=lambda label: shares[label])


# -- what it says --


def test_the_shipped_configuration_leaves_it_out() -> None:
    assert load_judge(CONFIG).tuned is None


def test_its_labels_are_those_of_the_corpus_and_its_shares_sum_to_1(tuned: Tuned) -> None:
    told = tuned.ask(FOILED)
    slugs = {*load_judge(CONFIG).slugs, "umum", "luar_program"}
    known = {"tone": set(TONES), "relevance": set(RELEVANCE), "primary": slugs}
    assert {"tone", "primary"} <= set(told) <= set(known)
    for head, shares in told.items():
        assert set(shares) <= known[head]
        assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
        assert min(shares.values()) > 0


def test_it_tells_who_did_it(tuned: Tuned) -> None:
    assert best(tuned.ask(FOILED)["tone"]) == "positive"
    assert best(tuned.ask(CAUGHT)["tone"]) == "negative"


def test_it_reads_what_it_has_never_seen(tuned: Tuned) -> None:
    """Every sixth of the opponent's texts, which nothing is ever fitted on; .79 of all at the time of writing."""
    rows = [json.loads(line) for line in (labels_folder() / "opponent.jsonl").read_text(encoding="utf-8").splitlines()[::6]]
    ours = [row for row in rows if row["labels"]["tone"]]
    right = sum(best(tuned.ask(f"{row['title']}. {row['text']}")["tone"]) == row["labels"]["tone"] for row in ours)
    assert right / len(ours) >= 0.7


@pytest.mark.parametrize("text", ["", "a", "\ud800 \x00 𐍈", "lapas " * 5_000, "x" * 4_000])
def test_any_text_is_answered(text: str, tuned: Tuned) -> None:
    assert sum(tuned.ask(text)["tone"].values()) == pytest.approx(1, abs=1e-4)


def test_only_the_beginning_is_read(tuned: Tuned) -> None:
    beginning = "napi panen jagung " * MOST_TOKENS
    assert tuned.ask(beginning) == tuned.ask(f"{beginning} kabur")


# -- two answers in one --


def test_the_geometric_mean_of_both_is_answered() -> None:
    one, two = {"a": 0.8, "b": 0.2}, {"a": 0.5, "b": 0.5}
    found = pooled({"tone": Asked(one), "incidents": Asked({"c": 0.3})}, {"tone": two, "title": two}, {})
    whole = sqrt(0.4) + sqrt(0.1)
    assert found["tone"].shares == pytest.approx({"a": sqrt(0.4) / whole, "b": sqrt(0.1) / whole})
    assert found["incidents"].shares == {"c": 0.3}, "what it has no head for is the models' own"
    assert set(found) == {"tone", "incidents"}


def test_softness_sharpens_and_softens() -> None:
    answers = {"tone": Asked({"a": 0.6, "b": 0.4})}
    plain, sharp, soft = (
        pooled(answers, {"tone": {"a": 0.6, "b": 0.4}}, {"tone": one})["tone"].shares["a"] for one in (1, 0.5, 2)
    )
    assert plain == pytest.approx(0.6)
    assert soft < plain < sharp


def test_a_label_that_it_has_not_learnt_keeps_the_models_share() -> None:
    found = pooled({"primary": Asked({"old": 0.3, "other": 0.1, "new": 0.6})}, {"primary": {"old": 0.75, "other": 0.25}}, {})
    assert found["primary"].shares == pytest.approx({"old": 0.3, "other": 0.1, "new": 0.6}), "it agrees on the two that it knows"
    assert found["primary"].best == "new"


def test_neither_forbids_a_label_alone() -> None:
    shares = pooled({"tone": Asked({"a": 0.0, "b": 1.0})}, {"tone": {"a": 1.0, "b": 0.0}}, {})["tone"].shares
    assert shares == pytest.approx({"a": 0.5, "b": 0.5}, abs=1e-4)


# -- in the judge --


def test_it_judges_beside_the_models_and_only_what_the_gate_lets_in(
    config: Path, tuned: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_file(CONFIG, tmp_path)
    plain, both = load_judge(CONFIG, model=model), load_judge(config, model=model)
    asked: list[str] = []
    ask = Tuned.ask
    monkeypatch.setattr(Tuned, "ask", lambda self, text: asked.append(text) or ask(self, text))
    monkeypatch.setattr(room, "DOUBT", 1.01)  # nothing is sure
    judged = both.judge_many([OURS, CLOSED, OURS])
    assert asked == [f"{OURS.title}. {OURS.text}"] * 2
    assert judged[0] == judged[2] == both.judge_many([OURS])[0]
    alone = plain.judge_many([OURS, CLOSED])
    assert judged[1] == alone[1]
    assert judged[0].tone is not None
    assert alone[0].tone is not None
    assert judged[0].tone.label == "negative"
    assert judged[0].tone.negative != alone[0].tone.negative
    assert judged[0].tone.evidence, "the evidence is the models' own"


SURE, UNSURE = (0.9, 0.06, 0.04), (0.85, 0.1, 0.05)
OUR_LABELS, OTHER_LABELS = ("corrections", "immigration", "irrelevant"), ("a", "b", "c")


@pytest.mark.parametrize(
    ("relevance", "primary", "tone", "doubted"),
    [
        (("corrections", SURE), SURE, SURE, False),
        (("corrections", UNSURE), SURE, SURE, True),
        (("corrections", SURE), UNSURE, SURE, True),
        (("corrections", SURE), SURE, UNSURE, True),
        (("immigration", SURE), SURE, UNSURE, False),  # no tone is given there
        (("immigration", SURE), UNSURE, SURE, True),
        (("irrelevant", SURE), UNSURE, UNSURE, False),
        (("irrelevant", UNSURE), SURE, SURE, True),
    ],
)
def test_it_is_asked_where_the_models_doubt_a_label_that_the_article_has(
    relevance: tuple[str, tuple[float, ...]], primary: tuple[float, ...], tone: tuple[float, ...], doubted: bool
) -> None:
    best, shares = relevance
    labels = (best, *(label for label in OUR_LABELS if label != best))
    answers = {
        "relevance": Asked(dict(zip(labels, shares, strict=True))),
        "primary": Asked(dict(zip(OTHER_LABELS, primary, strict=True))),
        "tone": Asked(dict(zip(OTHER_LABELS, tone, strict=True))),
    }
    assert in_doubt(answers) is doubted


def test_where_the_models_are_sure_their_answer_stands(
    config: Path, tuned: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_file(CONFIG, tmp_path)
    plain, both = load_judge(CONFIG, model=model), load_judge(config, model=model)
    monkeypatch.setattr(Tuned, "ask", lambda *_: pytest.fail("asked"))
    monkeypatch.setattr(room, "DOUBT", 0.3)
    assert both.judge_many([OURS]) == plain.judge_many([OURS])


def test_what_judges_is_told_by_the_recipe(config: Path, tuned: Tuned, tmp_path: Path) -> None:
    without, with_it = model_path(CONFIG, tmp_path), model_path(config, tmp_path)
    assert without != with_it
    units = CONFIG / "units.csv"
    assert recipe_of(CONFIG, units, without.stem) != recipe_of(CONFIG, units, with_it.stem)


def test_the_model_in_its_name_is_fitted_without_it(config: Path, tuned: Tuned, tmp_path: Path) -> None:
    model = model_file(CONFIG, tmp_path)
    assert load_model(model).encoder == load_judge(config, model=model).encoder == ""


# -- what can be wrong --


def test_a_missing_file_is_told_with_all_other_mistakes(
    config: Path, tuned: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "encoder_folder", lambda: tmp_path / "gone")
    (config / "stems.yaml").write_text("[", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"stems\.yaml(.|\n)*gone(.|\n)*model\.onnx cannot be read|gone(.|\n)*stems\.yaml"):
        load_judge(config)


def test_a_missing_package_is_named_with_the_way_to_get_it(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(packages, "version", version)
    with pytest.raises(ConfigError, match=r"onnxruntime, which is not installed; install it by: \./run install extras"):
        load_judge(config)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_broken_file_is_told_with_advice(name: str, content: bytes, tuned: Tuned, tmp_path: Path) -> None:
    folder = shutil.copytree(encoder_folder(), tmp_path / "encoder")
    (folder / name).write_bytes(content)
    broken = Tuned(folder)
    assert broken.digest != tuned.digest
    with pytest.raises(
        ConfigError, match=r'the tuned encoder does not work .*; restore its folder .* or turn it off: encoder = ""'
    ):
        broken.ask(FOILED)
