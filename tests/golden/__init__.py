"""Golden pages: hand-made pages in the shape of Indonesian outlets, and what a careful reader takes from each."""
