create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "score__raw",
    case when regexp_full_match("score__raw", '[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?') then try_cast("score__raw" as bigint) end as "score"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      nullif(trim("score"), '') as "score__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    case when "score" between 0 and 10 then "score" end as "score",
    "score" in (11) as "score__rejected_1",
    "score__raw" is not null and "score" is null as "score__rejected_2",
    not ("score" between 0 and 10) and "score" not in (11) as "score__rejected_3"
  from "source__tickets"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
),
"cells" as (
  select
    year("opened_at") * 12 + month("opened_at") - 1 as "period__",
    "opened_at" as "clock__",
    "score",
    "score__rejected_1",
    "score__rejected_2",
    "score__rejected_3"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("score") as "count__1",
    sum("score") as "sum__1",
    sum(cast("score" as double) * "score") as "products__1",
    coalesce(count_if("score__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("score__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("score__rejected_3"), 0) as "rejects__3"
  from "cells"
  group by all
)
select
  "period__",
  0 as "set__",
  sum("rows__") as "rows__",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  sum("count__1") as "count__1",
  sum("sum__1") as "sum__1",
  sum("products__1") as "products__1",
  sum("rejects__1") as "rejects__1",
  sum("rejects__2") as "rejects__2",
  sum("rejects__3") as "rejects__3",
  sum("rows__") as "count__2"
from "finest"
group by grouping sets (("period__"));

create or replace temporary table "covered__tickets" as
select
  min("period__") as "first_period",
  max("period__") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__"
from "scan__tickets";

create or replace temporary table "scan__tickets__by_opened_at_within_year_to_date" as
with "rows" as (
  select
    "opened_at",
    case when "score" between 0 and 10 then "score" end as "score",
    "score" in (11) as "score__rejected_1",
    "score__raw" is not null and "score" is null as "score__rejected_2",
    not ("score" between 0 and 10) and "score" not in (11) as "score__rejected_3"
  from "source__tickets"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
),
"placed" as (
  select
    *,
    unnest(generate_series(year("opened_at") * 12 + month("opened_at") - 1, least(year(("opened_at" + interval 371 day)) * 12 + month(("opened_at" + interval 371 day)) - 1, 24315))) as "period__"
  from "seen"
  where "opened_at" is not null
),
"cells" as (
  select
    "period__",
    "opened_at" as "clock__",
    "score",
    "score__rejected_1",
    "score__rejected_2",
    "score__rejected_3"
  from "placed"
  where "opened_at" >= cast(cast(date_trunc('year', (make_date(("period__" + 1) // 12, ("period__" + 1) % 12 + 1, 1) - 1)) as date) as timestamp)
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("score") as "count__3",
    sum("score") as "sum__2",
    sum(cast("score" as double) * "score") as "products__2",
    coalesce(count_if("score__rejected_1"), 0) as "rejects__4",
    coalesce(count_if("score__rejected_2"), 0) as "rejects__5",
    coalesce(count_if("score__rejected_3"), 0) as "rejects__6"
  from "cells"
  group by all
)
select
  "period__",
  0 as "set__",
  sum("rows__") as "rows__",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  sum("count__3") as "count__3",
  sum("sum__2") as "sum__2",
  sum("products__2") as "products__2",
  sum("rejects__4") as "rejects__4",
  sum("rejects__5") as "rejects__5",
  sum("rejects__6") as "rejects__6"
from "finest"
group by grouping sets (("period__"));

create or replace temporary table "covered__tickets__by_opened_at_within_year_to_date" as
with "rows" as (
  select
    "opened_at"
  from "source__tickets"
)
select
  min(year("opened_at") * 12 + month("opened_at") - 1) as "first_period",
  max(year("opened_at") * 12 + month("opened_at") - 1) as "last_period",
  min("opened_at") as "oldest__",
  max("opened_at") as "newest__",
  count(*) as "rows__"
from "rows"
where "opened_at" < timestamp '2026-04-01 00:00:00';

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__tickets"
    union all
    select first_period, last_period from "covered__tickets__by_opened_at_within_year_to_date"
  )
),
"segments" as (
  select
    "set__",
    bool_or(dataset__ = 'tickets') as "has__tickets",
    bool_or(dataset__ = 'tickets__by_opened_at_within_year_to_date') as "has__tickets__by_opened_at_within_year_to_date"
  from (
    select "set__", 'tickets' as dataset__ from "scan__tickets" where "period__" is not null
    union all
    select "set__", 'tickets__by_opened_at_within_year_to_date' as dataset__ from "scan__tickets__by_opened_at_within_year_to_date" where "period__" is not null
    union all
    select * from (values
      (0, 'tickets'),
      (0, 'tickets__by_opened_at_within_year_to_date')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__tickets".first_period and "covered__tickets".last_period as "in__tickets",
    "period__" between "covered__tickets__by_opened_at_within_year_to_date".first_period and "covered__tickets__by_opened_at_within_year_to_date".last_period as "in__tickets__by_opened_at_within_year_to_date"
  from periods cross join segments
  cross join "covered__tickets"
  cross join "covered__tickets__by_opened_at_within_year_to_date"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."has__tickets" as "has__tickets",
    spine."has__tickets__by_opened_at_within_year_to_date" as "has__tickets__by_opened_at_within_year_to_date",
    case when "in__tickets" then coalesce("scan__tickets"."count__1", 0) end as "count__1",
    "scan__tickets"."sum__1" as "sum__1",
    "scan__tickets"."products__1" as "products__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    case when "in__tickets__by_opened_at_within_year_to_date" then coalesce("scan__tickets__by_opened_at_within_year_to_date"."count__3", 0) end as "count__3",
    case when "in__tickets__by_opened_at_within_year_to_date" then "scan__tickets__by_opened_at_within_year_to_date"."sum__2" end as "sum__2",
    case when "in__tickets__by_opened_at_within_year_to_date" then "scan__tickets__by_opened_at_within_year_to_date"."products__2" end as "products__2",
    case when "in__tickets__by_opened_at_within_year_to_date" then coalesce("scan__tickets__by_opened_at_within_year_to_date"."rejects__4", 0) end as "rejects__4",
    case when "in__tickets__by_opened_at_within_year_to_date" then coalesce("scan__tickets__by_opened_at_within_year_to_date"."rejects__5", 0) end as "rejects__5",
    case when "in__tickets__by_opened_at_within_year_to_date" then coalesce("scan__tickets__by_opened_at_within_year_to_date"."rejects__6", 0) end as "rejects__6"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
  left join "scan__tickets__by_opened_at_within_year_to_date" on "scan__tickets__by_opened_at_within_year_to_date"."period__" = spine."period__"
    and "scan__tickets__by_opened_at_within_year_to_date"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("sum__1" / nullif("count__1", 0) as double) as "mean_score",
    "count__1" as "mean_score__n",
    "count__1" as "mean_score__seen",
    false as "mean_score__zero",
    cast("sum__2" / nullif("count__3", 0) as double) as "mean_score__year_to_date",
    "count__3" as "mean_score__year_to_date__n",
    "count__3" as "mean_score__year_to_date__seen",
    false as "mean_score__year_to_date__zero"
  from "terms"
),
"values_2" as (
  select
    *,
    cast("mean_score" - "mean_score__year_to_date" as double) as "rolling",
    least("mean_score__n", "mean_score__year_to_date__n") as "rolling__n",
    "mean_score__n" + "mean_score__year_to_date__n" as "rolling__seen",
    false as "rolling__zero"
  from "values_1"
)
select
  "period__",
  "set__",
  "has__tickets",
  "has__tickets__by_opened_at_within_year_to_date",
  case when isfinite("mean_score") then "mean_score" end as "mean_score",
  "mean_score__n",
  "mean_score__seen",
  "mean_score__zero",
  "sum__1" as "mean_score__of_sum",
  "products__1" as "mean_score__of_squares",
  "count__1" as "mean_score__of_n",
  coalesce("rejects__1", 0) as "mean_score__rejected_1",
  coalesce("rejects__3", 0) as "mean_score__rejected_2",
  coalesce("rejects__2", 0) as "mean_score__rejected_3",
  case when isfinite("mean_score__year_to_date") then "mean_score__year_to_date" end as "mean_score__year_to_date",
  "mean_score__year_to_date__n",
  "mean_score__year_to_date__seen",
  "mean_score__year_to_date__zero",
  "sum__2" as "mean_score__year_to_date__of_sum",
  "products__2" as "mean_score__year_to_date__of_squares",
  "count__3" as "mean_score__year_to_date__of_n",
  coalesce("rejects__4", 0) as "mean_score__year_to_date__rejected_1",
  coalesce("rejects__6", 0) as "mean_score__year_to_date__rejected_2",
  coalesce("rejects__5", 0) as "mean_score__year_to_date__rejected_3",
  case when isfinite("rolling") then "rolling" end as "rolling",
  "rolling__n",
  "rolling__seen",
  "rolling__zero"
from "values_2"
order by "period__", "set__";
