create or replace temporary view "source__requests" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "solved_at__raw",
    case when "solved_at__raw" like '____-__-__ __:__:__' then try_cast("solved_at__raw" as timestamp) when regexp_full_match("solved_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("solved_at__raw" as timestamp) when regexp_full_match("solved_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("solved_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "solved_at"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      nullif(trim("solved_at"), '') as "solved_at__raw"
    from read_csv(['requests.csv'], columns = {'request_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'solved_at': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__requests" as
with "rows" as (
  select
    "opened_at",
    "solved_at",
    "solved_at__raw" is not null and "solved_at" is null as "solved_at__rejected_1",
    "opened_at__raw" is not null and "opened_at" is null as "opened_at__rejected_1"
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
    year("opened_at") * 12 + month("opened_at") - 1 as "period__",
    "opened_at" as "clock__",
    "opened_at__rejected_1",
    "solved_at__rejected_1",
    (epoch_us(least("solved_at", least(cast(make_date(("period__" + 1) // 12, ("period__" + 1) % 12 + 1, 1) as timestamp), timestamp '2026-04-01 00:00:00'))) - epoch_us("opened_at")) / 1e6 as "value__1",
    "solved_at" is not null and "solved_at" < least(cast(make_date(("period__" + 1) // 12, ("period__" + 1) % 12 + 1, 1) as timestamp), timestamp '2026-04-01 00:00:00') as "value__2"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("value__1") as "count__1",
    coalesce(count_if("solved_at__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("opened_at__rejected_1"), 0) as "rejects__2"
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
    sum("count__1") as "count__1",
    sum("rejects__1") as "rejects__1",
    sum("rejects__2") as "rejects__2",
    sum("rows__") as "count__2"
  from "finest"
  group by grouping sets (("period__"))
),
"curve_km_quantile__1" as (
  select
    "period__",
    "set__",
    min(at__) filter (where open__ <= 1 - 0.5 + 1e-12) as "km_quantile__1",
    min(at__) filter (where open__ > 0 and open__ < 1 and abs(ln(-ln(open__)) - ln(-ln(1 - 0.5))) <= 1.9599639845400536 * sqrt(greenwood__) / abs(ln(open__))) as "km_low__1",
    min(at__) filter (where open__ <= 0 or (open__ > 0 and open__ < 1 and ln(-ln(open__)) - ln(-ln(1 - 0.5)) > 1.9599639845400536 * sqrt(greenwood__) / abs(ln(open__)))) as "km_high__1"
  from (
    select
      *,
      product(1 - closed__ / risk__) over (partition by "period__", "set__" order by at__) as "open__",
      sum(closed__ / nullif(cast(risk__ as double) * (risk__ - closed__), 0)) over (partition by "period__", "set__" order by at__) as "greenwood__"
    from (
      select
        *,
        sum(rows__) over (partition by "period__", "set__" order by at__ rows between current row and unbounded following) as "risk__"
      from (
        select
          "period__",
          0 as "set__",
          "value__1" as "at__",
          count_if("value__2") as "closed__",
          count(*) as "rows__"
        from "cells"
        where "value__1" is not null
        group by grouping sets (("period__", "value__1"))
      )
    )
  )
  group by "period__", "set__"
)
select
  rolled.*,
  "curve_km_quantile__1"."km_quantile__1" as "km_quantile__1",
  "curve_km_quantile__1"."km_low__1" as "km_low__1",
  "curve_km_quantile__1"."km_high__1" as "km_high__1"
from rolled left join "curve_km_quantile__1"
  on rolled."period__" is not distinct from "curve_km_quantile__1"."period__"
  and rolled."set__" is not distinct from "curve_km_quantile__1"."set__";

create or replace temporary table "covered__requests" as
select
  min("period__") as "first_period",
  max("period__") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__"
from "scan__requests";

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__requests"
  )
),
"segments" as (
  select
    "set__",
    bool_or(dataset__ = 'requests') as "has__requests"
  from (
    select "set__", 'requests' as dataset__ from "scan__requests" where "period__" is not null
    union all
    select * from (values
      (0, 'requests')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__requests".first_period and "covered__requests".last_period as "in__requests"
  from periods cross join segments
  cross join "covered__requests"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."has__requests" as "has__requests",
    case when "in__requests" then coalesce("scan__requests"."count__1", 0) end as "count__1",
    "scan__requests"."km_quantile__1" as "km_quantile__1",
    "scan__requests"."km_low__1" as "km_low__1",
    "scan__requests"."km_high__1" as "km_high__1",
    case when "in__requests" then coalesce("scan__requests"."rejects__1", 0) end as "rejects__1",
    case when "in__requests" then coalesce("scan__requests"."rejects__2", 0) end as "rejects__2",
    case when "in__requests" then coalesce("scan__requests"."count__2", 0) end as "count__2"
  from spine
  left join "scan__requests" on "scan__requests"."period__" = spine."period__"
    and "scan__requests"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("km_quantile__1" as double) as "median_solving",
    "count__1" as "median_solving__n",
    "count__1" as "median_solving__seen",
    false as "median_solving__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__requests",
  case when isfinite("median_solving") then "median_solving" / 3600 end as "median_solving",
  "median_solving__n",
  "median_solving__seen",
  "median_solving__zero",
  "km_low__1" as "median_solving__of_low",
  "km_high__1" as "median_solving__of_high",
  coalesce("rejects__1", 0) + coalesce("rejects__2", 0) as "median_solving__rejected_1"
from "values_1"
order by "period__", "set__";
