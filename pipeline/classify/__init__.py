"""Article → Judgement: relevance, programmes, tone, units, incidents, each with evidence."""
