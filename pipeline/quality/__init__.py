"""How good the judge is: answers beside labels, figures with intervals, baselines, floors. Nothing here decides a judgement."""
