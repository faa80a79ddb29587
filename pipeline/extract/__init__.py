"""Page → Article: text, title and publication instant, with what was removed and why."""
