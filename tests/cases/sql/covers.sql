create or replace temporary view "source__tickets" as
select * from (
  select
    "ticket_id",
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "wait__raw",
    case when not contains("wait__raw", '_') and not starts_with("wait__raw", '+-') then try_cast("wait__raw" as double) end as "wait"
  from (
    select
      "ticket_id",
      nullif(trim("opened_at"), '') as "opened_at__raw",
      nullif(trim("wait"), '') as "wait__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    nullif("ticket_id", '') as "ticket_id",
    "opened_at",
    case when "wait" between 0 and 1.7976931348623157e+308 then "wait" end as "wait",
    "wait__raw" is not null and "wait" is null as "wait__rejected_1",
    not isfinite("wait") as "wait__rejected_2",
    not ("wait" >= 0) and isfinite("wait") as "wait__rejected_3"
  from "source__tickets"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-08-01 00:00:00', true)
),
"cells" as (
  select
    year("opened_at") * 12 + month("opened_at") - 1 as "period__",
    "opened_at" as "clock__",
    "ticket_id",
    "wait",
    "wait__rejected_1",
    "wait__rejected_2",
    "wait__rejected_3"
  from "seen"
  where coalesce("opened_at" >= timestamp '2025-01-01 00:00:00' and "opened_at" < timestamp '2026-07-01 00:00:00', true)
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("ticket_id") as "count__1",
    count("wait") as "count__3",
    sum("wait") as "sum__1",
    sum(cast("wait" as double) * "wait") as "products__1",
    coalesce(count_if("wait__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("wait__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("wait__rejected_3"), 0) as "rejects__3"
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
  sum("rows__") as "count__2",
  sum("count__3") as "count__3",
  sum("sum__1") as "sum__1",
  sum("products__1") as "products__1",
  sum("rejects__1") as "rejects__1",
  sum("rejects__2") as "rejects__2",
  sum("rejects__3") as "rejects__3"
from "finest"
group by grouping sets (("period__"));

create or replace temporary table "covered__tickets" as
with "rows" as (
  select
    "opened_at"
  from "source__tickets"
)
select
  24313 as "first_period",
  24316 as "last_period",
  min("opened_at") as "oldest__",
  max("opened_at") as "newest__",
  count(*) as "rows__"
from "rows"
where "opened_at" < timestamp '2026-08-01 00:00:00';

with "periods" as (
  select unnest(generate_series(24300, 24317)) as "period__"
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
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__tickets" then "scan__tickets"."sum__1" end as "sum__1",
    case when "in__tickets" then "scan__tickets"."products__1" end as "products__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("count__1" as double) as "contacts",
    "count__1" as "contacts__n",
    "count__1" as "contacts__seen",
    false as "contacts__zero",
    cast("sum__1" as double) as "waited",
    "count__3" as "waited__n",
    "count__3" as "waited__seen",
    false as "waited__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("contacts") then "contacts" end as "contacts",
  "contacts__n",
  "contacts__seen",
  "contacts__zero",
  "count__1" as "contacts__of_k",
  case when isfinite("waited") then "waited" end as "waited",
  "waited__n",
  "waited__seen",
  "waited__zero",
  1 as "waited__of_d1",
  "products__1" as "waited__of_s1",
  coalesce("rejects__2", 0) as "waited__rejected_1",
  coalesce("rejects__3", 0) as "waited__rejected_2",
  coalesce("rejects__1", 0) as "waited__rejected_3"
from "values_1"
order by "period__", "set__";
