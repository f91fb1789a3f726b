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

create or replace temporary table "scan__tickets" as
with "rows" as (
  select
    "opened_at",
    nullif("customer_id", '') as "customer_id"
  from "source__tickets"
),
"contract_rows" as (
  select
    nullif("customer_id", '') as "customer_id",
    "started_on",
    "ended_on",
    nullif("region", '') as "region",
    case when "ended_on__raw" is not null and "ended_on" is null then 'wrong_type' end as "lost__end"
  from "source__contracts"
),
"contract_ended" as (
  select
    * replace (
      case when "ended_on" < date '2026-04-01' then "ended_on" end as "ended_on"
    )
  from "contract_rows"
),
"contract" as (
  select
    *,
    true as "matched__"
  from "contract_ended"
  where coalesce("started_on" < date '2026-04-01', true)
    and ("ended_on" is not null or "lost__end" is null)
),
"joined" as (
  select
    "rows".*,
    "contract"."region" as "contract.region",
    "rows"."customer_id" is not null and "contract"."matched__" is null as "contract.unmatched__"
  from "rows"
  left join "contract" on "rows"."customer_id" = "contract"."customer_id"
    and "contract"."started_on" <= cast("rows"."opened_at" as date)
    and ("contract"."ended_on" is null or cast("rows"."opened_at" as date) < "contract"."ended_on")
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
    "contract.region",
    "contract.unmatched__",
    "contract.region" = 'north' as "value__1"
  from "seen"
),
"finest" as (
  select
    "period__",
    count(*) as "rows__",
    min("clock__") as "oldest__",
    max("clock__") as "newest__",
    coalesce(count_if("value__1"), 0) as "count__1",
    count("contract.region") as "count__2",
    count("value__1") as "count__3",
    coalesce(count_if("contract.unmatched__"), 0) as "count__4"
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
  sum("count__4") as "count__4",
  sum("rows__") as "count__5"
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
    case when "in__tickets" then coalesce("scan__tickets"."count__4", 0) end as "count__4",
    case when "in__tickets" then coalesce("scan__tickets"."count__5", 0) end as "count__5"
  from spine
  left join "scan__tickets" on "scan__tickets"."period__" = spine."period__"
    and "scan__tickets"."set__" = spine."set__"
),
"values_1" as (
  select
    *,
    cast(100 * "count__1" / nullif("count__3", 0) as double) as "northern_share",
    "count__3" as "northern_share__n",
    "count__2" + "count__3" as "northern_share__seen",
    coalesce("count__3" = 0, false) as "northern_share__zero"
  from "terms"
)
select
  "period__",
  "set__",
  "has__tickets",
  case when isfinite("northern_share") then "northern_share" end as "northern_share",
  "northern_share__n",
  "northern_share__seen",
  "northern_share__zero",
  "count__1" as "northern_share__of_k",
  "count__3" as "northern_share__of_n",
  coalesce("count__4", 0) as "northern_share__rejected_1"
from "values_1"
order by "period__", "set__";
