create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "customer_id",
    "wait__raw",
    case when not contains("wait__raw", '_') and not starts_with("wait__raw", '+-') then try_cast("wait__raw" as double) end as "wait",
    "score__raw",
    case when regexp_full_match("score__raw", '[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?') then try_cast("score__raw" as bigint) end as "score"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "customer_id",
      nullif(trim("wait"), '') as "wait__raw",
      nullif(trim("score"), '') as "score__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    nullif("customer_id", '') as "customer_id",
    case when "wait" between 0 and 1.7976931348623157e+308 then "wait" end as "wait",
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
    "customer_id",
    "score",
    "score__rejected_1",
    "score__rejected_2",
    "score__rejected_3",
    "wait",
    "wait" * "score" as "value__1",
    "score" is not null as "is__1",
    "wait" >= 0 as "is__2"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    sum(case when "is__2" then "value__1" end) as "sum__1",
    sum(case when "is__1" and "is__2" then "wait" end) as "sum__2",
    coalesce(count_if("score__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("score__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("score__rejected_3"), 0) as "rejects__3",
    coalesce(count_if(("wait" >= 0) is not true), 0) as "count__1"
  from "cells"
  group by all
),
"rolled" as (
  select
    "period__",
    0 as "set__",
    sum("rows__") as "rows__",
    min("oldest__") as "oldest__",
    max("newest__") as "newest__",
    sum("sum__1") as "sum__1",
    sum("sum__2") as "sum__2",
    sum("rejects__1") as "rejects__1",
    sum("rejects__2") as "rejects__2",
    sum("rejects__3") as "rejects__3",
    sum("count__1") as "count__1",
    sum("rows__") as "count__2"
  from "finest"
  group by grouping sets (("period__"))
),
"whole_rows" as (
  select
    "period__",
    0 as "set__",
    count(distinct case when "is__1" and "is__2" then "customer_id" end) as "count_distinct__1"
  from "cells"
  group by grouping sets (("period__"))
),
"curve_weighted_quantile__1" as (
  select
    "period__",
    "set__",
    min(at__) filter (where below__ >= 0.5 * whole__ * (1 - 1e-12)) as "weighted_quantile__1"
  from (
    select
      *,
      sum(weight__) over (partition by "period__", "set__" order by at__) as "below__",
      sum(weight__) over (partition by "period__", "set__") as "whole__"
    from (
      select
        "period__",
        0 as "set__",
        "score" as "at__",
        sum("wait") as "weight__"
      from "cells"
      where "is__2"
        and "score" is not null
        and "wait" > 0
      group by grouping sets (("period__", "score"))
    )
  )
  group by "period__", "set__"
)
select
  rolled.*,
  whole_rows."count_distinct__1" as "count_distinct__1",
  "curve_weighted_quantile__1"."weighted_quantile__1" as "weighted_quantile__1"
from rolled join whole_rows
  on rolled."period__" is not distinct from whole_rows."period__"
  and rolled."set__" is not distinct from whole_rows."set__" left join "curve_weighted_quantile__1"
  on rolled."period__" is not distinct from "curve_weighted_quantile__1"."period__"
  and rolled."set__" is not distinct from "curve_weighted_quantile__1"."set__";

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
    case when "in__tickets" then coalesce("scan__tickets"."count_distinct__1", 0) end as "count_distinct__1",
    "scan__tickets"."sum__1" as "sum__1",
    "scan__tickets"."sum__2" as "sum__2",
    "scan__tickets"."weighted_quantile__1" as "weighted_quantile__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__1", 0) end as "count__1",
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("sum__1" / nullif("sum__2", 0) + "weighted_quantile__1" as double) as "weighted_score",
    "count_distinct__1" as "weighted_score__n",
    "count_distinct__1" as "weighted_score__seen",
    false as "weighted_score__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("weighted_score") then "weighted_score" end as "weighted_score",
  "weighted_score__n",
  "weighted_score__seen",
  "weighted_score__zero",
  coalesce("rejects__1", 0) as "weighted_score__rejected_1",
  coalesce("count__1", 0) as "weighted_score__rejected_2",
  coalesce("rejects__3", 0) as "weighted_score__rejected_3",
  coalesce("rejects__2", 0) as "weighted_score__rejected_4"
from "values_1"
order by "period__", "set__";
