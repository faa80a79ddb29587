"""The fuzzer's other targets: pages, configuration, labels, logs, manifests and what the program writes down for itself.

Each reads one file, whatever stands in it. It may answer, or raise a ``PantauError`` that names the file and says what to do.
"""

from __future__ import annotations

import io
import logging
import random
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from benchmarks.feeds import TooSlowError, bounded
from benchmarks.fuzz import BOUND_SECONDS, SEEDS, mutated
from benchmarks.fuzz import attempt as parsed
from benchmarks.torture_place import ADVICE
from pipeline.alerting import COLUMNS as ALERT_COLUMNS
from pipeline.classify.corpus import load_labelled
from pipeline.classify.features import Features
from pipeline.classify.judge import Judge, load_judge
from pipeline.classify.lines import classify_lines
from pipeline.classify.model import BLOCKS, FORMAT, HEADS, Model, load_model
from pipeline.classify.taxonomy import load_taxonomies
from pipeline.classify.units import load_units
from pipeline.classify.vocabulary import load_calibration, load_stems, load_vocabulary
from pipeline.configfile import Problems, read_yaml
from pipeline.corrected import known_labels
from pipeline.dates import parse_iso
from pipeline.demo import _remembered
from pipeline.errors import ConfigError, PantauError
from pipeline.extract.article import extract
from pipeline.extract.outlets import load_outlets, outlets_of
from pipeline.extract.privacy import masker_of
from pipeline.extract.privacy_names import load_names
from pipeline.extract.single import page_of_file
from pipeline.fetch.catalogue import load_blocked, load_sources
from pipeline.fetch.prefilter import load_prefilter
from pipeline.quality.floor import floor_of
from pipeline.quality.prevalence import load_confusion
from pipeline.rebuilding import wish_of_manifest
from pipeline.records import Article
from pipeline.report.manifest import listed_files, read_manifest
from pipeline.report.manifest_shape import damages
from pipeline.sending import Sendlog
from pipeline.settings import default_config, labels_folder, load_settings, sample_folder
from pipeline.store.parts import read_part, recipe_of
from pipeline.store.tombstones import load_tombstones
from pipeline.stories.corrections import load_corrections

CONFIG = default_config()
SLUGS = frozenset(
    {"bansos", "hak_integrasi", "ketahanan_pangan", "lapas_modern", "luar_program", "narkoba_penipuan", "overkapasitas", "umkm"}
)
_KEY = "0123456789abcdef"
_WORDS = """
" ' , ,,, ; : = [ ] [[ { } ( ) | > null ~ NaN Infinity -1 1e999 0x10 true 2026-13-45 2026-11-26 9999-12-31T23:59:59-23:59
(?P<x> (a+)+$ \\ \\u0000 \\ud800 !!binary =cmd|'/C A0 🙂
""".split()
_MORE = (
    *(
        "\x00",
        "\ufeff",
        "\ud800",
        "\u202e",
        "\r",
        "\n\n",
        "\t",
        "- ",
        "? ",
        "&a ",
        "*a",
        "<<: *a\n",
        "%YAML 9.9\n",
        "---\n",
        "...\n",
    ),
    *("!!python/object/apply:os.system [id]\n", "9" * 400, ".*" * 40, "[" * 2000, '{"a":' * 2000),
)
_TOKENS = tuple(token.encode("utf-8", "surrogatepass") for token in (*_WORDS, *_MORE))


def _changed(body: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(body))
    return body[:at] + rng.choice(_TOKENS) + body[at:] if rng.random() < 0.5 else mutated(body, rng)


def _packed(body: bytes, rng: random.Random) -> bytes:
    """A change of one file in an archive, whose sums are right again; of the archive itself, one time in four."""
    try:
        with ZipFile(io.BytesIO(body)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - another mutant already
        return _changed(body, rng)
    if rng.random() < 0.25:
        return _changed(body, rng)
    name, out = rng.choice(sorted(files)), io.BytesIO()
    with ZipFile(out, "w") as archive:
        for other, content in files.items():
            archive.writestr(other, _changed(content, rng)[:60_000] if other == name else content)
    return out.getvalue()


class SilentError(Exception):
    """An error that does not name its file, or does not say what to do."""


@dataclass(frozen=True)
class Target:
    """``read`` is given the file, which must be called ``file``; ``change`` makes a mutant of a seed or of another mutant."""

    name: str
    file: str
    seeds: Callable[[], Sequence[bytes]]
    read: Callable[[Path], object]
    change: Callable[[bytes, random.Random], bytes] = _changed


def _of(*paths: Path, most: int = 40_000) -> Callable[[], Sequence[bytes]]:
    return lambda: [path.read_bytes()[:most] for path in paths]


def _short(path: Path) -> Callable[[], Sequence[bytes]]:
    """A YAML file with the first two words of each of its lists: as whole a file, of which ten times as many cases are read."""
    from ruamel.yaml import YAML

    def cut(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: cut(value) for key, value in node.items()}
        if isinstance(node, list):
            return [cut(value) for value in node][: 2 if all(isinstance(value, str) for value in node) else None]
        return node

    def seeds() -> list[bytes]:
        found, writer, out = read_yaml(path, Problems()), YAML(), io.BytesIO()
        writer.dump(cut(found.data if found else {}), out)
        return [out.getvalue()]

    return seeds


def _checked(load: Callable[[Path, Problems], object]) -> Callable[[Path], object]:
    def read(path: Path) -> object:
        problems = Problems()
        found = load(path, problems)
        problems.raise_if_any()
        return found

    return read


@lru_cache(maxsize=1)
def _judge() -> Judge:
    return load_judge(CONFIG)


def _page(path: Path) -> object:
    page = page_of_file(path.read_bytes(), "https://kabar.example/berita/1", _NOW)
    found = extract(page, outlets_of(CONFIG))
    if isinstance(found, Article):
        masked = masker_of(CONFIG).article(found)
        "".join((masked.title, masked.text, masked.url)).encode()
    return found


def _lines(path: Path) -> object:
    answers = list(classify_lines(_judge(), path.read_text(encoding="utf-8-sig", errors="replace").splitlines()))
    if not all("relevance" in one or one.get("error") for one in answers):
        raise SilentError(f"an answer without judgement and error: {answers}"[:200])
    return answers


def _manifest(path: Path) -> object:
    listed_files(path.read_bytes())
    manifest = read_manifest(path)
    damages(manifest)
    try:
        return wish_of_manifest(manifest)
    except ConfigError as error:  # as its caller tells it
        raise ConfigError(f"{path}: {error}") from None


def _programmes(path: Path, found: Problems) -> object:
    """One list that is changed, and beside it those that it names."""
    for other in (CONFIG / "programmes").glob("*.yaml"):
        if other.name != path.name and not (beside := path.with_name(other.name)).exists():
            beside.write_bytes(_short(other)()[0])
    return load_taxonomies(path.parent, found)


def _model(path: Path) -> object:
    return load_model(path).ask([Features({"x": 1.0}, *(("lapas panen",) * 6))])


def _floor(path: Path) -> object:
    try:
        return floor_of(path.read_text(encoding="utf-8"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # as its caller takes it


_parsed = parse_iso("2026-11-26T10:00:00+07:00")
if _parsed is None:
    raise RuntimeError("the fuzzer's own instant cannot be read")
_NOW = _parsed.value
_CORRECTIONS = (
    "key,field,old,new,who,when,why\n"
    f'{_KEY},tone,positive,negative,Sari,2026-11-23T09:30:00+07:00,"tuduhan, di judul"\n'
    f"{_KEY},programmes_related,none,umkm|bansos,Sari,2026-11-23T09:31:00+07:00,keduanya\n"
).encode()
_MANIFEST = (
    b'{"format_version": 4, "program": "0.1", "files": {"01_ringkasan.csv": {"sha256": "ab", "rows": 3}}, "period": "2026-W47", '
    b'"window_wib": ["2026-11-16T00:00:00+07:00", "2026-11-23T00:00:00+07:00"], "first": null, '
    b'"collection": {"polls": ["2026-11-16T00:00:00+07:00"], "withdrawn": {}}, "inputs": [{"part": "a", "sha256": "ab"}], '
    b'"options": {"taxonomy": "akselerasi-2024", "csv_dialect": "standard", "kanwil": ""}}'
)
_ALERTS = (
    ",".join(ALERT_COLUMNS) + "\n2026-11-26T10:00:00+07:00,raised,339f3c87,,,e,k,negatif,rendah,Jawa Tengah,hook:uji\n"
).encode()
_DEMO = b'{"now": "2026-11-26T10:00:00+07:00", "pages": ""}'
_GONE = f"kind,hash,when\nsalt,{_KEY},2026-11-26\naddress,{_KEY},2026-11-26\n".encode()

TARGETS = (
    Target(
        "html",
        "page.html",
        lambda: [path.read_bytes() for path in islice(sorted(sample_folder().rglob("*.html")), 0, None, 9)],
        _page,
    ),
    Target(
        "settings",
        "settings.toml",
        _of(CONFIG / "settings.toml"),
        _checked(lambda path, found: load_settings(path.parent, found)),
    ),
    Target("sources", "sources.csv", _of(sample_folder() / "sources.csv"), _checked(load_sources)),
    Target("blocked", "blocked.csv", _of(CONFIG / "blocked.csv"), _checked(load_blocked)),
    Target("prefilter", "prefilter.txt", _of(CONFIG / "prefilter.txt"), _checked(load_prefilter)),
    Target("units", "units.csv", _of(sample_folder() / "units.csv"), _checked(load_units)),
    Target("names", "names.toml", _of(CONFIG / "names.toml"), _checked(lambda path, found: load_names(path.parent, found))),
    Target(
        "vocabulary",
        "vocabulary.yaml",
        _short(CONFIG / "vocabulary.yaml"),
        _checked(lambda path, found: load_vocabulary(path, None, found)),
    ),
    Target("stems", "stems.yaml", _of(CONFIG / "stems.yaml"), _checked(load_stems)),
    Target("calibration", "calibration.yaml", _short(CONFIG / "calibration.yaml"), _checked(load_calibration)),
    Target(
        "programmes",
        "akselerasi-2024.yaml",
        _short(CONFIG / "programmes" / "akselerasi-2024.yaml"),
        _checked(_programmes),
    ),
    Target(
        "outlets",
        "outlet.toml",
        _of(*sorted((CONFIG / "outlets").glob("*.toml"))[:6]),
        _checked(lambda path, found: load_outlets(path.parent, found)),
    ),
    Target(
        "jsonl",
        "articles.jsonl",
        lambda: [b'{"id": "1", "title": "Lapas", "text": "Petugas Lapas panen jagung.", "published": "2026-11-26"}\n'],
        _lines,
    ),
    Target(
        "labels",
        "corpus.jsonl",
        lambda: [
            b"".join(path.read_bytes().splitlines(keepends=True)[:3])
            for path in sorted((labels_folder() / "corpus").glob("*.jsonl"))[:4]
        ],
        _checked(lambda path, found: load_labelled([path], SLUGS, found)),
    ),
    Target(
        "corrections",
        "corrections.csv",
        lambda: [_CORRECTIONS],
        _checked(lambda path, found: load_corrections(path, known_labels(CONFIG, CONFIG / "units.csv"), found)),
    ),
    Target("manifest", "manifest.json", lambda: [_MANIFEST], _manifest),
    Target("alerts", "alerts.csv", lambda: [_ALERTS], lambda path: Sendlog(path, ALERT_COLUMNS)),
    Target("demo", "demo.json", lambda: [_DEMO], lambda path: _remembered(path.parent)),
    Target("forgotten", "forgotten.csv", lambda: [_GONE], lambda path: load_tombstones(path.parent)),
    Target("floor", "floor.json", _of(labels_folder() / "floor.json"), _floor),
    Target("confusion", "confusion.json", _of(*sorted(labels_folder().glob("*confusion*.json"))), load_confusion),
    Target(
        "part",
        "part.parquet",
        lambda: [path.read_bytes() for path in _some_parts()],
        lambda path: (recipe_of(path), read_part(path)),
    ),
    Target("model", "model.skops", lambda: [_little_model()], _model, _packed),
    Target("feeds", "feed.xml", lambda: SEEDS, lambda path: parsed(path.read_bytes())),
)


def _some_parts() -> list[Path]:
    """The parts that tests keep of earlier versions."""
    return sorted((Path(__file__).parent.parent / "tests" / "fixtures" / "versions").rglob("*.parquet"))[:6]


def _little_model() -> bytes:
    """Of two terms a block, one cue and two labels a head: it is no good, and answers."""
    import numpy as np

    terms = {name: {"terms": "lapas\npanen", "idf": np.ones(2)} for name in BLOCKS}
    heads = {
        name: {
            "labels": ["a", "b"],
            "weights": np.ones((2, 2 * len(head.blocks) + 1)),
            "start": np.zeros(2),
            "temperature": 1.0,
        }
        for name, head in HEADS.items()
    }
    cues = {"names": ["x"], "most": np.ones(1)}
    return Model({"format": FORMAT, "blocks": terms, "cues": cues, "heads": heads, "vectors": {}}).to_bytes()


def cases(target: Target, rng: random.Random) -> Iterator[bytes]:
    """Mutated seeds without end, the same for the same state of ``rng``; the seeds themselves come first."""
    seeds = target.seeds()
    most = min(60_000, max(map(len, seeds)) + 12_000)  # room for whatever is nested, and no more for what is slow to read
    yield from seeds
    while True:
        body = rng.choice(seeds)
        for _ in range(rng.randint(1, 5)):
            body = target.change(body, rng)
        yield body[:most]


def attempt(target: Target, body: bytes, folder: Path) -> str:
    """One case; "ok", or the error's kind. Raises whatever breaks the promise."""
    path = folder / target.file
    path.write_bytes(body)
    try:
        target.read(path)
    except PantauError as error:
        told = str(error)
        known = "mistake(s) in the configuration" in told or bool(ADVICE.search(told))
        if not known or not (path.name in told or str(folder) in told):
            raise SilentError(told[:300]) from error
        return type(error).__name__
    return "ok"


@dataclass
class Told:
    """What came of one target. ``found``: what broke, and the file that keeps the case; ``spent``, ``slowest``: seconds."""

    target: Target
    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    spent: float = 0.0
    slowest: float = 0.0
    found: dict[str, Path] = field(default_factory=dict)

    def take(self, body: bytes, folder: Path, keep: Path) -> None:
        """One case; what breaks a promise is kept."""
        begun = time.process_time()
        try:
            with bounded(BOUND_SECONDS):
                self.outcomes[attempt(self.target, body, folder)] += 1
        except (Exception, TooSlowError) as error:  # noqa: BLE001 - what breaks is what is looked for
            fault = f"{type(error).__name__}: {error}"[:120].replace(str(folder), "…")
            if fault not in self.found:
                keep.mkdir(parents=True, exist_ok=True)
                self.found[fault] = keep / f"{self.target.name}-{len(self.found)}"
                self.found[fault].write_bytes(body)
        self.cases += 1
        spent = time.process_time() - begun
        self.spent, self.slowest = self.spent + spent, max(self.slowest, spent)


def fuzzed(targets: Sequence[Target], seed: int, seconds: float, keep: Path) -> list[Told]:
    """Cases of all targets until the time is up, each time of the one that has had the least processor time.

    The first case of each is no part of it: with that come a judge, a model's libraries and more, which no later one needs.
    """
    told = [Told(target) for target in targets]
    logging.disable()
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a strange pattern is warned of and compiled
        mutants = {target.name: cases(target, random.Random(seed)) for target in targets}  # noqa: S311 - to be repeatable
        folders = {target.name: Path(name) / target.name for target in targets}
        for one in told:
            folders[one.target.name].mkdir()
            one.take(next(mutants[one.target.name]), folders[one.target.name], keep)
            one.spent = 0.0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            one = min(told, key=lambda other: other.spent)
            one.take(next(mutants[one.target.name]), folders[one.target.name], keep)
    logging.disable(logging.NOTSET)
    return told
