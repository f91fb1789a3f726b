"""Words that the language keeps for itself: the kinds of documents, and the words of the formula grammar."""

KINDS = ("dataset", "kpi", "benchmark", "scorecard", "function", "calendar")

# What people call a document of a kind.
NOUNS = {"kpi": "KPI", "dataset": "data set"}

# An input, a column or an argument of one of these names could not be told from the grammar around it.
_WORDS = """
    and or not in is null true false between like ilike escape
    case when then else end cast as distinct filter where
    over partition by order asc desc nulls ignore respect
    rows range preceding following current row unbounded
    date timestamp interval select from with exists
"""
RESERVED: frozenset[str] = frozenset(_WORDS.split())
