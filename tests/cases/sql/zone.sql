create or replace temporary macro utc_from__europe_paris(clock) as
make_timestamp(epoch_us(clock) + case
  when clock < timestamp '2020-01-01 00:00:00' or clock >= timestamp '2027-05-06 00:00:00' then epoch_us(timezone('Europe/Paris', clock)) - epoch_us(clock)
  when clock >= timestamp '2027-03-28 03:00:00' then -7200000000
  when clock >= timestamp '2026-10-25 02:00:00' then -3600000000
  when clock >= timestamp '2026-03-29 03:00:00' then -7200000000
  when clock >= timestamp '2025-10-26 02:00:00' then -3600000000
  when clock >= timestamp '2025-03-30 03:00:00' then -7200000000
  when clock >= timestamp '2024-10-27 02:00:00' then -3600000000
  when clock >= timestamp '2024-03-31 03:00:00' then -7200000000
  when clock >= timestamp '2023-10-29 02:00:00' then -3600000000
  when clock >= timestamp '2023-03-26 03:00:00' then -7200000000
  when clock >= timestamp '2022-10-30 02:00:00' then -3600000000
  when clock >= timestamp '2022-03-27 03:00:00' then -7200000000
  when clock >= timestamp '2021-10-31 02:00:00' then -3600000000
  when clock >= timestamp '2021-03-28 03:00:00' then -7200000000
  when clock >= timestamp '2020-10-25 02:00:00' then -3600000000
  when clock >= timestamp '2020-03-29 03:00:00' then -7200000000
  else -3600000000
end);

create or replace temporary macro local_in__europe_paris(clock) as
make_timestamp(epoch_us(clock) + case
  when clock < timestamp '2020-01-01 00:00:00' or clock >= timestamp '2027-05-06 00:00:00' then epoch_us(timezone('Europe/Paris', timezone('UTC', clock))) - epoch_us(clock)
  when clock >= timestamp '2027-03-28 01:00:00' then 7200000000
  when clock >= timestamp '2026-10-25 01:00:00' then 3600000000
  when clock >= timestamp '2026-03-29 01:00:00' then 7200000000
  when clock >= timestamp '2025-10-26 01:00:00' then 3600000000
  when clock >= timestamp '2025-03-30 01:00:00' then 7200000000
  when clock >= timestamp '2024-10-27 01:00:00' then 3600000000
  when clock >= timestamp '2024-03-31 01:00:00' then 7200000000
  when clock >= timestamp '2023-10-29 01:00:00' then 3600000000
  when clock >= timestamp '2023-03-26 01:00:00' then 7200000000
  when clock >= timestamp '2022-10-30 01:00:00' then 3600000000
  when clock >= timestamp '2022-03-27 01:00:00' then 7200000000
  when clock >= timestamp '2021-10-31 01:00:00' then 3600000000
  when clock >= timestamp '2021-03-28 01:00:00' then 7200000000
  when clock >= timestamp '2020-10-25 01:00:00' then 3600000000
  when clock >= timestamp '2020-03-29 01:00:00' then 7200000000
  else 3600000000
end);

create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    "opened_at__local",
    case when "opened_at__local" is not null then utc_from__europe_paris("opened_at__local") when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at"
  from (
    select
      "opened_at__raw",
      case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) end as "opened_at__local"
    from (
      select
        nullif(trim("opened_at"), '') as "opened_at__raw"
      from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
    )
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    "opened_at__raw" is not null and "opened_at" is null as "opened_at__rejected_1"
  from "source__tickets"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-03-31 22:00:00', true)
),
"cells" as (
  select
    year(local_in__europe_paris("opened_at")) * 12 + month(local_in__europe_paris("opened_at")) - 1 as "period__",
    "opened_at" as "clock__",
    "opened_at__rejected_1",
    hour(local_in__europe_paris("opened_at")) as "value__1",
    hour(local_in__europe_paris("opened_at")) < 6 as "value__2"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    coalesce(count_if("value__2"), 0) as "count__1",
    count("value__1") as "count__2",
    count("value__2") as "count__3",
    coalesce(count_if("opened_at__rejected_1"), 0) as "rejects__1"
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
  sum("count__2") as "count__2",
  sum("count__3") as "count__3",
  sum("rejects__1") as "rejects__1",
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
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."count__4", 0) end as "count__4"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast(100 * "count__1" / nullif("count__3", 0) as double) as "night_share",
    "count__3" as "night_share__n",
    "count__2" + "count__3" as "night_share__seen",
    coalesce("count__3" = 0, false) as "night_share__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("night_share") then "night_share" end as "night_share",
  "night_share__n",
  "night_share__seen",
  "night_share__zero",
  "count__1" as "night_share__of_k",
  "count__3" as "night_share__of_n",
  coalesce("rejects__1", 0) as "night_share__rejected_1"
from "values_1"
order by "period__", "set__";
