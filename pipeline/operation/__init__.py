"""How the collection is doing, for the person who runs it: pure figures and texts, and the ping to a watchdog."""
