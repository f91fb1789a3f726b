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
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel"
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
    year("opened_at") as "period__",
    "opened_at" as "clock__",
    "ticket_id",
    "channel" = 'phone' as "is__1"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("ticket_id") as "count__1",
    coalesce(count_if("is__1" and "ticket_id" is not null), 0) as "count__3",
    coalesce(count_if("is__1"), 0) as "count__4"
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
  sum("count__4") as "count__4"
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
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__4", 0) end as "count__4"
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
    cast("count__3" as double) as "contacts__where_1",
    "count__3" as "contacts__where_1__n",
    "count__3" as "contacts__where_1__seen",
    false as "contacts__where_1__zero"
  from "terms"
),
"values_2" as (
  select
    *,
    cast(100 * "contacts__where_1" / nullif("contacts", 0) as double) as "phone_share",
    "contacts__n" as "phone_share__n",
    "contacts__n" + "contacts__where_1__n" as "phone_share__seen",
    coalesce("contacts" = 0, false) as "phone_share__zero"
  from "values_1"
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
  case when isfinite("contacts__where_1") then "contacts__where_1" end as "contacts__where_1",
  "contacts__where_1__n",
  "contacts__where_1__seen",
  "contacts__where_1__zero",
  "count__3" as "contacts__where_1__of_k",
  case when isfinite("phone_share") then "phone_share" end as "phone_share",
  "phone_share__n",
  "phone_share__seen",
  "phone_share__zero",
  "count__3" as "phone_share__of_k",
  "count__1" as "phone_share__of_n"
from "values_2"
order by "period__", "set__";
