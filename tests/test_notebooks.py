"""Every notebook runs from top to bottom on the demo's data, imports only the analyst's API, and is stored without outputs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.demo import DemoResult, run_demo
from pipeline.settings import default_config
from tests.conftest import NOW

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, demo: DemoResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PANTAU_DATA", str(demo.place.data))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert len(outputs) >= 6
    assert not [output for output in outputs if output.output_type == "error"]
    text = "\n".join(str(output) for output in outputs)
    assert "P13" in text
    assert "Rutan Kelas IIB Labuhan Asri" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            assert not re.search(r"from pipeline\.|import pipeline\.", cell.source), "notebooks import only `pipeline`"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_notebook_runs_on_a_folder_with_one_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    sentence = "Warga binaan Lapas Kelas IIB Teluk Senja memanen ikan nila bersama penyuluh dinas perikanan pada pagi itu. "
    (pages / "a.html").write_text(f"<title>Panen nila di lapas</title><article><p>{sentence * 3}</p></article>", encoding="utf-8")
    run_demo(default_config(), tmp_path / "data", NOW, NOW, pages, lambda what, done, total: None)
    monkeypatch.setenv("PANTAU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS][:1] == ["01_minggu_ini"]
