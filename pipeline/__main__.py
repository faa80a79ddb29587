"""``python -m pipeline`` is ``pantau``."""

import sys

from pipeline.cli import main

sys.exit(main())
