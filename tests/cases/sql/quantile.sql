create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "wait__raw",
    case when not contains("wait__raw", '_') and not starts_with("wait__raw", '+-') then try_cast("wait__raw" as double) end as "wait"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      nullif(trim("wait"), '') as "wait__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
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
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
),
"cells" as (
  select
    year("opened_at") * 12 + month("opened_at") - 1 as "period__",
    "opened_at" as "clock__",
    "wait__rejected_1",
    "wait__rejected_2",
    "wait__rejected_3",
    "wait" * 1 as "value__1"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("value__1") as "count__1",
    coalesce(count_if("wait__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("wait__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("wait__rejected_3"), 0) as "rejects__3"
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
    sum("rejects__3") as "rejects__3",
    sum("rows__") as "count__2"
  from "finest"
  group by grouping sets (("period__"))
),
"ranks_ranks_around__1_coarse" as (
  select
    "period__",
    cast(floor(sign("value__1") * log2(1 + abs("value__1")) * 32) as integer) as "bucket__",
    count(*) as "rows__"
  from "cells"
  where "value__1" is not null
  group by all
),
"ranks_ranks_around__1_hit" as (
  select
    *
  from (
    select
      *,
      sum(rows__) over (partition by "period__", "set__" order by bucket__) as "up_to__",
      sum(rows__) over (partition by "period__", "set__") as "all__"
    from (
      select
        "period__",
        0 as "set__",
        bucket__ as "bucket__",
        sum(rows__) as "rows__"
      from "ranks_ranks_around__1_coarse"
      group by grouping sets (("period__", bucket__))
    )
  )
  where len(list_filter([
      floor((1 + (all__ - 1) * 0.9)),
      ceil((1 + (all__ - 1) * 0.9)),
      greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) -1, 1),
      greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint), 1),
      greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +1, 1),
      greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint), 1),
      greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +1, 1),
      greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +2, 1)
    ], lambda rank: up_to__ - rows__ < rank and rank <= up_to__)) > 0
),
"ranks_ranks_around__1_near" as (
  select
    "period__",
    cast(floor(sign("value__1") * log2(1 + abs("value__1")) * 32) as integer) as "bucket__",
    cast("value__1" as double) as "at__",
    count(*) as "rows__"
  from "cells"
  where "value__1" is not null
    and ("period__", cast(floor(sign("value__1") * log2(1 + abs("value__1")) * 32) as integer)) in (select ("period__", bucket__) from "ranks_ranks_around__1_hit")
  group by all
),
"ranks_ranks_around__1_placed" as (
  select
    values."period__" as "period__",
    values."set__" as "set__",
    values.at__ as "at__",
    hit.all__ as "all__",
    hit.up_to__ - hit.rows__ + sum(values.rows__) over (partition by values."period__", values."set__", values.bucket__ order by values.at__) as "up_to__"
  from (
    select
      "period__",
      0 as "set__",
      bucket__ as "bucket__",
      at__ as "at__",
      sum(rows__) as "rows__"
    from "ranks_ranks_around__1_near"
    group by grouping sets (("period__", bucket__, at__))
  ) as values
  join "ranks_ranks_around__1_hit" as hit
    on values.bucket__ = hit.bucket__
    and values."period__" is not distinct from hit."period__"
    and values."set__" is not distinct from hit."set__"
),
"ranks_ranks_around__1" as (
  select
    "period__",
    "set__",
    [
      any_value(greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) -1, 1)),
      min(case when up_to__ >= greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) -1, 1) then at__ end),
      any_value(greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint), 1)),
      min(case when up_to__ >= greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint), 1) then at__ end),
      any_value(greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +1, 1)),
      min(case when up_to__ >= greatest(cast(ceil(all__ * 0.9 - 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +1, 1) then at__ end),
      any_value(greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint), 1)),
      min(case when up_to__ >= greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint), 1) then at__ end),
      any_value(greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +1, 1)),
      min(case when up_to__ >= greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +1, 1) then at__ end),
      any_value(greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +2, 1)),
      min(case when up_to__ >= greatest(cast(ceil(all__ * 0.9 + 1.95996398454005 * sqrt(all__ * 0.09) -0.87886117609255) as bigint) +2, 1) then at__ end)
    ] as "ranks_around__1",
    min(case when up_to__ >= floor((1 + (all__ - 1) * 0.9)) then at__ end)
      + (min(case when up_to__ >= ceil((1 + (all__ - 1) * 0.9)) then at__ end)
        - min(case when up_to__ >= floor((1 + (all__ - 1) * 0.9)) then at__ end))
      * any_value((1 + (all__ - 1) * 0.9) - floor((1 + (all__ - 1) * 0.9))) as "quantile_cont__1"
  from "ranks_ranks_around__1_placed"
  group by "period__", "set__"
)
select
  rolled.*,
  "ranks_ranks_around__1"."quantile_cont__1" as "quantile_cont__1",
  "ranks_ranks_around__1"."ranks_around__1" as "ranks_around__1"
from rolled left join "ranks_ranks_around__1"
  on rolled."period__" is not distinct from "ranks_ranks_around__1"."period__"
  and rolled."set__" is not distinct from "ranks_ranks_around__1"."set__";

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
    "scan__tickets"."quantile_cont__1" as "quantile_cont__1",
    "scan__tickets"."ranks_around__1" as "ranks_around__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast("quantile_cont__1" as double) as "wait_p90",
    "count__1" as "wait_p90__n",
    "count__1" as "wait_p90__seen",
    false as "wait_p90__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("wait_p90") then "wait_p90" end as "wait_p90",
  "wait_p90__n",
  "wait_p90__seen",
  "wait_p90__zero",
  "ranks_around__1" as "wait_p90__of_ranks",
  "count__1" as "wait_p90__of_n",
  coalesce("rejects__2", 0) as "wait_p90__rejected_1",
  coalesce("rejects__3", 0) as "wait_p90__rejected_2",
  coalesce("rejects__1", 0) as "wait_p90__rejected_3"
from "values_1"
order by "period__", "set__";
