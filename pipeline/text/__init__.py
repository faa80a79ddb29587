"""Words: normalising, sentences and stems, always with a way back to the original characters."""
