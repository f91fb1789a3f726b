create or replace temporary view "source__contracts" as
select * from (
  select
    "customer_id",
    "started_on__raw",
    case when "started_on__raw" like '____-__-__' then try_cast("started_on__raw" as date) when regexp_full_match("started_on__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00([.]0+)?)?') then try_cast("started_on__raw" as date) end as "started_on",
    "ended_on__raw",
    case when "ended_on__raw" like '____-__-__' then try_cast("ended_on__raw" as date) when regexp_full_match("ended_on__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00([.]0+)?)?') then try_cast("ended_on__raw" as date) end as "ended_on",
    "region"
  from (
    select
      "customer_id",
      nullif(trim("started_on"), '') as "started_on__raw",
      nullif(trim("ended_on"), '') as "ended_on__raw",
      "region"
    from read_csv(['contracts.csv'], columns = {'customer_id': 'VARCHAR', 'started_on': 'VARCHAR', 'ended_on': 'VARCHAR', 'region': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__contracts__at_start" as
with "rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
    "region",
    case when "ended_on__raw" is not null and "ended_on" is null then 'wrong_type' end as "lost__end"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
),
"seen" as (
  select
    *
  from "ended"
  where coalesce("started_on" < date '2026-04-01', true)
),
"placed" as (
  select
    *,
    unnest(generate_series(year("started_on") * 12 + month("started_on") - 1 + 1, least(coalesce(year("ended_on") * 12 + month("ended_on") - 1, 24315), 24315))) as "period__"
  from "seen"
  where "started_on" is not null
    and ("ended_on" is null or "ended_on" >= "started_on")
),
"cells" as (
  select
    "period__",
    "region",
    "started_on" as "clock__",
    "customer_id"
  from "placed"
  where ("ended_on" is not null or "lost__end" is null)
),
"finest" as (
  select
    "period__",
    "region",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("customer_id") as "count__2"
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
  sum("count__2") as "count__2"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__contracts__at_start" as
with "rows" as (
  select
    "started_on",
    "ended_on"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
)
select
  min(year("started_on") * 12 + month("started_on") - 1) as "first_period",
  24315 as "last_period",
  min("started_on") as "oldest__",
  max(greatest("started_on", "ended_on")) as "newest__",
  count(*) as "rows__"
from "ended"
where "started_on" < date '2026-04-01';

create or replace temporary table "scan__contracts__by_started_on" as
with "rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
    "region",
    case when "ended_on__raw" is not null and "ended_on" is null then 'wrong_type' end as "lost__end"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
),
"seen" as (
  select
    *
  from "ended"
  where coalesce("started_on" < date '2026-04-01', true)
),
"cells" as (
  select
    year("started_on") * 12 + month("started_on") - 1 as "period__",
    "region",
    "started_on" as "clock__",
    "customer_id"
  from "seen"
  where coalesce("ended_on" >= "started_on", true)
    and ("ended_on" is not null or "lost__end" is null)
),
"finest" as (
  select
    "period__",
    "region",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("customer_id") as "count__3"
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
  sum("count__3") as "count__3"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__contracts__by_started_on" as
with "rows" as (
  select
    "started_on",
    "ended_on"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
)
select
  min(year("started_on") * 12 + month("started_on") - 1) as "first_period",
  24315 as "last_period",
  min("started_on") as "oldest__",
  max(greatest("started_on", "ended_on")) as "newest__",
  count(*) as "rows__"
from "ended"
where "started_on" < date '2026-04-01';

create or replace temporary table "scan__contracts__by_ended_on" as
with "rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
    "region",
    case when "ended_on__raw" is not null and "ended_on" is null then 'wrong_type' end as "lost__end"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
),
"seen" as (
  select
    *
  from "ended"
  where coalesce("started_on" < date '2026-04-01', true)
),
"cells" as (
  select
    year("ended_on") * 12 + month("ended_on") - 1 as "period__",
    "region",
    "ended_on" as "clock__",
    "customer_id"
  from "seen"
  where "ended_on" < date '2026-04-01' and "ended_on" >= "started_on"
    and ("ended_on" is not null or "lost__end" is null)
),
"finest" as (
  select
    "period__",
    "region",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("customer_id") as "count__4"
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
  sum("count__4") as "count__4"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__contracts__by_ended_on" as
with "rows" as (
  select
    "started_on",
    "ended_on"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
)
select
  min(least(year("started_on") * 12 + month("started_on") - 1, case when "ended_on" < date '2026-04-01' then year("ended_on") * 12 + month("ended_on") - 1 end)) as "first_period",
  24315 as "last_period",
  min("started_on") as "oldest__",
  max(greatest("started_on", "ended_on")) as "newest__",
  count(*) as "rows__"
from "ended"
where "started_on" < date '2026-04-01';

create or replace temporary table "scan__contracts__at_end" as
with "rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
    "region",
    case when "ended_on__raw" is not null and "ended_on" is null then 'wrong_type' end as "lost__end"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
),
"seen" as (
  select
    *
  from "ended"
  where coalesce("started_on" < date '2026-04-01', true)
),
"placed" as (
  select
    *,
    unnest(generate_series(year("started_on") * 12 + month("started_on") - 1, least(coalesce(year("ended_on") * 12 + month("ended_on") - 1 - 1, 24315), 24315))) as "period__"
  from "seen"
  where "started_on" is not null
    and ("ended_on" is null or "ended_on" >= "started_on")
),
"cells" as (
  select
    "period__",
    "region",
    "started_on" as "clock__",
    "customer_id"
  from "placed"
  where ("ended_on" is not null or "lost__end" is null)
),
"finest" as (
  select
    "period__",
    "region",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("customer_id") as "count__1"
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
  sum("count__1") as "count__1"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__contracts__at_end" as
with "rows" as (
  select
    "started_on",
    "ended_on"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
)
select
  min(year("started_on") * 12 + month("started_on") - 1) as "first_period",
  24315 as "last_period",
  min("started_on") as "oldest__",
  max(greatest("started_on", "ended_on")) as "newest__",
  count(*) as "rows__"
from "ended"
where "started_on" < date '2026-04-01';

create or replace temporary table "scan__contracts__in_force" as
with "rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
    "region",
    case when "ended_on__raw" is not null and "ended_on" is null then 'wrong_type' end as "lost__end"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
),
"seen" as (
  select
    *
  from "ended"
  where coalesce("started_on" < date '2026-04-01', true)
),
"placed" as (
  select
    *,
    unnest(generate_series(year("started_on") * 12 + month("started_on") - 1, least(coalesce(year("ended_on") * 12 + month("ended_on") - 1, 24315), 24315))) as "period__"
  from "seen"
  where "started_on" is not null
    and ("ended_on" is null or "ended_on" >= "started_on")
),
"cells" as (
  select
    "period__",
    "region",
    "started_on" as "clock__",
    "customer_id"
  from "placed"
  where ("ended_on" is not null or "lost__end" is null)
),
"finest" as (
  select
    "period__",
    "region",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("customer_id") as "count__5"
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
  sum("count__5") as "count__5"
from "checked"
group by grouping sets (("period__"), ("period__", "region"));

create or replace temporary table "covered__contracts__in_force" as
with "rows" as (
  select
    "started_on",
    "ended_on"
  from "source__contracts"
),
"ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "rows"
)
select
  min(year("started_on") * 12 + month("started_on") - 1) as "first_period",
  24315 as "last_period",
  min("started_on") as "oldest__",
  max(greatest("started_on", "ended_on")) as "newest__",
  count(*) as "rows__"
from "ended"
where "started_on" < date '2026-04-01';

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__contracts__at_start"
    union all
    select first_period, last_period from "covered__contracts__by_started_on"
    union all
    select first_period, last_period from "covered__contracts__by_ended_on"
    union all
    select first_period, last_period from "covered__contracts__at_end"
    union all
    select first_period, last_period from "covered__contracts__in_force"
  )
),
"segments" as (
  select
    "set__",
    "region",
    bool_or(dataset__ = 'contracts__at_start') as "has__contracts__at_start",
    bool_or(dataset__ = 'contracts__by_started_on') as "has__contracts__by_started_on",
    bool_or(dataset__ = 'contracts__by_ended_on') as "has__contracts__by_ended_on",
    bool_or(dataset__ = 'contracts__at_end') as "has__contracts__at_end",
    bool_or(dataset__ = 'contracts__in_force') as "has__contracts__in_force"
  from (
    select "set__", "region", 'contracts__at_start' as dataset__ from "scan__contracts__at_start" where "period__" is not null
    union all
    select "set__", "region", 'contracts__by_started_on' as dataset__ from "scan__contracts__by_started_on" where "period__" is not null
    union all
    select "set__", "region", 'contracts__by_ended_on' as dataset__ from "scan__contracts__by_ended_on" where "period__" is not null
    union all
    select "set__", "region", 'contracts__at_end' as dataset__ from "scan__contracts__at_end" where "period__" is not null
    union all
    select "set__", "region", 'contracts__in_force' as dataset__ from "scan__contracts__in_force" where "period__" is not null
    union all
    select * from (values
      (1, null, 'contracts__at_start'),
      (1, null, 'contracts__by_started_on'),
      (1, null, 'contracts__by_ended_on'),
      (1, null, 'contracts__at_end'),
      (1, null, 'contracts__in_force')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__contracts__at_start".first_period and "covered__contracts__at_start".last_period as "in__contracts__at_start",
    "period__" between "covered__contracts__by_started_on".first_period and "covered__contracts__by_started_on".last_period as "in__contracts__by_started_on",
    "period__" between "covered__contracts__by_ended_on".first_period and "covered__contracts__by_ended_on".last_period as "in__contracts__by_ended_on",
    "period__" between "covered__contracts__at_end".first_period and "covered__contracts__at_end".last_period as "in__contracts__at_end",
    "period__" between "covered__contracts__in_force".first_period and "covered__contracts__in_force".last_period as "in__contracts__in_force"
  from periods cross join segments
  cross join "covered__contracts__at_start"
  cross join "covered__contracts__by_started_on"
  cross join "covered__contracts__by_ended_on"
  cross join "covered__contracts__at_end"
  cross join "covered__contracts__in_force"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."region" as "region",
    spine."has__contracts__at_start" as "has__contracts__at_start",
    spine."has__contracts__by_started_on" as "has__contracts__by_started_on",
    spine."has__contracts__by_ended_on" as "has__contracts__by_ended_on",
    spine."has__contracts__at_end" as "has__contracts__at_end",
    spine."has__contracts__in_force" as "has__contracts__in_force",
    case when "in__contracts__at_start" then coalesce("scan__contracts__at_start"."count__2", 0) end as "count__2",
    case when "in__contracts__by_started_on" then coalesce("scan__contracts__by_started_on"."count__3", 0) end as "count__3",
    case when "in__contracts__by_ended_on" then coalesce("scan__contracts__by_ended_on"."count__4", 0) end as "count__4",
    case when "in__contracts__at_end" then coalesce("scan__contracts__at_end"."count__1", 0) end as "count__1",
    case when "in__contracts__in_force" then coalesce("scan__contracts__in_force"."count__5", 0) end as "count__5"
  from spine
  left join "scan__contracts__at_start" on "scan__contracts__at_start"."period__" = spine."period__"
    and "scan__contracts__at_start"."set__" = spine."set__"
    and "scan__contracts__at_start"."region" is not distinct from spine."region"
  left join "scan__contracts__by_started_on" on "scan__contracts__by_started_on"."period__" = spine."period__"
    and "scan__contracts__by_started_on"."set__" = spine."set__"
    and "scan__contracts__by_started_on"."region" is not distinct from spine."region"
  left join "scan__contracts__by_ended_on" on "scan__contracts__by_ended_on"."period__" = spine."period__"
    and "scan__contracts__by_ended_on"."set__" = spine."set__"
    and "scan__contracts__by_ended_on"."region" is not distinct from spine."region"
  left join "scan__contracts__at_end" on "scan__contracts__at_end"."period__" = spine."period__"
    and "scan__contracts__at_end"."set__" = spine."set__"
    and "scan__contracts__at_end"."region" is not distinct from spine."region"
  left join "scan__contracts__in_force" on "scan__contracts__in_force"."period__" = spine."period__"
    and "scan__contracts__in_force"."set__" = spine."set__"
    and "scan__contracts__in_force"."region" is not distinct from spine."region"
),
"values_1" as (
  select
    *,
    cast(100 * ("count__1" - "count__2") / nullif("count__2", 0) + "count__3" - "count__4" + "count__5" as double) as "growth",
    least(least(least("count__2", "count__3"), "count__4"), "count__5") as "growth__n",
    "count__1" + "count__2" + "count__3" + "count__4" + "count__5" as "growth__seen",
    coalesce("count__2" = 0, false) as "growth__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "region",
  "has__contracts__at_start",
  "has__contracts__by_started_on",
  "has__contracts__by_ended_on",
  "has__contracts__at_end",
  "has__contracts__in_force",
  case when isfinite("growth") then "growth" end as "growth",
  "growth__n",
  "growth__seen",
  "growth__zero"
from "values_1"
order by "period__", "set__", "region";
