create or replace temporary view "source__tickets" as
select * from (
  select
    "opened_at__raw",
    case when "opened_at__raw" like '____-__-__ __:__:__' then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?') then try_cast("opened_at__raw" as timestamp) when regexp_full_match("opened_at__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)') then timezone('UTC', try_cast(regexp_replace("opened_at__raw", ' ([-+Z])', '\1') as timestamptz)) end as "opened_at",
    "customer_id"
  from (
    select
      nullif(trim("opened_at"), '') as "opened_at__raw",
      "customer_id"
    from read_csv(['tickets.csv'], columns = {'ticket_id': 'VARCHAR', 'opened_at': 'VARCHAR', 'channel': 'VARCHAR', 'region': 'VARCHAR', 'customer_id': 'VARCHAR', 'wait': 'VARCHAR', 'score': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary view "source__contracts" as
select * from (
  select
    "customer_id",
    "started_on__raw",
    case when "started_on__raw" like '____-__-__' then try_cast("started_on__raw" as date) when regexp_full_match("started_on__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00([.]0+)?)?') then try_cast("started_on__raw" as date) end as "started_on",
    "ended_on__raw",
    case when "ended_on__raw" like '____-__-__' then try_cast("ended_on__raw" as date) when regexp_full_match("ended_on__raw", '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00([.]0+)?)?') then try_cast("ended_on__raw" as date) end as "ended_on"
  from (
    select
      "customer_id",
      nullif(trim("started_on"), '') as "started_on__raw",
      nullif(trim("ended_on"), '') as "ended_on__raw"
    from read_csv(['contracts.csv'], columns = {'customer_id': 'VARCHAR', 'started_on': 'VARCHAR', 'ended_on': 'VARCHAR', 'region': 'VARCHAR'}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  )
);

create or replace temporary table "units__contacting_share__per_customer_id__tickets" as
with "rows" as (
  select
    "opened_at",
    nullif("customer_id", '') as "customer_id"
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
  0 as "set__",
  "key__1",
  count(*) as "contacts",
  count_if("customer_id" is null) as "tally__1",
  count(*) as "tally__3",
  count(*) as "rows__"
from "cells"
group by grouping sets (("period__", "key__1"));

create or replace temporary table "covered__contacting_share__per_customer_id__tickets" as
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

create or replace temporary table "units__contacting_share__per_customer_id__contracts__at_start" as
with "rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
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
    *,
    "customer_id" as "key__1"
  from "placed"
  where ("ended_on" is not null or "lost__end" is null)
)
select
  "period__",
  0 as "set__",
  "key__1",
  count(*) as "held",
  count_if("customer_id" is null) as "tally__2",
  count(*) as "rows__"
from "cells"
group by grouping sets (("period__", "key__1"));

create or replace temporary table "covered__contacting_share__per_customer_id__contracts__at_start" as
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

create or replace temporary table "scan__contacting_share__per_customer_id" as
with "every_unit" as (
  select
    "period__",
    "set__",
    "key__1",
    any_value("contacts") as "contacts",
    any_value("tally__1") as "tally__1",
    any_value("tally__3") as "tally__3",
    any_value("held") as "held",
    any_value("tally__2") as "tally__2",
    sum("rows__") as "rows__"
  from (
    select * from "units__contacting_share__per_customer_id__tickets"
    union all by name
    select * from "units__contacting_share__per_customer_id__contracts__at_start"
  )
  group by all
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
    sum("rows__") as "rows__",
    coalesce(count_if("contacts" > 0 and "held" > 0), 0) as "count__1",
    count("held" > 0 and "contacts" > 0) as "count__2",
    coalesce(count_if("held" > 0), 0) as "count__3",
    count("held") as "count__4"
  from "units"
  group by "period__", "set__"
),
"tallied" as (
  select
    "period__",
    "set__",
    sum("tally__1") as "tally__1",
    sum("tally__2") as "tally__2",
    sum("tally__3") as "tally__3"
  from every_unit
  group by "period__", "set__"
)
select
  tallied."period__",
  tallied."set__",
  groups.* exclude ("period__", "set__"),
  null::timestamp as "oldest__",
  null::timestamp as "newest__",
  tallied."tally__1" as "tally__1",
  tallied."tally__2" as "tally__2",
  tallied."tally__3" as "tally__3"
from groups
right join tallied on groups."period__" is not distinct from tallied."period__"
  and groups."set__" is not distinct from tallied."set__";

create or replace temporary table "covered__contacting_share__per_customer_id" as
select
  case when count(first_period) = count(*) then max(first_period) end as "first_period",
  min("last_period") as "last_period",
  min("oldest__") as "oldest__",
  max("newest__") as "newest__",
  max("rows__") as "rows__"
from (
  select * from "covered__contacting_share__per_customer_id__tickets"
  union all by name
  select * from "covered__contacting_share__per_customer_id__contracts__at_start"
);

with "periods" as (
  select unnest(generate_series(min(first_period), max(last_period))) as "period__"
  from (
    select first_period, last_period from "covered__contacting_share__per_customer_id"
  )
),
"segments" as (
  select
    "set__",
    bool_or(dataset__ = 'contacting_share__per_customer_id') as "has__contacting_share__per_customer_id"
  from (
    select "set__", 'contacting_share__per_customer_id' as dataset__ from "scan__contacting_share__per_customer_id" where "period__" is not null
    union all
    select * from (values
      (0, 'contacting_share__per_customer_id')
    )
  )
  group by all
),
"spine" as (
  select
    "period__",
    segments.*,
    "period__" between "covered__contacting_share__per_customer_id".first_period and "covered__contacting_share__per_customer_id".last_period as "in__contacting_share__per_customer_id"
  from periods cross join segments
  cross join "covered__contacting_share__per_customer_id"
),
"terms" as (
  select
    spine."period__" as "period__",
    spine."set__" as "set__",
    spine."has__contacting_share__per_customer_id" as "has__contacting_share__per_customer_id",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."count__1", 0) end as "count__1",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."count__2", 0) end as "count__2",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."count__3", 0) end as "count__3",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."count__4", 0) end as "count__4",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."tally__1", 0) end as "tally__1",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."tally__2", 0) end as "tally__2",
    case when "in__contacting_share__per_customer_id" then coalesce("scan__contacting_share__per_customer_id"."tally__3", 0) end as "tally__3"
  from spine
  left join "scan__contacting_share__per_customer_id" on "scan__contacting_share__per_customer_id"."period__" = spine."period__"
    and "scan__contacting_share__per_customer_id"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast(100 * "count__1" / nullif("count__3", 0) as double) as "contacting_share",
    "count__3" as "contacting_share__n",
    "count__2" + "count__4" as "contacting_share__seen",
    coalesce("count__3" = 0, false) as "contacting_share__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__contacting_share__per_customer_id",
  case when isfinite("contacting_share") then "contacting_share" end as "contacting_share",
  "contacting_share__n",
  "contacting_share__seen",
  "contacting_share__zero",
  "count__1" as "contacting_share__of_k",
  "count__3" as "contacting_share__of_n",
  coalesce("tally__1", 0) + coalesce("tally__2", 0) as "contacting_share__rejected_1"
from "values_1"
order by "period__", "set__";
