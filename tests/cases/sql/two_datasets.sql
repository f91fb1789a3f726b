create or replace temporary view "source__tickets" as
select * from (
  select
    "ticket_id",
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "region"
  from (
    select
      "ticket_id",
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "region"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary view "source__subscribers" as
select * from (
  select
    "month__raw",
    case when "month__raw" like '____-__-__' then try_cast("month__raw" as date) when regexp_full_match("month__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00([.]0+)?)?') then try_cast("month__raw" as date) end as "month",
    "region",
    "subscribers__raw",
    case when regexp_full_match("subscribers__raw", '[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?') then try_cast("subscribers__raw" as bigint) end as "subscribers"
  from (
    select
      nullif(trim("month"), '') as "month__raw",
      "region",
      nullif(trim("subscribers"), '') as "subscribers__raw"
    from read_csv(['subscribers.csv'], columns = {'month': 'VARCHAR', 'region': 'VARCHAR', 'subscribers': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    nullif("ticket_id", '') as "ticket_id",
    "opened_at",
    "region"
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
    "region",
    "opened_at" as "clock__",
    "ticket_id"
  from "seen"
),
"finest" as (
  select
    "period__",
    "region",
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
      nullif("region", '') as "region"
    )
  from "finest"
)
select
  "period__",
  1 * grouping("region") as "set__",
  cast("region" as varchar) as "region",
  sum("rows__") as "rows__",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  sum("count__1") as "count__1",
  sum("rows__") as "count__3"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__tickets" as
select
  min("period__") as "first_period",
  max("period__") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__"
from "scan__tickets";

create or replace temporary table "scan__subscribers" as
with "rows" as (
  select
    "month",
    "region",
    "subscribers",
    "subscribers__raw" is not null and "subscribers" is null as "subscribers__rejected_1"
  from "source__subscribers"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("month" < date '2026-04-01', true)
),
"cells" as (
  select
    year("month") * 12 + month("month") - 1 as "period__",
    "region",
    "month" as "clock__",
    "subscribers",
    "subscribers__rejected_1"
  from "seen"
),
"finest" as (
  select
    "period__",
    "region",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("subscribers") as "count__2",
    sum("subscribers") as "sum__1",
    coalesce(count_if("subscribers__rejected_1"), 0) as "rejects__1"
  from "cells"
  group by all
),
"checked" as (
  select
    * replace (
      nullif("region", '') as "region"
    )
  from "finest"
)
select
  "period__",
  1 * grouping("region") as "set__",
  cast("region" as varchar) as "region",
  sum("rows__") as "rows__",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  sum("count__2") as "count__2",
  sum("sum__1") as "sum__1",
  sum("rejects__1") as "rejects__1",
  sum("rows__") as "count__4"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__subscribers" as
select
  24312 as "first_period",
  24315 as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__"
from "scan__subscribers";

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__tickets"
    union all
    select first_period, last_period from "covered__subscribers"
  )
),
"segments" as (
  select
    "set__",
    "region",
    bool_or(dataset__ = 'tickets') as "has__tickets",
    bool_or(dataset__ = 'subscribers') as "has__subscribers"
  from (
    select "set__", "region", 'tickets' as dataset__ from "scan__tickets" where "period__" is not null
    union all
    select "set__", "region", 'subscribers' as dataset__ from "scan__subscribers" where "period__" is not null
    union all
    select * from (values
      (1, null, 'tickets'),
      (1, null, 'subscribers')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__tickets".first_period and "covered__tickets".last_period as "in__tickets",
    "period__" between "covered__subscribers".first_period and "covered__subscribers".last_period as "in__subscribers"
  from periods cross join segments
  cross join "covered__tickets"
  cross join "covered__subscribers"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."region" as "region",
    spine."has__tickets" as "has__tickets",
    spine."has__subscribers" as "has__subscribers",
    case when "in__tickets" then coalesce("scan__tickets"."count__1", 0) end as "count__1",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__subscribers" then coalesce("scan__subscribers"."count__2", 0) end as "count__2",
    case when "in__subscribers" then "scan__subscribers"."sum__1" end as "sum__1",
    case when "in__subscribers" then coalesce("scan__subscribers"."rejects__1", 0) end as "rejects__1",
    case when "in__subscribers" then coalesce("scan__subscribers"."count__4", 0) end as "count__4"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
    and "scan__tickets"."region" is not distinct from spine."region"
  left join "scan__subscribers" on "scan__subscribers"."period__" = spine."period__"
    and "scan__subscribers"."set__" = spine."set__"
    and "scan__subscribers"."region" is not distinct from spine."region"
),
"values_1" as (
  select
    *,
    cast(1000 * "count__1" / nullif("sum__1", 0) as double) as "contacts_per_thousand",
    "count__2" as "contacts_per_thousand__n",
    "count__1" + "count__2" as "contacts_per_thousand__seen",
    coalesce("sum__1" = 0, false) as "contacts_per_thousand__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "region",
  "has__tickets",
  "has__subscribers",
  case when isfinite("contacts_per_thousand") then "contacts_per_thousand" end as "contacts_per_thousand",
  "contacts_per_thousand__n",
  "contacts_per_thousand__seen",
  "contacts_per_thousand__zero",
  "count__1" as "contacts_per_thousand__of_k",
  "sum__1" as "contacts_per_thousand__of_exposure",
  coalesce("rejects__1", 0) as "contacts_per_thousand__rejected_1"
from "values_1"
order by "period__", "set__", "region";
