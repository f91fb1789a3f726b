create or replace temporary view "source__requests" as
select * from (
  select
    "request_id",
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "solved_at__raw",
    case when "solved_at__raw" like '____-__-__ __:__:__' then try_cast("solved_at__raw" as timestamp) when regexp_full_match("solved_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("solved_at__raw" as timestamp) when regexp_full_match("solved_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("solved_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "solved_at"
  from (
    select
      "request_id",
      nullif(trim("opened_at"), '') as "opened_at__raw",
      nullif(trim("solved_at"), '') as "solved_at__raw"
    from read_csv(['requests.csv'], columns = {'request_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'solved_at': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__requests__by_solved_at" as
with "rows" as (
  select
    nullif("request_id", '') as "request_id",
    "opened_at",
    "solved_at"
  from "source__requests"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
),
"cells" as (
  select
    year("solved_at") * 12 + month("solved_at") - 1 as "period__",
    "solved_at" as "clock__",
    "request_id"
  from "seen"
  where "solved_at" < timestamp '2026-04-01 00:00:00'
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("request_id") as "count__1"
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
  sum("rows__") as "count__2"
from "finest"
group by grouping sets (("period__"));

create or replace temporary table "covered__requests__by_solved_at" as
with "rows" as (
  select
    "opened_at",
    "solved_at"
  from "source__requests"
)
select
  min(least(year("opened_at") * 12 + month("opened_at") - 1, case when "solved_at" < timestamp '2026-04-01 00:00:00' then year("solved_at") * 12 + month("solved_at") - 1 end)) as "first_period",
  max(greatest(year("opened_at") * 12 + month("opened_at") - 1, case when "solved_at" < timestamp '2026-04-01 00:00:00' then year("solved_at") * 12 + month("solved_at") - 1 end)) as "last_period",
  min("opened_at") as "oldest__",
  max("opened_at") as "newest__",
  count(*) as "rows__"
from "rows"
where "opened_at" < timestamp '2026-04-01 00:00:00';

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__requests__by_solved_at"
  )
),
"segments" as (
  select
    "set__",
    bool_or(dataset__ = 'requests__by_solved_at') as "has__requests__by_solved_at"
  from (
    select "set__", 'requests__by_solved_at' as dataset__ from "scan__requests__by_solved_at" where "period__" is not null
    union all
    select * from (values
      (0, 'requests__by_solved_at')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__requests__by_solved_at".first_period and "covered__requests__by_solved_at".last_period as "in__requests__by_solved_at"
  from periods cross join segments
  cross join "covered__requests__by_solved_at"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."has__requests__by_solved_at" as "has__requests__by_solved_at",
    case when "in__requests__by_solved_at" then coalesce("scan__requests__by_solved_at"."count__1", 0) end as "count__1",
    case when "in__requests__by_solved_at" then coalesce("scan__requests__by_solved_at"."count__2", 0) end as "count__2"
  from spine
  left join "scan__requests__by_solved_at" on "scan__requests__by_solved_at"."period__" = spine."period__"
    and "scan__requests__by_solved_at"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("count__1" as double) as "solved",
    "count__1" as "solved__n",
    "count__1" as "solved__seen",
    false as "solved__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__requests__by_solved_at",
  case when isfinite("solved") then "solved" end as "solved",
  "solved__n",
  "solved__seen",
  "solved__zero",
  "count__1" as "solved__of_k"
from "values_1"
order by "period__", "set__";
