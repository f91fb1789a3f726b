"""Writes the tickets the benchmarks read: the same rows for the same count, on any machine and DuckDB version.

Each column is a function of the row's number and the column's own salt (the 32-bit finaliser of MurmurHash3, Appleby
2011), never `random()`, whose values depend on how threads share the work.
"""

import argparse
from pathlib import Path

import duckdb

MONTHS = 24
FIRST_DAY = "2024-01-01"

_UNIFORM = """
create or replace temp macro fold(x, shift) as xor(x, x >> shift);
create or replace temp macro step(x, shift, factor) as (fold(x, shift) * factor) & 4294967295::ubigint;
create or replace temp macro mixed(i, salt) as
  fold(step(step(((i + salt * 7919)::ubigint * 2654435761::ubigint) & 4294967295::ubigint,
       16, 2246822507::ubigint), 13, 3266489909::ubigint), 16);
create or replace temp macro uniform(i, salt) as (mixed(i, salt)::double + 0.5) / 4294967296.0;
"""

_TICKETS = """
with draws as (
  select i, uniform(i, 1) as u_channel, uniform(i, 2) as u_region, uniform(i, 3) as u_jitter, uniform(i, 4) as u_reply,
         uniform(i, 5) as u_resolve, uniform(i, 6) as u_csat, uniform(i, 7) as u_nps, uniform(i, 8) as u_solved,
         uniform(i, 9) as u_replies, uniform(i, 10) as u_handle, uniform(i, 11) as u_cost, mixed(i, 12) as customer
  from range({rows}) as numbers(i)
), opened as (
  select *,
         timestamp '{first_day}'
           + to_seconds(floor(least((i + u_jitter * {jitter}) / {rows}, 0.9999999) * {seconds})) as opened_at,
         case when u_channel < 0.38 then 'phone' when u_channel < 0.66 then 'email' when u_channel < 0.86 then 'chat'
              when u_channel < 0.95 then 'social' else 'shop' end as channel
  from draws
)
select 'T' || lpad(i::varchar, 9, '0') as ticket_id,
       'C' || (customer % greatest({rows} // 5, 1))::varchar as customer_id,
       channel,
       'R' || (1 + floor(u_region * u_region * 12))::integer::varchar as region,
       opened_at,
       case when u_reply > 0.03 then
         opened_at + to_seconds(floor(-1500 * ln(u_reply - 0.03) * (case channel when 'email' then 6 else 1 end)))
       end as first_reply_at,
       case when u_resolve > 0.08 then
         opened_at + to_seconds(floor(3600 - 90000 * ln(u_resolve)))
       end as resolved_at,
       case when u_csat < 0.0005 then 9
            when u_csat < 0.35 then 1 + floor(5 * power((u_csat - 0.0005) / 0.3495, 0.6)) end::tinyint as csat,
       case when u_nps < 0.002 then 11
            when u_nps < 0.30 then floor(11 * power((u_nps - 0.002) / 0.298, 0.45)) end::tinyint as nps,
       case when u_solved < 0.97 then u_solved < 0.81 end as solved,
       (1 + floor(-1.6 * ln(u_replies)))::integer as replies,
       case when u_handle < 0.0004 then -1.0
            when u_handle < 0.98 then round(45 - 380 * ln(u_handle), 1) end as handle_s,
       round(2.5 - 6 * ln(u_cost), 2) as cost
from opened
"""


def write_tickets(path: Path, rows: int) -> None:
    """Tickets over 24 months in order of arrival: nulls, survey codes out of range (11, 9), a handling time of -1."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = MONTHS * 365.25 / 12 * 86400
    tickets = _TICKETS.format(rows=rows, first_day=FIRST_DAY, seconds=int(seconds), jitter=rows / 2000)
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(_UNIFORM)
        connection.execute(f"copy ({tickets}) to '{path}' (format parquet, compression zstd)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("-o", "--output", type=Path, default=Path("build/bench/tickets.parquet"))
    arguments = parser.parse_args()
    write_tickets(arguments.output, arguments.rows)
    print(f"{arguments.rows} tickets in {arguments.output}")


if __name__ == "__main__":
    main()
