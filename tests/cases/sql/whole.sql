create or replace temporary view "source__tickets" as
select * from (
  select
    "ticket_id",
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "channel"
  from (
    select
      "ticket_id",
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "channel"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    nullif("ticket_id", '') as "ticket_id",
    "opened_at",
    "channel"
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
    "channel",
    "opened_at" as "clock__",
    "ticket_id"
  from "seen"
),
"finest" as (
  select
    "period__",
    "channel",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("ticket_id") as "count__1"
  from "cells"
  group by all
),
"checked" as (
  select
    * replace (
      ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel"
    )
  from "finest"
)
select
  "period__",
  1 * grouping("channel") as "set__",
  cast("channel" as varchar) as "channel",
  sum("rows__") as "rows__",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  sum("count__1") as "count__1",
  sum("count__1") as "count__2",
  sum("rows__") as "count__3"
from "checked"
group by grouping sets (("period__"), ("period__", "channel"));

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
    select "set__", "channel", 'tickets' as dataset__ from "scan__tickets" where "period__" is not null and "set__" in (1, 0)
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
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__tickets" then coalesce("scan__tickets__without_channel"."count__2", 0) end as "count__2"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
    and "scan__tickets"."channel" is not distinct from spine."channel"
  left join "scan__tickets" as "scan__tickets__without_channel" on "scan__tickets__without_channel"."period__" = spine."period__"
    and "scan__tickets__without_channel"."set__" = (spine."set__" | 1)
),
"values_1" as (
  select
    *,
    cast(100 * "count__1" / nullif("count__2", 0) as double) as "share",
    "count__2" as "share__n",
    "count__1" + "count__2" as "share__seen",
    coalesce("count__2" = 0, false) as "share__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "channel",
  "has__tickets",
  case when isfinite("share") then "share" end as "share",
  "share__n",
  "share__seen",
  "share__zero",
  "count__1" as "share__of_k",
  "count__2" as "share__of_n"
from "values_1"
order by "period__", "set__", "channel";
