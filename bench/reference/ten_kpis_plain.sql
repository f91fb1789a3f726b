-- The same figures as ten_kpis.sql, spelled as most people would: valid cells once, then every condition in an aggregate.
with cells as (
  select
    year(opened_at) * 12 + month(opened_at) - 1 as period,
    channel,
    nps as nps_raw,
    case when nps between 0 and 10 then nps end as nps,
    csat as csat_raw,
    case when csat between 1 and 5 then csat end as csat,
    solved and replies <= 1 as at_once,
    handle_s as handle_raw,
    case when handle_s >= 0 then handle_s end as handle_s,
    cost as cost_raw,
    case when cost >= 0 then cost end as cost,
    replies as replies_raw,
    case when replies >= 0 then replies end as replies,
    epoch_us(first_reply_at) - epoch_us(opened_at) as wait_us
  from tickets
  where opened_at < timestamp '2026-01-01'
),
finest as (
  select
    period, channel,
    count(*) as rows,
    count_if(nps >= 9) as promoters, count_if(nps <= 6) as detractors, count(nps) as nps_n,
    count(nps_raw) - count(nps) as nps_rejected,
    count_if(csat >= 4) as csat_top, count(csat) as csat_n, sum(csat) as csat, sum(csat::double * csat) as csat_2,
    count(csat_raw) - count(csat) as csat_rejected,
    count_if(at_once) as at_once, count(at_once) as at_once_n,
    sum(handle_s) as handle, sum(handle_s * handle_s) as handle_2, count(handle_s) as handle_n,
    count(handle_raw) - count(handle_s) as handle_rejected,
    sum(cost) as cost, count(cost) as cost_n, count(cost_raw) - count(cost) as cost_rejected,
    count_if(wait_us <= 3600000000) as within_hour, count(wait_us) as wait_n,
    count_if(replies >= 6) as escalated, count(replies) as replies_n,
    count(replies_raw) - count(replies) as replies_rejected
  from cells
  group by all
),
rolled as (
  select
    period, channel,
    sum(rows) as rows,
    sum(promoters) as promoters, sum(detractors) as detractors, sum(nps_n) as nps_n, sum(nps_rejected) as nps_rejected,
    sum(csat_top) as csat_top, sum(csat_n) as csat_n, sum(csat) as csat, sum(csat_2) as csat_2,
    sum(csat_rejected) as csat_rejected,
    sum(at_once) as at_once, sum(at_once_n) as at_once_n,
    sum(handle) as handle, sum(handle_2) as handle_2, sum(handle_n) as handle_n, sum(handle_rejected) as handle_rejected,
    sum(cost) as cost, sum(cost_n) as cost_n, sum(cost_rejected) as cost_rejected,
    sum(within_hour) as within_hour, sum(wait_n) as wait_n,
    sum(escalated) as escalated, sum(replies_n) as replies_n, sum(replies_rejected) as replies_rejected
  from finest
  group by grouping sets ((period), (period, channel))
)
select
  period, channel,
  100 * (promoters - detractors) / nullif(nps_n, 0) as nps_score, nps_n as nps_score__n, nps_rejected as nps_score__rejected,
  100 * csat_top / nullif(csat_n, 0) as csat_pct, csat_n as csat_pct__n, csat_rejected as csat_pct__rejected,
  csat / nullif(csat_n, 0) as csat_mean, csat_n as csat_mean__n, csat_rejected as csat_mean__rejected,
  sqrt((csat_2 - csat::double * csat / csat_n) / nullif(csat_n - 1, 0)) as csat_mean__sd,
  rows as ticket_count, rows as ticket_count__n,
  100 * at_once / nullif(at_once_n, 0) as fcr, at_once_n as fcr__n, replies_rejected as fcr__rejected,
  handle / nullif(handle_n, 0) as handle_time, handle_n as handle_time__n, handle_rejected as handle_time__rejected,
  sqrt((handle_2 - handle * handle / handle_n) / nullif(handle_n - 1, 0)) as handle_time__sd,
  cost as cost_total, cost_n as cost_total__n, cost_rejected as cost_total__rejected,
  cost / nullif(rows, 0) as cost_per_ticket, rows as cost_per_ticket__n, cost_rejected as cost_per_ticket__rejected,
  100 * within_hour / nullif(wait_n, 0) as reply_within_hour, wait_n as reply_within_hour__n,
  100 * escalated / nullif(replies_n, 0) as escalation_share, replies_n as escalation_share__n,
  replies_rejected as escalation_share__rejected
from rolled
order by channel nulls first, period
