"""Write the demo's real output into README.md between its marks. Run it after a change that alters the output."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from pipeline.commands import demo_lines
from pipeline.demo import run_demo
from pipeline.settings import default_config
from tests.conftest import NOW

README = Path(__file__).parent.parent / "README.md"


def shown(lines: list[str], data: Path) -> str:
    """The output as the README shows it: the default data folder, indented as a block."""
    return "\n".join(f"    {line}".replace(str(data), "data/demo").rstrip() for line in lines)


def main() -> None:
    """Run the demo at the tests' clock and replace the block."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder).resolve() / "data"
        result = run_demo(default_config(), data, NOW, NOW, None, lambda what, done, total: None)
        block = shown(list(demo_lines(result)), data)
    text = README.read_text(encoding="utf-8")
    marked = f"<!-- demo:begin -->\n{block}\n<!-- demo:end -->"
    README.write_text(
        re.sub(r"<!-- demo:begin -->.*?<!-- demo:end -->", lambda _: marked, text, flags=re.DOTALL), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
