create or replace temporary macro times_drawn(chance) as
case
  when chance is null then 1
  when chance < 6786177901268885504 then 0
  when chance < 13572355802537771008 then 1
  when chance < 16965444753172213760 then 2
  when chance < 18096474403383695360 then 3
  when chance < 18379231815936565248 then 4
  when chance < 18435783298447138816 then 5
  when chance < 18445208545532233728 then 6
  when chance < 18446555009401532416 then 7
  when chance < 18446723317385195520 then 8
  when chance < 18446742018272268288 then 9
  else 10
end;

create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "channel",
    "region",
    "customer_id",
    "wait__raw",
    case when not contains("wait__raw", '_') and not starts_with("wait__raw", '+-') then try_cast("wait__raw" as double) end as "wait",
    "score__raw",
    case when regexp_full_match("score__raw", '[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?') then try_cast("score__raw" as bigint) end as "score"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "channel",
      "region",
      "customer_id",
      nullif(trim("wait"), '') as "wait__raw",
      nullif(trim("score"), '') as "score__raw"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel",
    nullif("customer_id", '') as "customer_id",
    case when "wait" between 0 and 1.7976931348623157e+308 then "wait" end as "wait",
    case when "score" between 0 and 10 then "score" end as "score",
    "wait__raw" is not null and "wait" is null as "wait__rejected_1",
    not isfinite("wait") as "wait__rejected_2",
    not ("wait" >= 0) and isfinite("wait") as "wait__rejected_3",
    "score" in (11) as "score__rejected_1",
    "score__raw" is not null and "score" is null as "score__rejected_2",
    not ("score" between 0 and 10) and "score" not in (11) as "score__rejected_3"
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
    "customer_id",
    "score",
    "score__rejected_1",
    "score__rejected_2",
    "score__rejected_3",
    "wait",
    "wait__rejected_1",
    "wait__rejected_2",
    "wait__rejected_3"
  from "seen"
),
"finest" as (
  select
    "period__",
    "channel",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    count("wait") as "count__1",
    coalesce(count_if("score" >= 9), 0) as "count__2",
    count("score") as "count__3",
    count("customer_id") as "count__4",
    coalesce(count_if("wait__rejected_1"), 0) as "rejects__1",
    coalesce(count_if("wait__rejected_2"), 0) as "rejects__2",
    coalesce(count_if("wait__rejected_3"), 0) as "rejects__3",
    coalesce(count_if("score__rejected_1"), 0) as "rejects__4",
    coalesce(count_if("score__rejected_2"), 0) as "rejects__5",
    coalesce(count_if("score__rejected_3"), 0) as "rejects__6"
  from "cells"
  group by all
),
"rolled" as (
  select
    "period__",
    1 * grouping("channel") as "set__",
    cast("channel" as varchar) as "channel",
    sum("rows__") as "rows__",
    min("oldest__") as "oldest__",
    max("newest__") as "newest__",
    sum("count__1") as "count__1",
    sum("count__2") as "count__2",
    sum("count__3") as "count__3",
    sum("count__4") as "count__4",
    sum("rejects__1") as "rejects__1",
    sum("rejects__2") as "rejects__2",
    sum("rejects__3") as "rejects__3",
    sum("rejects__4") as "rejects__4",
    sum("rejects__5") as "rejects__5",
    sum("rejects__6") as "rejects__6",
    sum("rows__") as "count__5"
  from "finest"
  group by grouping sets (("period__"), ("period__", "channel"))
),
"whole_rows" as (
  select
    "period__",
    1 * grouping("channel") as "set__",
    cast("channel" as varchar) as "channel",
    quantile_cont(cast("wait" as double), 0.5) as "quantile_cont__1",
    count(distinct "customer_id") as "count_distinct__1"
  from "cells"
  group by grouping sets (("period__"), ("period__", "channel"))
)
select
  rolled.*,
  whole_rows."quantile_cont__1" as "quantile_cont__1",
  whole_rows."count_distinct__1" as "count_distinct__1"
from rolled join whole_rows
  on rolled."period__" is not distinct from whole_rows."period__"
  and rolled."set__" is not distinct from whole_rows."set__"
  and rolled."channel" is not distinct from whole_rows."channel";

create or replace temporary table "covered__tickets" as
select
  min("period__") as "first_period",
  max("period__") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__"
from "scan__tickets";

create or replace temporary table "units__mean_of_customers__per_customer_id__tickets" as
with "rows" as (
  select
    "opened_at",
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel",
    nullif("region", '') as "region",
    nullif("customer_id", '') as "customer_id",
    case when "wait" between 0 and 1.7976931348623157e+308 then "wait" end as "wait",
    "wait__raw" is not null and "wait" is null as "wait__wrong_type",
    not isfinite("wait") as "wait__not_finite",
    not ("wait" >= 0) and isfinite("wait") as "wait__out_of_range"
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
  avg("wait") as "wait",
  count_if("wait__wrong_type") as "tally__1",
  count_if("wait__not_finite") as "tally__2",
  count_if("wait__out_of_range") as "tally__3",
  count_if("customer_id" is null) as "tally__4",
  count(*) as "tally__5",
  count(*) as "rows__"
from "cells"
group by grouping sets (("period__", "key__1"), ("period__", "channel", "key__1"));

create or replace temporary table "covered__mean_of_customers__per_customer_id__tickets" as
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

create or replace temporary table "scan__mean_of_customers__per_customer_id" as
with "every_unit" as (
  select
    *
  from "units__mean_of_customers__per_customer_id__tickets"
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
    count("wait") as "count__6",
    sum("wait") as "sum__1"
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

create or replace temporary table "covered__mean_of_customers__per_customer_id" as
select
  max("first_period") as "first_period",
  min("last_period") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  max("rows__") as "rows__"
from (
  select * from "covered__mean_of_customers__per_customer_id__tickets"
);

create or replace temporary table "cells__usual_wait__drawn_1" as
with "rows" as (
  select
    "opened_at",
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel",
    nullif("customer_id", '') as "customer_id",
    case when "wait" between 0 and 1.7976931348623157e+308 then "wait" end as "wait",
    case when "score" between 0 and 10 then "score" end as "score"
  from "source__tickets"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
)
select
  year("opened_at") * 12 + month("opened_at") - 1 as "period__",
  "channel",
  "opened_at" as "clock__",
  "wait",
  "score" >= 9 as "is__1",
  case when "customer_id" is not null then hash('customer_id', cast("customer_id" as varchar)) end as "unit__"
from "seen";

create or replace temporary table "counts__usual_wait__drawn_1" as
select
  "period__",
  1 * grouping("channel") as "set__",
  cast("channel" as varchar) as "channel",
  count(distinct "unit__") as "units__"
from "cells__usual_wait__drawn_1"
where "period__" is not null
group by grouping sets (("period__"), ("period__", "channel"));

create or replace temporary table "scan__usual_wait__drawn_1" as
with "few_enough" as (
  select
    *
  from "cells__usual_wait__drawn_1"
  where "period__" is not null
    and (select coalesce(sum("units__"), 0) from "counts__usual_wait__drawn_1") <= 200000
),
"replicates" as (
  select
    *,
    case when "unit__" is not null then hash(hash("unit__", "replicate__", 20120812)) end as "chance__"
  from few_enough
  cross join range(500) as numbers("replicate__")
),
"drawn" as (
  select
    *,
    times_drawn("chance__") as "times__"
  from replicates
),
"copies" as (
  select times as times__, copy as copy__
  from range(1, 11) as numbers(times), range(times) as copies(copy)
),
"cells" as (
  select
    drawn.* replace (
      "period__" * 512 + "replicate__" as "period__",
      case when "unit__" is not null then hash("unit__", copy__) end as "unit__"
    )
  from drawn
  join copies on drawn.times__ = copies.times__
),
"finest" as (
  select
    "period__",
    "channel",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    coalesce(count_if("is__1"), 0) as "count__2"
  from "cells"
  group by all
),
"rolled" as (
  select
    "period__",
    1 * grouping("channel") as "set__",
    cast("channel" as varchar) as "channel",
    sum("rows__") as "rows__",
    min("oldest__") as "oldest__",
    max("newest__") as "newest__",
    sum("count__2") as "count__2"
  from "finest"
  group by grouping sets (("period__"), ("period__", "channel"))
),
"whole_rows" as (
  select
    "period__",
    1 * grouping("channel") as "set__",
    cast("channel" as varchar) as "channel",
    quantile_cont(cast("wait" as double), 0.5) as "quantile_cont__1",
    count(distinct "unit__") as "count_distinct__1"
  from "cells"
  group by grouping sets (("period__"), ("period__", "channel"))
)
select
  rolled.*,
  whole_rows."quantile_cont__1" as "quantile_cont__1",
  whole_rows."count_distinct__1" as "count_distinct__1"
from rolled join whole_rows
  on rolled."period__" is not distinct from whole_rows."period__"
  and rolled."set__" is not distinct from whole_rows."set__"
  and rolled."channel" is not distinct from whole_rows."channel";

create or replace temporary table "drawn__usual_wait" as
with "counted" as (
  select sum("units__") as "units__" from "counts__usual_wait__drawn_1"
),
"groups" as (
  select "period__", "set__", "channel" from "counts__usual_wait__drawn_1" where "set__" in (1, 0)
),
"spine" as (
  select
    "period__",
    "set__",
    "channel",
    "replicate__",
    "period__" between "covered__tickets".first_period and "covered__tickets".last_period as "in__tickets"
  from (select * from "groups" where (select max("units__") from counted) <= 200000)
  cross join range(500) as numbers("replicate__")
  cross join "covered__tickets"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."channel" as "channel",
    spine."replicate__" as "replicate__",
    case when "in__tickets" then "usual_wait__drawn_1"."quantile_cont__1" end as "quantile_cont__1",
    case when "in__tickets" then coalesce("usual_wait__drawn_1"."count__2", 0) end as "count__2",
    case when "in__tickets" then coalesce("usual_wait__drawn_1"."count_distinct__1", 0) end as "count_distinct__1"
  from spine
  left join "scan__usual_wait__drawn_1" as "usual_wait__drawn_1" on "usual_wait__drawn_1"."period__" = spine."period__" * 512 + spine."replicate__"
    and "usual_wait__drawn_1"."set__" = spine."set__"
    and "usual_wait__drawn_1"."channel" is not distinct from spine."channel"
),
"computed" as (
  select
    "period__",
    "set__",
    "channel",
    "replicate__",
    cast("quantile_cont__1" + "count__2" / nullif("count_distinct__1", 0) as double) as "value__"
  from terms
),
"replicates" as (
  select
    "period__",
    "set__",
    "channel",
    "replicate__",
    case when isfinite("value__") then "value__" end as "value__"
  from computed
),
"intervals" as (
  select
    "period__",
    "set__",
    "channel",
    quantile_cont("value__", 0.025) as "low",
    quantile_cont("value__", 0.975) as "high",
    stddev_samp("value__" order by "replicate__") as "se",
    count("value__") as "replicates"
  from replicates
  group by "period__", "set__", "channel"
)
select
  "groups"."period__" as "period__",
  "groups"."set__" as "set__",
  "groups"."channel" as "channel",
  intervals."low" as "low",
  intervals."high" as "high",
  intervals."se" as "se",
  intervals."replicates" as "replicates",
  (select max("units__") from counted) as "units"
from "groups"
left join intervals on "groups"."period__" is not distinct from intervals."period__"
  and "groups"."set__" is not distinct from intervals."set__"
  and "groups"."channel" is not distinct from intervals."channel";

create or replace temporary table "cells__mean_of_customers__drawn_1_1" as
with "rows" as (
  select
    "opened_at",
    ['phone', 'email'][list_position(['phone', 'email'], "channel")] as "channel",
    nullif("region", '') as "region",
    nullif("customer_id", '') as "customer_id",
    case when "wait" between 0 and 1.7976931348623157e+308 then "wait" end as "wait"
  from "source__tickets"
),
"seen" as (
  select
    *
  from "rows"
  where coalesce("opened_at" < timestamp '2026-04-01 00:00:00', true)
)
select
  *,
  year("opened_at") * 12 + month("opened_at") - 1 as "period__",
  "customer_id" as "key__1",
  case when "region" is not null then hash('region', cast("region" as varchar)) end as "unit__"
from "seen";

create or replace temporary table "counts__mean_of_customers__drawn_1_1" as
select
  "period__",
  1 * grouping("channel") as "set__",
  cast("channel" as varchar) as "channel",
  count(distinct "unit__") as "units__"
from "cells__mean_of_customers__drawn_1_1"
where "period__" is not null
group by grouping sets (("period__"), ("period__", "channel"));

create or replace temporary table "units__mean_of_customers__drawn_1_1" as
with "few_enough" as (
  select
    *
  from "cells__mean_of_customers__drawn_1_1"
  where "period__" is not null
    and (select coalesce(sum("units__"), 0) from "counts__mean_of_customers__drawn_1_1") <= 200000
),
"replicates" as (
  select
    *,
    case when "unit__" is not null then hash(hash("unit__", "replicate__", 20120812)) end as "chance__"
  from few_enough
  cross join range(500) as numbers("replicate__")
),
"drawn" as (
  select
    *,
    times_drawn("chance__") as "times__"
  from replicates
),
"copies" as (
  select times as times__, copy as copy__
  from range(1, 11) as numbers(times), range(times) as copies(copy)
),
"cells" as (
  select
    drawn.* replace (
      "period__" * 512 + "replicate__" as "period__",
      case when "unit__" is not null then hash("unit__", copy__) end as "unit__"
    )
  from drawn
  join copies on drawn.times__ = copies.times__
)
select
  "period__",
  1 * grouping("channel") as "set__",
  cast("channel" as varchar) as "channel",
  "key__1",
  avg("wait") as "wait",
  count(*) as "rows__"
from "cells"
group by grouping sets (("period__", "key__1"), ("period__", "channel", "key__1"));

create or replace temporary table "scan__mean_of_customers__drawn_1" as
with "every_unit" as (
  select
    *
  from "units__mean_of_customers__drawn_1_1"
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
    count("wait") as "count__6",
    sum("wait") as "sum__1"
  from "units"
  group by "period__", "set__", "channel"
)
select
  groups.*,
  null::timestamp as "oldest__",
  null::timestamp as "newest__"
from groups;

create or replace temporary table "drawn__mean_of_customers" as
with "counted" as (
  select sum("units__") as "units__" from "counts__mean_of_customers__drawn_1_1"
),
"groups" as (
  select "period__", "set__", "channel" from "counts__mean_of_customers__drawn_1_1" where "set__" in (1, 0)
),
"spine" as (
  select
    "period__",
    "set__",
    "channel",
    "replicate__",
    "period__" between "covered__mean_of_customers__per_customer_id".first_period and "covered__mean_of_customers__per_customer_id".last_period as "in__mean_of_customers__per_customer_id"
  from (select * from "groups" where (select max("units__") from counted) <= 200000)
  cross join range(500) as numbers("replicate__")
  cross join "covered__mean_of_customers__per_customer_id"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."channel" as "channel",
    spine."replicate__" as "replicate__",
    case when "in__mean_of_customers__per_customer_id" then coalesce("mean_of_customers__drawn_1"."count__6", 0) end as "count__6",
    case when "in__mean_of_customers__per_customer_id" then "mean_of_customers__drawn_1"."sum__1" end as "sum__1"
  from spine
  left join "scan__mean_of_customers__drawn_1" as "mean_of_customers__drawn_1" on "mean_of_customers__drawn_1"."period__" = spine."period__" * 512 + spine."replicate__"
    and "mean_of_customers__drawn_1"."set__" = spine."set__"
    and "mean_of_customers__drawn_1"."channel" is not distinct from spine."channel"
),
"computed" as (
  select
    "period__",
    "set__",
    "channel",
    "replicate__",
    cast("sum__1" / nullif("count__6", 0) as double) as "value__"
  from terms
),
"replicates" as (
  select
    "period__",
    "set__",
    "channel",
    "replicate__",
    case when isfinite("value__") then "value__" end as "value__"
  from computed
),
"intervals" as (
  select
    "period__",
    "set__",
    "channel",
    quantile_cont("value__", 0.05) as "low",
    quantile_cont("value__", 0.95) as "high",
    stddev_samp("value__" order by "replicate__") as "se",
    count("value__") as "replicates"
  from replicates
  group by "period__", "set__", "channel"
)
select
  "groups"."period__" as "period__",
  "groups"."set__" as "set__",
  "groups"."channel" as "channel",
  intervals."low" as "low",
  intervals."high" as "high",
  intervals."se" as "se",
  intervals."replicates" as "replicates",
  (select max("units__") from counted) as "units"
from "groups"
left join intervals on "groups"."period__" is not distinct from intervals."period__"
  and "groups"."set__" is not distinct from intervals."set__"
  and "groups"."channel" is not distinct from intervals."channel";

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__tickets"
    union all
    select first_period, last_period from "covered__mean_of_customers__per_customer_id"
  )
),
"segments" as (
  select
    "set__",
    "channel",
    bool_or(dataset__ = 'tickets') as "has__tickets",
    bool_or(dataset__ = 'mean_of_customers__per_customer_id') as "has__mean_of_customers__per_customer_id"
  from (
    select "set__", "channel", 'tickets' as dataset__ from "scan__tickets" where "period__" is not null
    union all
    select "set__", "channel", 'mean_of_customers__per_customer_id' as dataset__ from "scan__mean_of_customers__per_customer_id" where "period__" is not null
    union all
    select * from (values
      (1, null, 'tickets'),
      (0, 'phone', 'tickets'),
      (0, 'email', 'tickets'),
      (1, null, 'mean_of_customers__per_customer_id'),
      (0, 'phone', 'mean_of_customers__per_customer_id'),
      (0, 'email', 'mean_of_customers__per_customer_id')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__tickets".first_period and "covered__tickets".last_period as "in__tickets",
    "period__" between "covered__mean_of_customers__per_customer_id".first_period and "covered__mean_of_customers__per_customer_id".last_period as "in__mean_of_customers__per_customer_id"
  from periods cross join segments
  cross join "covered__tickets"
  cross join "covered__mean_of_customers__per_customer_id"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."channel" as "channel",
    spine."has__tickets" as "has__tickets",
    spine."has__mean_of_customers__per_customer_id" as "has__mean_of_customers__per_customer_id",
    case when "in__tickets" then coalesce("scan__tickets"."count__1", 0) end as "count__1",
    "scan__tickets"."quantile_cont__1" as "quantile_cont__1",
    case when "in__tickets" then coalesce("scan__tickets"."count__2", 0) end as "count__2",
    case when "in__tickets" then coalesce("scan__tickets"."count__3", 0) end as "count__3",
    case when "in__tickets" then coalesce("scan__tickets"."count__4", 0) end as "count__4",
    case when "in__tickets" then coalesce("scan__tickets"."count_distinct__1", 0) end as "count_distinct__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__1", 0) end as "rejects__1",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__2", 0) end as "rejects__2",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__3", 0) end as "rejects__3",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__4", 0) end as "rejects__4",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__5", 0) end as "rejects__5",
    case when "in__tickets" then coalesce("scan__tickets"."rejects__6", 0) end as "rejects__6",
    case when "in__tickets" then coalesce("scan__tickets"."count__5", 0) end as "count__5",
    case when "in__mean_of_customers__per_customer_id" then coalesce("scan__mean_of_customers__per_customer_id"."count__6", 0) end as "count__6",
    case when "in__mean_of_customers__per_customer_id" then "scan__mean_of_customers__per_customer_id"."sum__1" end as "sum__1",
    case when "in__mean_of_customers__per_customer_id" then coalesce("scan__mean_of_customers__per_customer_id"."tally__1", 0) end as "tally__1",
    case when "in__mean_of_customers__per_customer_id" then coalesce("scan__mean_of_customers__per_customer_id"."tally__2", 0) end as "tally__2",
    case when "in__mean_of_customers__per_customer_id" then coalesce("scan__mean_of_customers__per_customer_id"."tally__3", 0) end as "tally__3",
    case when "in__mean_of_customers__per_customer_id" then coalesce("scan__mean_of_customers__per_customer_id"."tally__4", 0) end as "tally__4",
    case when "in__mean_of_customers__per_customer_id" then coalesce("scan__mean_of_customers__per_customer_id"."tally__5", 0) end as "tally__5",
    "drawn__usual_wait"."low" as "usual_wait__of_low",
    "drawn__usual_wait"."high" as "usual_wait__of_high",
    "drawn__usual_wait"."se" as "usual_wait__of_se",
    "drawn__usual_wait"."replicates" as "usual_wait__of_replicates",
    "drawn__usual_wait"."units" as "usual_wait__of_units",
    "drawn__mean_of_customers"."low" as "mean_of_customers__of_low",
    "drawn__mean_of_customers"."high" as "mean_of_customers__of_high",
    "drawn__mean_of_customers"."se" as "mean_of_customers__of_se",
    "drawn__mean_of_customers"."replicates" as "mean_of_customers__of_replicates",
    "drawn__mean_of_customers"."units" as "mean_of_customers__of_units"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
    and "scan__tickets"."channel" is not distinct from spine."channel"
  left join "scan__mean_of_customers__per_customer_id" on "scan__mean_of_customers__per_customer_id"."period__" = spine."period__"
    and "scan__mean_of_customers__per_customer_id"."set__" = spine."set__"
    and "scan__mean_of_customers__per_customer_id"."channel" is not distinct from spine."channel"
  left join "drawn__usual_wait" on "drawn__usual_wait"."period__" is not distinct from spine."period__"
    and "drawn__usual_wait"."set__" is not distinct from spine."set__"
    and "drawn__usual_wait"."channel" is not distinct from spine."channel"
  left join "drawn__mean_of_customers" on "drawn__mean_of_customers"."period__" is not distinct from spine."period__"
    and "drawn__mean_of_customers"."set__" is not distinct from spine."set__"
    and "drawn__mean_of_customers"."channel" is not distinct from spine."channel"
),
"values_1" as (
  select
    *,
    cast("quantile_cont__1" + "count__2" / nullif("count_distinct__1", 0) as double) as "usual_wait",
    least("count__1", "count__4") as "usual_wait__n",
    "count__1" + "count__3" + "count__4" as "usual_wait__seen",
    coalesce("count_distinct__1" = 0, false) as "usual_wait__zero",
    cast("sum__1" / nullif("count__6", 0) as double) as "mean_of_customers",
    "count__6" as "mean_of_customers__n",
    "count__6" as "mean_of_customers__seen",
    false as "mean_of_customers__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "channel",
  "has__tickets",
  "has__mean_of_customers__per_customer_id",
  case when isfinite("usual_wait") then "usual_wait" end as "usual_wait",
  "usual_wait__n",
  "usual_wait__seen",
  "usual_wait__zero",
  "usual_wait__of_low",
  "usual_wait__of_high",
  "usual_wait__of_se",
  "usual_wait__of_replicates",
  "usual_wait__of_units",
  coalesce("rejects__4", 0) as "usual_wait__rejected_1",
  coalesce("rejects__2", 0) as "usual_wait__rejected_2",
  coalesce("rejects__3", 0) + coalesce("rejects__6", 0) as "usual_wait__rejected_3",
  coalesce("rejects__1", 0) + coalesce("rejects__5", 0) as "usual_wait__rejected_4",
  case when isfinite("mean_of_customers") then "mean_of_customers" end as "mean_of_customers",
  "mean_of_customers__n",
  "mean_of_customers__seen",
  "mean_of_customers__zero",
  "mean_of_customers__of_low",
  "mean_of_customers__of_high",
  "mean_of_customers__of_se",
  "mean_of_customers__of_replicates",
  "mean_of_customers__of_units",
  coalesce("tally__4", 0) as "mean_of_customers__rejected_1",
  coalesce("tally__2", 0) as "mean_of_customers__rejected_2",
  coalesce("tally__3", 0) as "mean_of_customers__rejected_3",
  coalesce("tally__1", 0) as "mean_of_customers__rejected_4"
from "values_1"
order by "period__", "set__", "channel";
