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
    "opened_at",
    "score",
    "score__rejected_1",
    "score__rejected_2",
    "score__rejected_3",
    (epoch_us(timestamp '2026-04-01 00:00:00') - epoch_us("opened_at")) / 1e6 >= 4924800 as "is__1"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    coalesce(count_if("is__1" and "score" is not null), 0) as "count__1",
    sum(case when "is__1" then "score" end) as "sum__1",
    sum(case when "is__1" then cast("score" as double) * "score" end) as "products__1",
    coalesce(count_if("is__1" and "score__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("is__1" and "score__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("is__1" and "score__rejected_3"), 0) as "rejects__3",
    coalesce(count_if(((epoch_us(timestamp '2026-04-01 00:00:00') - epoch_us("opened_at")) / 1e6 >= 4924800) is not true), 0) as "count__2"
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
  sum("count__2") as "count__2",
  sum("rows__") as "count__3"
from "finest"
group by grouping sets (("period__"));

create or replace temporary table "covered__tickets" as
select
  min("period__") as "first_period",
  max("period__") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__"
from "scan__tickets";

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__tickets"
  )
),
"segments" as (
  select
    "set__",
    bool_or(dataset__ = 'tickets') as "has__tickets"
  from (
    select "set__", 'tickets' as dataset__ from "scan__tickets" where "period__" is not null
    union all
    select * from (values
      (0, 'tickets')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__tickets".first_period and "covered__tickets".last_period as "in__tickets"
  from periods cross join segments
  cross join "covered__tickets"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."has__tickets" as "has__tickets",
    case when "in__tickets" then coalesce("scan__tickets"."count__1", 0) end as "count__1",
    "scan__tickets"."sum__1" as "sum__1",
    "scan__tickets"."products__1" as "products__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("sum__1" / nullif("count__1", 0) as double) as "settled_score",
    "count__1" as "settled_score__n",
    "count__1" as "settled_score__seen",
    false as "settled_score__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("settled_score") then "settled_score" end as "settled_score",
  "settled_score__n",
  "settled_score__seen",
  "settled_score__zero",
  "sum__1" as "settled_score__of_sum",
  "products__1" as "settled_score__of_squares",
  "count__1" as "settled_score__of_n",
  coalesce("rejects__1", 0) as "settled_score__rejected_1",
  coalesce("rejects__3", 0) as "settled_score__rejected_2",
  coalesce("count__2", 0) as "settled_score__rejected_3",
  coalesce("rejects__2", 0) as "settled_score__rejected_4"
from "values_1"
order by "period__", "set__";
