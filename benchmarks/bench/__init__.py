"""The measured claims: ours beside a named peer, in turn, on the same input, in one run (docs/speed.md)."""
