// A peer: loads the two Parquet files into DuckDB (in this process) in the layout that suits it best, asks the questions
// in every form that may be fastest, and prints one JSON object. docs/benchmarks.md tells of the layout.
//   node duckdb.mjs EVENTS PROFILES DIR SPEC
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, version } from '@duckdb/node-api';
import { measure, text, threads } from './peer.mjs';

const [, , events, profiles, dir, specText] = process.argv;
const spec = JSON.parse(specText);
rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });
const file = join(dir, 'bench.duckdb');
const instance = await DuckDBInstance.create(file, { threads: String(threads), temp_directory: join(dir, 'spill') });
const connection = await instance.connect();
const ask = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();

const began = performance.now();
await ask(`CREATE TYPE name AS ENUM (${spec.names.map(text)})`);
await ask(`CREATE TYPE brand AS ENUM (SELECT DISTINCT brand FROM read_parquet(${text(events)}) WHERE brand != '' ORDER BY brand)`);
await ask(`CREATE TABLE events AS SELECT profile, time::BIGINT AS time, event::name AS event, nullif(brand, '')::brand AS brand
  FROM read_parquet(${text(events)}) ORDER BY profile, time`);
await ask(`CREATE TABLE profiles AS SELECT profile, plan FROM read_parquet(${text(profiles)}) ORDER BY profile`);
await ask('CHECKPOINT');
const loadSeconds = (performance.now() - began) / 1000;
const [[count]] = await ask('SELECT count(*) FROM events');

const among = (list) => `event IN (${list.map(text)})`;
const week = 604800000;

// marked gives each event of a funnel its time and, per step, the chain's start: the latest first step whose chain has
// come so far. Its rows are profile, time, start1, start2, …, and what more is asked for.
function marked(steps, more = '') {
  let sql = `SELECT profile, time, event${more}, max(CASE WHEN event = ${text(steps[0])} THEN time END) OVER before AS s1
    FROM events WHERE ${among(steps)} WINDOW before AS (PARTITION BY profile ORDER BY time ROWS UNBOUNDED PRECEDING)`;
  for (let k = 2; k <= steps.length; k++) {
    const at = `CASE WHEN event = ${text(steps[k - 1])} AND time - s${k - 1} <= ${spec.window} THEN s${k - 1} END`;
    sql = k === steps.length
      ? `SELECT *, ${at} AS s${k} FROM (${sql})`
      : `SELECT *, max(${at}) OVER before AS s${k} FROM (${sql}) WINDOW before AS (PARTITION BY profile ORDER BY time ROWS UNBOUNDED PRECEDING)`;
  }
  return sql;
}

// chained are common table expressions c1, c2, …: the events that make step k, with their chain's start, found by joining
// each to the latest event that made the step before.
function chained(steps) {
  const of = (k) => `SELECT profile, time FROM events WHERE event = ${text(steps[k - 1])}`;
  const list = [`c1 AS MATERIALIZED (SELECT profile, time, time AS start FROM (${of(1)}))`];
  for (let k = 2; k <= steps.length; k++) {
    list.push(`c${k} AS MATERIALIZED (SELECT e.profile, e.time, c.start FROM (${of(k)}) e ASOF JOIN c${k - 1} c
      ON e.profile = c.profile AND e.time >= c.time WHERE e.time - c.start <= ${spec.window})`);
  }
  return list.join(', ');
}

const deepest = (steps) => `CASE ${steps.map((_, i) => steps.length - i).map((k) => `WHEN count(s${k}) > 0 THEN ${k}`).join(' ')} ELSE 0 END`;

const kinds = {
  funnel({ steps }) {
    return {
      'windows': `SELECT level, count(*) FROM (SELECT profile, ${deepest(steps)} AS level FROM (${marked(steps)}) GROUP BY profile) GROUP BY level`,
      'ASOF joins': `WITH ${chained(steps)} ${steps.map((_, i) => `SELECT ${i + 1} AS level, count(DISTINCT profile)${i + 1 < steps.length ? ` - (SELECT count(DISTINCT profile) FROM c${i + 2})` : ''} AS n FROM c${i + 1}`).join(' UNION ALL ')}`,
    };
  },
  breakdown({ steps }) {
    const first = 'arg_min(brand, time) FILTER (WHERE brand IS NOT NULL)';
    return {
      'windows': `SELECT coalesce(value::VARCHAR, ''), level, count(*) FROM (SELECT profile, ${first} AS value, ${deepest(steps)} AS level FROM (${marked(steps, ', brand')}) GROUP BY profile)
        WHERE level > 0 GROUP BY value, level`,
      'ASOF joins': `WITH ${chained(steps)}, depth AS (SELECT profile, max(level) AS level FROM (${steps.map((_, i) => `SELECT profile, ${i + 1} AS level FROM c${i + 1}`).join(' UNION ALL ')}) GROUP BY profile)
        SELECT coalesce(value::VARCHAR, ''), level, count(*) FROM depth LEFT JOIN (SELECT profile, arg_min(brand, time) AS value FROM events WHERE ${among(steps)} AND brand IS NOT NULL GROUP BY profile) USING (profile)
        GROUP BY value, level`,
    };
  },
  paths() {
    const gap = `time - lag(time) OVER own >= ${spec.gap} IS NOT FALSE`;
    const kept = `SELECT profile, time, event, fresh, sum(fresh::INT) OVER own AS visit FROM (
        SELECT profile, time, event, ${gap} AS fresh, event IS DISTINCT FROM lag(event) OVER own AS other FROM events WINDOW own AS (PARTITION BY profile ORDER BY time))
      WHERE fresh OR other WINDOW own AS (PARTITION BY profile ORDER BY time ROWS UNBOUNDED PRECEDING)`;
    const shift = (n) => `lag(event, ${n}) OVER own`;
    // The second form sorts by profile alone: an event's place in its visit is how far it is from the last fresh one.
    return {
      'windows': `SELECT step, a, b, count(*) FROM (
        SELECT row_number() OVER own AS step, event AS a, lead(event) OVER own AS b FROM (${kept}) WINDOW own AS (PARTITION BY profile, visit ORDER BY time))
        WHERE step < ${spec.path_steps} AND b IS NOT NULL GROUP BY step, a, b`,
      'windows over profiles alone': `SELECT step, a, b, count(*) FROM (
        SELECT n - max(CASE WHEN fresh THEN n END) OVER (PARTITION BY profile ORDER BY n ROWS UNBOUNDED PRECEDING) AS step, fresh, before AS a, event AS b FROM (
          SELECT profile, event, fresh, row_number() OVER own AS n, ${shift(1)} AS before FROM (
            SELECT profile, time, event, ${gap} AS fresh, event IS DISTINCT FROM lag(event) OVER own AS other FROM events WINDOW own AS (PARTITION BY profile ORDER BY time))
          WHERE fresh OR other WINDOW own AS (PARTITION BY profile ORDER BY time)))
        WHERE NOT fresh AND step < ${spec.path_steps} GROUP BY step, a, b`,
    };
  },
  retention({ steps: [start, back] }) {
    const to = spec.from + spec.weeks * week;
    const range = `time >= ${spec.from} AND time < ${to}${back === '' ? '' : ` AND ${among([start, back])}`}`;
    const bit = `1 << ((time - ${spec.from}) // ${week})::INT`;
    const people = `SELECT bit_or(${bit}) FILTER (WHERE event = ${text(start)}) AS s, bit_or(${bit})${back === '' ? '' : ` FILTER (WHERE event = ${text(back)})`} AS r
      FROM events WHERE ${range} GROUP BY profile`;
    const masks = `SELECT s, coalesce(r, 0) AS r, count(*) AS n FROM (${people}) WHERE s IS NOT NULL GROUP BY ALL`;
    const grid = `SELECT j, k, sum(n) FROM (${masks}), range(${spec.weeks}) a(j), range(${spec.weeks}) b(k)
      WHERE j + k < ${spec.weeks} AND (s >> j::INT) & 1 = 1 AND (k = 0 OR (r >> (j + k)::INT) & 1 = 1) GROUP BY j, k`;
    const weeks = (where, as) => `${as} AS (SELECT DISTINCT profile, ((time - ${spec.from}) // ${week})::INT AS ${as} FROM events WHERE time >= ${spec.from} AND time < ${to}${where})`;
    return {
      'bits per person': grid,
      'distinct weeks, joined': `WITH ${weeks(` AND event = ${text(start)}`, 's')}, ${weeks(back === '' ? '' : ` AND event = ${text(back)}`, 'r')}
        SELECT s, 0, count(*) FROM s GROUP BY s UNION ALL SELECT s, r - s, count(*) FROM s JOIN r USING (profile) WHERE r > s GROUP BY s, r`,
    };
  },
  segment({ steps: [often, lately], plan }) {
    const having = `count(*) FILTER (WHERE event = ${text(often)}) >= 2 AND count(*) FILTER (WHERE event = ${text(lately)} AND time >= ${spec.at - spec.recent}) >= 1`;
    const planned = `SELECT profile FROM profiles WHERE plan = ${text(plan)}`;
    const sql = (first, last) => `SELECT 'size', count(*) FROM (SELECT profile FROM events ${first} WHERE ${among([often, lately])} AND time <= ${spec.at} GROUP BY profile HAVING ${having}) ${last}`;
    return { 'trait first': sql(`SEMI JOIN (${planned}) USING (profile)`, ''), 'trait last': sql('', `SEMI JOIN (${planned}) USING (profile)`) };
  },
};

const answers = await measure(spec, ask, (q) => kinds[q.kind](q));
connection.closeSync();
instance.closeSync();
console.log(JSON.stringify({ version: version(), threads, events: Number(count), bytes: statSync(file).size, parts: 1, load_seconds: loadSeconds, answers }));
