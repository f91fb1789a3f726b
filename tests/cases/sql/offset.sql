create or replace temporary view "source__tickets" as
select * from (
  select
    "ticket_id",
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at"
  from (
    select
      "ticket_id",
      nullif(trim("opened_at"), '') as "opened_at__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    nullif("ticket_id", '') as "ticket_id",
    "opened_at"
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
    "ticket_id"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("ticket_id") as "count__1"
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
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("count__1" as double) as "tickets_opened",
    "count__1" as "tickets_opened__n",
    "count__1" as "tickets_opened__seen",
    false as "tickets_opened__zero"
  from "terms"
),
"values_2" as (
  select
    "values_1".*,
    cast("values_1"."tickets_opened" - "minus_1_month"."tickets_opened" as double) as "growing",
    least("values_1"."tickets_opened__n", "minus_1_month"."tickets_opened__n") as "growing__n",
    "values_1"."tickets_opened__n" + "minus_1_month"."tickets_opened__n" as "growing__seen",
    false as "growing__zero"
  from "values_1"
  left join "values_1" as "minus_1_month" on "minus_1_month"."period__" = "values_1"."period__" - 1
    and "minus_1_month"."set__" is not distinct from "values_1"."set__"
),
"intervals" as (
  select
    "values_2".*,
    "values_2"."count__1" as "tickets_opened__of_k",
    1 as "growing__of_d1",
    "values_2"."count__1" as "growing__of_s1",
    -1 as "growing__of_d2",
    "minus_1_month"."count__1" as "growing__of_s2"
  from "values_2"
  left join "values_2" as "minus_1_month" on "minus_1_month"."period__" = "values_2"."period__" - 1
    and "minus_1_month"."set__" is not distinct from "values_2"."set__"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("tickets_opened") then "tickets_opened" end as "tickets_opened",
  "tickets_opened__n",
  "tickets_opened__seen",
  "tickets_opened__zero",
  "tickets_opened__of_k",
  case when isfinite("growing") then "growing" end as "growing",
  "growing__n",
  "growing__seen",
  "growing__zero",
  "growing__of_d1",
  "growing__of_s1",
  "growing__of_d2",
  "growing__of_s2"
from "intervals"
order by "period__", "set__";
