create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "channel",
    "customer_id",
    "score__raw",
    case when regexp_full_match("score__raw", '[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?') then try_cast("score__raw" as bigint) end as "score"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "channel",
      "customer_id",
      nullif(trim("score"), '') as "score__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "units__score_by_customer__per_customer_id__tickets" as
with "rows" as (
  select
    "opened_at",
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel",
    nullif("customer_id", '') as "customer_id",
    case when "score" between 0 and 10 then "score" end as "score",
    "score" in (11) as "score__blank",
    "score__raw" is not null and "score" is null as "score__wrong_type",
    not ("score" between 0 and 10) and "score" not in (11) as "score__out_of_range"
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
    *,
    year("opened_at") * 12 + month("opened_at") - 1 as "period__",
    "customer_id" as "key__1"
  from "seen"
)
select
  "period__",
  1 * grouping("channel") as "set__",
  cast("channel" as varchar) as "channel",
  "key__1",
  avg("score") as "score",
  count_if("score__blank") as "tally__1",
  count_if("score__wrong_type") as "tally__2",
  count_if("score__out_of_range") as "tally__3",
  count_if("customer_id" is null) as "tally__4",
  count(*) as "tally__5",
  count(*) as "rows__"
from "cells"
group by grouping sets (("period__", "key__1"), ("period__", "channel", "key__1"));

create or replace temporary table "covered__score_by_customer__per_customer_id__tickets" as
with "rows" as (
  select
    "opened_at"
  from "source__tickets"
)
select
  min(year("opened_at") * 12 + month("opened_at") - 1) as "first_period",
  max(year("opened_at") * 12 + month("opened_at") - 1) as "last_period",
  min("opened_at") as "oldest__",
  max("opened_at") as "newest__",
  count(*) as "rows__"
from "rows"
where "opened_at" < timestamp '2026-04-01 00:00:00';

create or replace temporary table "scan__score_by_customer__per_customer_id" as
with "every_unit" as (
  select
    *
  from "units__score_by_customer__per_customer_id__tickets"
),
"units" as (
  select
    *
  from every_unit
  where "key__1" is not null
),
"groups" as (
  select
    "period__",
    "set__",
    "channel",
    sum("rows__") as "rows__",
    count("score") as "count__1",
    sum("score") as "sum__1",
    sum(cast("score" as double) * "score") as "products__1"
  from "units"
  group by "period__", "set__", "channel"
),
"tallied" as (
  select
    "period__",
    "set__",
    "channel",
    sum("tally__1") as "tally__1",
    sum("tally__2") as "tally__2",
    sum("tally__3") as "tally__3",
    sum("tally__4") as "tally__4",
    sum("tally__5") as "tally__5"
  from every_unit
  group by "period__", "set__", "channel"
)
select
  tallied."period__",
  tallied."set__",
  tallied."channel",
  groups.* exclude ("period__", "set__", "channel"),
  null::timestamp as "oldest__",
  null::timestamp as "newest__",
  tallied."tally__1" as "tally__1",
  tallied."tally__2" as "tally__2",
  tallied."tally__3" as "tally__3",
  tallied."tally__4" as "tally__4",
  tallied."tally__5" as "tally__5"
from groups
right join tallied on groups."period__" is not distinct from tallied."period__"
  and groups."set__" is not distinct from tallied."set__"
  and groups."channel" is not distinct from tallied."channel";

create or replace temporary table "covered__score_by_customer__per_customer_id" as
select
  max("first_period") as "first_period",
  min("last_period") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  max("rows__") as "rows__"
from (
  select * from "covered__score_by_customer__per_customer_id__tickets"
);

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__score_by_customer__per_customer_id"
  )
),
"segments" as (
  select
    "set__",
    "channel",
    bool_or(dataset__ = 'score_by_customer__per_customer_id') as "has__score_by_customer__per_customer_id"
  from (
    select "set__", "channel", 'score_by_customer__per_customer_id' as dataset__ from "scan__score_by_customer__per_customer_id" where "period__" is not null
    union all
    select * from (values
      (1, null, 'score_by_customer__per_customer_id'),
      (0, 'phone', 'score_by_customer__per_customer_id'),
      (0, 'email', 'score_by_customer__per_customer_id')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__score_by_customer__per_customer_id".first_period and "covered__score_by_customer__per_customer_id".last_period as "in__score_by_customer__per_customer_id"
  from periods cross join segments
  cross join "covered__score_by_customer__per_customer_id"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."channel" as "channel",
    spine."has__score_by_customer__per_customer_id" as "has__score_by_customer__per_customer_id",
    case when "in__score_by_customer__per_customer_id" then coalesce("scan__score_by_customer__per_customer_id"."count__1", 0) end as "count__1",
    case when "in__score_by_customer__per_customer_id" then "scan__score_by_customer__per_customer_id"."sum__1" end as "sum__1",
    case when "in__score_by_customer__per_customer_id" then "scan__score_by_customer__per_customer_id"."products__1" end as "products__1",
    case when "in__score_by_customer__per_customer_id" then coalesce("scan__score_by_customer__per_customer_id"."tally__1", 0) end as "tally__1",
    case when "in__score_by_customer__per_customer_id" then coalesce("scan__score_by_customer__per_customer_id"."tally__2", 0) end as "tally__2",
    case when "in__score_by_customer__per_customer_id" then coalesce("scan__score_by_customer__per_customer_id"."tally__3", 0) end as "tally__3",
    case when "in__score_by_customer__per_customer_id" then coalesce("scan__score_by_customer__per_customer_id"."tally__4", 0) end as "tally__4",
    case when "in__score_by_customer__per_customer_id" then coalesce("scan__score_by_customer__per_customer_id"."tally__5", 0) end as "tally__5"
  from spine
  left join "scan__score_by_customer__per_customer_id" on "scan__score_by_customer__per_customer_id"."period__" = spine."period__"
    and "scan__score_by_customer__per_customer_id"."set__" = spine."set__"
    and "scan__score_by_customer__per_customer_id"."channel" is not distinct from spine."channel"
),
"values_1" as (
  select
    *,
    cast("sum__1" / nullif("count__1", 0) as double) as "score_by_customer",
    "count__1" as "score_by_customer__n",
    "count__1" as "score_by_customer__seen",
    false as "score_by_customer__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "channel",
  "has__score_by_customer__per_customer_id",
  case when isfinite("score_by_customer") then "score_by_customer" end as "score_by_customer",
  "score_by_customer__n",
  "score_by_customer__seen",
  "score_by_customer__zero",
  "sum__1" as "score_by_customer__of_sum",
  "products__1" as "score_by_customer__of_squares",
  "count__1" as "score_by_customer__of_n",
  coalesce("tally__1", 0) as "score_by_customer__rejected_1",
  coalesce("tally__4", 0) as "score_by_customer__rejected_2",
  coalesce("tally__3", 0) as "score_by_customer__rejected_3",
  coalesce("tally__2", 0) as "score_by_customer__rejected_4"
from "values_1"
order by "period__", "set__", "channel";
