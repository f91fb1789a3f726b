"""Functions of other dialects, and what to write here."""

# The words of other dialects for the present, some of which stand there without parentheses.
PRESENT = ("now", "current_timestamp", "localtimestamp", "current_date", "today", "getdate", "sysdate")

# Functions of other dialects: the function here where it is the same one under another name, and what to write.
FOREIGN: dict[str, tuple[str | None, str]] = {
    **dict.fromkeys(("countif", "count_where", "countifs"), ("count_if", "write `count_if(c)`")),
    **dict.fromkeys(("sumif", "sumifs"), ("sum_if", "write `sum_if(x, c)`")),
    **dict.fromkeys(
        ("averageif", "avg_if", "avgif"), (None, "write `sum_if(x, c) / count_if(c)`, or `avg(x) filter (where c)`")
    ),
    **dict.fromkeys(("mean", "average"), ("avg", "write `avg(x)`")),
    **dict.fromkeys(("ifnull", "nvl", "isnull"), ("coalesce", "write `coalesce(x, y)`")),
    "zeroifnull": (None, "write `coalesce(x, 0)`"),
    "nullifzero": (None, "write `nullif(x, 0)`"),
    **dict.fromkeys(("iff", "iif"), ("if", "write `if(c, x, y)`")),
    "decode": (None, "write `case x when .. then .. end`"),
    **dict.fromkeys(("len", "char_length", "character_length"), ("length", "write `length(text)`")),
    **dict.fromkeys(
        ("percentile_cont", "quantile", "percentile", "approx_quantile", "percentile_approx"),
        (None, "write `quantile_cont(x, 0.9)`"),
    ),
    "percentile_disc": (None, "write `quantile_disc(x, 0.9)`"),
    **dict.fromkeys(
        ("datediff", "timestampdiff", "timestamp_diff", "datesub", "age"),
        (None, "write `b - a` for the time elapsed, or `date_diff('day', a, b)` for boundaries crossed"),
    ),
    **dict.fromkeys(
        ("dateadd", "date_add", "date_sub", "adddate"), (None, "write `d + 7 days` or `d + interval 1 month`")
    ),
    "datepart": (None, "write `year(d)`, `month(d)`, `hour(d)`"),
    "date_part": (None, "write `year(d)`, `month(d)`, `hour(d)`"),
    "extract": (None, "write `year(d)`, `month(d)`, `hour(d)`"),
    "datetrunc": ("date_trunc", "write `date_trunc('month', d)`"),
    "dayofmonth": ("day", "write `day(d)`"),
    **dict.fromkeys(("dayofweek", "weekday", "dow"), (None, "write `isodow(d)`: 1 is Monday, 7 is Sunday")),
    **dict.fromkeys(("weekofyear", "week_of_year", "isoweek"), ("week", "write `week(d)`")),
    **dict.fromkeys(
        ("epoch", "to_seconds", "unix_timestamp"),
        (None, "write `(b - a) / 1 s`: dividing by a duration gives a number"),
    ),
    **dict.fromkeys(PRESENT, (None, "write `as_of()`: a figure must not depend on when it is computed")),
    **dict.fromkeys(
        ("to_date", "strptime", "to_timestamp", "str_to_date", "parse_date"),
        (None, "write `try_strptime(text, '%d/%m/%Y')`, or `cast(text as date)` for ISO 8601"),
    ),
    **dict.fromkeys(
        ("date_format", "strftime", "to_char", "format"),
        (None, "write `year(d)`, `month(d)` or `date_trunc('month', d)`; pages show dates as their language does"),
    ),
    **dict.fromkeys(
        ("std", "stdev", "stddev"), ("stddev_samp", "write `stddev_samp(x)` for a sample, `stddev_pop(x)` for everyone")
    ),
    **dict.fromkeys(("var", "variance"), ("var_samp", "write `var_samp(x)` for a sample, `var_pop(x)` for everyone")),
    **dict.fromkeys(("ceiling",), ("ceil", "write `ceil(x)`")),
    **dict.fromkeys(("trunc", "truncate", "int"), (None, "write `floor(x)`, `ceil(x)` or `round(x)`")),
    **dict.fromkeys(("pow",), ("power", "write `power(x, y)`")),
    "log": (None, "write `ln(x)` or `log10(x)`"),
    **dict.fromkeys(("argmax", "max_by"), ("arg_max", "write `arg_max(x, by)`")),
    **dict.fromkeys(("argmin", "min_by"), ("arg_min", "write `arg_min(x, by)`")),
    **dict.fromkeys(("every", "booland_agg", "logical_and"), ("bool_and", "write `bool_and(c)`")),
    **dict.fromkeys(("any", "some", "boolor_agg", "logical_or"), ("bool_or", "write `bool_or(c)`")),
    **dict.fromkeys(("count_distinct", "countdistinct", "uniq", "nunique"), (None, "write `count(distinct x)`")),
    **dict.fromkeys(("approx_distinct", "hll"), ("approx_count_distinct", "write `approx_count_distinct(x)`")),
    **dict.fromkeys(("substr", "mid"), ("substring", "write `substring(text, start, length)`")),
    "lcase": ("lower", "write `lower(text)`"),
    "ucase": ("upper", "write `upper(text)`"),
    **dict.fromkeys(("ltrim", "rtrim", "strip"), ("trim", "write `trim(text)`")),
    **dict.fromkeys(("concat", "concat_ws"), (None, "write `a || b`")),
    **dict.fromkeys(("startswith",), ("starts_with", "write `starts_with(text, prefix)`")),
    **dict.fromkeys(("endswith",), ("ends_with", "write `ends_with(text, suffix)`")),
    **dict.fromkeys(
        ("regexp_like", "rlike", "regexp", "regexp_full_match"),
        ("regexp_matches", "write `regexp_matches(text, 'pattern')`"),
    ),
    **dict.fromkeys(("instr", "strpos", "position", "charindex"), (None, "write `contains(text, part)`")),
    **dict.fromkeys(("safe_divide", "div0", "divide"), (None, "write `a / b`: dividing by zero gives null")),
    **dict.fromkeys(
        ("list", "array_agg", "string_agg", "group_concat", "any_value", "first", "last", "mode"),
        (None, "write an aggregate that gives a figure: raw values do not leave the data"),
    ),
    **dict.fromkeys(("random", "rand", "uuid"), (None, "remove it: the same input gives the same figures")),
    "ntile": (None, "write `quantile_cont(x, 0.25)` for a quartile's bound"),
    "percent_rank": (None, "write `rank() over (order by x)`"),
}
