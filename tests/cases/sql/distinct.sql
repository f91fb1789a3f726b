create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "channel",
    "customer_id"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "channel",
      "customer_id"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel",
    nullif("customer_id", '') as "customer_id"
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
    cast(floor((cast("opened_at" as date) - date '1970-01-05') / 7) as bigint) as "period__",
    "channel",
    "opened_at" as "clock__",
    "customer_id"
  from "seen"
),
"finest" as (
  select
    "period__",
    "channel",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("customer_id") as "count__1"
  from "cells"
  group by all
),
"rolled" as (
  select
    "period__",
    1 * grouping("channel") as "set__",
    cast("channel" as varchar) as "channel",
    sum("rows__") as "rows__",
    min("oldest__") as "oldest__",
    max("newest__") as "newest__",
    sum("count__1") as "count__1",
    sum("rows__") as "count__2"
  from "finest"
  group by grouping sets (("period__"), ("period__", "channel"))
),
"whole_rows" as (
  select
    "period__",
    1 * grouping("channel") as "set__",
    cast("channel" as varchar) as "channel",
    count(distinct "customer_id") as "count_distinct__1"
  from "cells"
  group by grouping sets (("period__"), ("period__", "channel"))
)
select
  rolled.*,
  whole_rows."count_distinct__1" as "count_distinct__1"
from rolled join whole_rows
  on rolled."period__" is not distinct from whole_rows."period__"
  and rolled."set__" is not distinct from whole_rows."set__"
  and rolled."channel" is not distinct from whole_rows."channel";

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
    "channel",
    bool_or(dataset__ = 'tickets') as "has__tickets"
  from (
    select "set__", "channel", 'tickets' as dataset__ from "scan__tickets" where "period__" is not null
    union all
    select * from (values
      (1, null, 'tickets'),
      (0, 'phone', 'tickets'),
      (0, 'email', 'tickets')
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
    spine."channel" as "channel",
    spine."has__tickets" as "has__tickets",
    case when "in__tickets" then coalesce("scan__tickets"."count__1", 0) end as "count__1",
    case when "in__tickets" then coalesce("scan__tickets"."count_distinct__1", 0) end as "count_distinct__1",
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
    and "scan__tickets"."channel" is not distinct from spine."channel"
),
"values_1" as (
  select
    *,
    cast("count_distinct__1" as double) as "customers",
    "count__1" as "customers__n",
    "count__1" as "customers__seen",
    false as "customers__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "channel",
  "has__tickets",
  case when isfinite("customers") then "customers" end as "customers",
  "customers__n",
  "customers__seen",
  "customers__zero",
  "count_distinct__1" as "customers__of_k"
from "values_1"
order by "period__", "set__", "channel";
