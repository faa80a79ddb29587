"""Every notebook runs from top to bottom, imports only the analyst's API, and is stored without outputs."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.demo import DemoResult, run_demo
from pipeline.settings import default_config
from pipeline.store.judgements import NEW
from pipeline.store.parts import part_names, part_path, read_part, write_part
from pipeline.store.schema import ARTICLES
from tests.conftest import NOW

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
# What the demo's data must show in each notebook, and how many charts.
SHOWN = {
    "01_minggu_ini": ({"P13", "Rutan Kelas IIB Labuhan Asri", "dikumpulkan kemudian", "not_indonesian"}, 2),
    "02_telusuri_program": ({"narkoba_penipuan: ", "Lapas Kelas I Cirandu", "liputan mandiri"}, 1),
    "03_periksa_label": ({"naskah perlu diperiksa", "kemungkinan negatif", "Belum ada pembetulan"}, 2),
    "04_sumber_dan_cakupan": ({"feedmati", "unwatched", "tidak dipantau", "UPT tanpa pemberitaan"}, 1),
    "05_sebaran_rilis": ({"Lahan Tidur Jadi Kebun", "own release", "siaran pers"}, 2),
    "06_bandingkan_model": ({"Belum ada pembanding", "pantau judge --recipe new"}, 0),
}


def executed(path: Path, data: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Everything that the notebook shows as one text, and how many charts it draws. Raises when a cell fails."""
    monkeypatch.setenv("PANTAU_DATA", str(data))
    monkeypatch.setenv("IPYTHONDIR", str(home))
    monkeypatch.setenv("MPLCONFIGDIR", str(home))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(home)}}).execute()
    outputs = list(outputs_of(notebook))
    noise = [output["text"] for output in outputs if output.get("name") == "stderr"]
    assert not noise, "a cell warns"
    return "\n".join(str(output) for output in outputs), sum("image/png" in output.get("data", {}) for output in outputs)


def outputs_of(notebook: Any) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from cell.outputs


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_demo(path: Path, demo: DemoResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text, charts = executed(path, demo.place.data, tmp_path, monkeypatch)
    words, drawn = SHOWN[path.stem]
    assert not [word for word in words if word not in text]
    assert charts == drawn


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_models_are_compared_where_there_are_two(demo: DemoResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo.place.data, data)
    [name] = part_names(data, "articles")
    rows = read_part(part_path(data, "articles", name)).to_pylist()
    changed = next(row for row in rows if row["tone"] == "neutral")
    changed["tone"] = "negative"
    write_part(part_path(data, f"{NEW}/0123456789ab", name), rows, ARTICLES, "0123456789ab")
    text, charts = executed(NOTEBOOKS[-1], data, tmp_path, monkeypatch)
    assert "lama: in_use   baru: 0123456789ab" in text
    assert changed["title"][:40] in text
    assert charts == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_a_folder_with_one_article(
    path: Path, lonely: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, _ = executed(path, lonely, tmp_path, monkeypatch)
    assert text


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a single article, neutral and of one outlet."""
    root = tmp_path_factory.mktemp("lonely")
    (root / "pages").mkdir()
    sentence = "Warga binaan Lapas Kelas IIB Teluk Senja memanen ikan nila bersama penyuluh dinas perikanan pada pagi itu. "
    page = f"<title>Panen nila di lapas</title><article><p>{sentence * 3}</p></article>"
    (root / "pages" / "a.html").write_text(page, encoding="utf-8")
    run_demo(default_config(), root / "data", NOW, NOW, root / "pages", lambda what, done, total: None)
    return root / "data"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_clean_and_imports_only_the_api(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            imported = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Import | ast.ImportFrom)]
            names = {alias.name for node in imported for alias in node.names if isinstance(node, ast.Import)}
            names |= {str(node.module) for node in imported if isinstance(node, ast.ImportFrom)}
            assert names <= {"os", "pathlib", "matplotlib.pyplot", "pandas", "pipeline"}
    assert notebook.cells[0].source.startswith("# ")


def test_every_notebook_is_expected() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)
