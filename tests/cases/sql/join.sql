create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "customer_id",
    "score__raw",
    case when regexp_full_match("score__raw", '[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?') then try_cast("score__raw" as bigint) end as "score"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "customer_id",
      nullif(trim("score"), '') as "score__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary view "source__customers" as
select * from (
  select
    "customer_id",
    "country",
    "size__raw",
    case when not contains("size__raw", '_') and not starts_with("size__raw", '+-') then try_cast("size__raw" as double) end as "size"
  from (
    select
      "customer_id",
      "country",
      nullif(trim("size"), '') as "size__raw"
    from read_csv(['customers.csv'], columns = {'customer_id': 'VARCHAR', 'country': 'VARCHAR', 'size': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    nullif("customer_id", '') as "customer_id",
    case when "score" between 0 and 10 then "score" end as "score",
    "score" in (11) as "score__rejected_1",
    "score__raw" is not null and "score" is null as "score__rejected_2",
    not ("score" between 0 and 10) and "score" not in (11) as "score__rejected_3"
  from "source__tickets"
),
"customer_rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    nullif("country", '') as "country",
    case when "size" between -1.7976931348623157e+308 and 1.7976931348623157e+308 then "size" end as "size"
  from "source__customers"
),
"customer" as (
  select
    *,
    true as "matched__"
  from "customer_rows"
),
"joined" as (
  select
    "rows".*,
    "customer"."country" as "customer.country",
    "customer"."size" as "customer.size",
    "rows"."customer_id" is not null and "customer"."matched__" is null as "customer.unmatched__"
  from "rows"
  left join "customer" on "rows"."customer_id" = "customer"."customer_id"
),
"seen" as (
  select
    *
  from "joined"
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
),
"cells" as (
  select
    year("opened_at") * 12 + month("opened_at") - 1 as "period__",
    "opened_at" as "clock__",
    "customer.size",
    "customer.unmatched__",
    "score",
    "score__rejected_1",
    "score__rejected_2",
    "score__rejected_3",
    "customer.country" <> 'fr' as "is__1"
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
    count("customer.size") as "count__2",
    max("customer.size") as "max__1",
    coalesce(count_if("is__1" and "score__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("is__1" and "score__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("is__1" and "score__rejected_3"), 0) as "rejects__3",
    coalesce(count_if("customer.unmatched__"), 0) as "count__3"
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
  sum("count__2") as "count__2",
  max("max__1") as "max__1",
  sum("rejects__1") as "rejects__1",
  sum("rejects__2") as "rejects__2",
  sum("rejects__3") as "rejects__3",
  sum("count__3") as "count__3",
  sum("rows__") as "count__4"
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
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    "scan__tickets"."max__1" as "max__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__4", 0) end as "count__4"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("sum__1" / nullif("count__1", 0) / nullif("max__1", 0) as double) as "score_abroad",
    "count__2" as "score_abroad__n",
    "count__1" + "count__2" as "score_abroad__seen",
    coalesce("max__1" = 0, false) as "score_abroad__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("score_abroad") then "score_abroad" end as "score_abroad",
  "score_abroad__n",
  "score_abroad__seen",
  "score_abroad__zero",
  coalesce("rejects__1", 0) as "score_abroad__rejected_1",
  coalesce("rejects__3", 0) as "score_abroad__rejected_2",
  coalesce("count__3", 0) as "score_abroad__rejected_3",
  coalesce("rejects__2", 0) as "score_abroad__rejected_4"
from "values_1"
order by "period__", "set__";
