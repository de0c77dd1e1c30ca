// A peer: loads the two Parquet files into ClickHouse (chdb, in this process) in the layout that suits it best, asks the
// questions in every form that may be fastest, and prints one JSON object. docs/benchmarks.md tells of the layout.
//   node clickhouse.mjs EVENTS PROFILES DIR SPEC
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { measure, text, threads } from './peer.mjs';
const { Session } = createRequire(import.meta.url)('chdb');

const [, , events, profiles, dir, specText] = process.argv;
const spec = JSON.parse(specText);
rmSync(dir, { recursive: true, force: true });
const session = new Session(dir);
const ask = (sql) => JSON.parse(session.query(sql, 'JSONCompact')).data;

const version = ask('SELECT version()')[0][0];
const enumOf = spec.names.map((n, i) => `${text(n)} = ${i}`).join(', ');
session.query('CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic');
session.query(`CREATE TABLE bench.events (profile UInt64, time UInt64, event LowCardinality(String), code Enum8(${enumOf}), brand LowCardinality(String))
  ENGINE = MergeTree ORDER BY (profile, time)`);
session.query('CREATE TABLE bench.profiles (profile UInt64, plan LowCardinality(String)) ENGINE = MergeTree ORDER BY profile');
const began = performance.now();
session.query(`INSERT INTO bench.events SELECT profile, time, event, event, brand
  FROM file(${text(events)}, 'Parquet', 'profile UInt64, time UInt64, event String, brand String')
  SETTINGS max_threads = ${threads}, max_insert_threads = 1`);
session.query(`INSERT INTO bench.profiles SELECT profile, plan FROM file(${text(profiles)}, 'Parquet', 'profile UInt64, plan String')`);
session.query('OPTIMIZE TABLE bench.events FINAL');
session.query('OPTIMIZE TABLE bench.profiles FINAL');
const loadSeconds = (performance.now() - began) / 1000;
const [[count, bytes, parts]] = ask(`SELECT sumIf(rows, table = 'events'), sum(bytes_on_disk), countIf(table = 'events')
  FROM system.parts WHERE database = 'bench' AND active`);

const inOrder = { optimize_aggregation_in_order: 1 };
const settings = (more = {}) => ` SETTINGS ${Object.entries({ max_threads: threads, ...more }).map(([k, v]) => `${k} = ${v}`).join(', ')}`;
const among = (list) => `code IN (${list.map(text)})`;

const kinds = {
  funnel({ steps }) {
    const sql = (where, column, more) => `SELECT level, count() FROM (
      SELECT profile, windowFunnel(${spec.window}, 'strict_once')(time, ${steps.map((s) => `${column} = ${text(s)}`)}) AS level
      FROM bench.events ${where ? `WHERE ${column} IN (${steps.map(text)})` : ''} GROUP BY profile)
      GROUP BY level${settings(more)}`;
    return {
      'every event': sql(false, 'code'),
      'steps\' events': sql(true, 'code'),
      'steps\' events, in order': sql(true, 'code', inOrder),
      'steps\' events, in order, LowCardinality': sql(true, 'event', inOrder),
    };
  },
  breakdown({ steps }) {
    const sql = (value, more) => `SELECT value, level, count() FROM (
      SELECT profile, ${value} AS value, windowFunnel(${spec.window}, 'strict_once')(time, ${steps.map((s) => `code = ${text(s)}`)}) AS level
      FROM bench.events WHERE ${among(steps)} GROUP BY profile)
      WHERE level > 0 GROUP BY value, level${settings(more)}`;
    return {
      argMinIf: sql(`argMinIf(brand, time, brand != '')`),
      'argMinIf, in order': sql(`argMinIf(brand, time, brand != '')`, inOrder),
      'argMin with a far time for none': sql(`argMin(brand, brand = '' ? 18446744073709551615 : time)`),
      'argMin with a far time for none, in order': sql(`argMin(brand, brand = '' ? 18446744073709551615 : time)`, inOrder),
    };
  },
  paths() {
    const sessions = (sorted) => `arraySplit((c, t) -> t >= ${spec.gap}, arrayMap(x -> x.2, ${sorted}), arrayDifference(arrayMap(x -> x.1, ${sorted})))`;
    const sql = (sorted, more) => `SELECT bitShiftRight(edge, 16), CAST(bitAnd(bitShiftRight(edge, 8), 255), 'Enum8(${enumOf.replaceAll("'", "\\'")})') AS a,
      CAST(bitAnd(edge, 255), 'Enum8(${enumOf.replaceAll("'", "\\'")})') AS b, n FROM (
      SELECT edge, count() AS n FROM (
        SELECT ${sorted} AS sorted, arrayJoin(${sessions('sorted')}) AS visit, arraySlice(arrayCompact(visit), 1, ${spec.path_steps}) AS path,
          arrayJoin(arrayMap((a, b, k) -> toUInt32(k * 65536 + a * 256 + b), arrayPopBack(path), arrayPopFront(path), arrayEnumerate(arrayPopBack(path)))) AS edge
        FROM bench.events GROUP BY profile) GROUP BY edge)${settings(more)}`;
    const packed = 'arrayMap(x -> (toInt64(intDiv(x, 256)), toUInt8(x % 256)), arraySort(groupArray(time * 256 + toUInt8(code))))';
    return {
      'arrays of tuples': sql(`arraySort(groupArray((time, toUInt8(code))))`),
      'arrays of tuples, in order': sql(`arraySort(groupArray((time, toUInt8(code))))`, inOrder),
      'arrays packed into numbers': sql(packed),
      'arrays packed into numbers, in order': sql(packed, inOrder),
    };
  },
  retention({ steps: [start, back] }) {
    const to = spec.from + spec.weeks * 604800000;
    const range = `time >= ${spec.from} AND time < ${to}${back === '' ? '' : ` AND ${among([start, back])}`}`;
    const week = `bitShiftLeft(toUInt32(1), intDiv(time - ${spec.from}, 604800000))`;
    const people = `SELECT groupBitOrIf(${week}, code = ${text(start)}) AS s, ${back === '' ? `groupBitOr(${week})` : `groupBitOrIf(${week}, code = ${text(back)})`} AS r
      FROM bench.events WHERE ${range} GROUP BY profile`;
    const grid = (from, n) => `SELECT j, k, sum(${n}) FROM (SELECT arrayJoin(bitPositionsToArray(s)) AS j, r, ${n} FROM (${from}))
      ARRAY JOIN range(toUInt64(${spec.weeks} - j)) AS k WHERE k = 0 OR bitTest(r, j + k) GROUP BY j, k`;
    const grouped = `SELECT s, r, count() AS n FROM (${people}) WHERE s != 0 GROUP BY s, r`;
    return {
      'bits per person': grid(`SELECT s, r, 1 AS n FROM (${people}) WHERE s != 0`, 'n') + settings(),
      'bits per person, in order': grid(`SELECT s, r, 1 AS n FROM (${people}) WHERE s != 0`, 'n') + settings(inOrder),
      'bits per person, like ones together': grid(grouped, 'n') + settings(),
      'bits per person, like ones together, in order': grid(grouped, 'n') + settings(inOrder),
    };
  },
  segment({ steps: [often, lately], plan }) {
    const having = `countIf(code = ${text(often)}) >= 2 AND countIf(code = ${text(lately)} AND time >= ${spec.at - spec.recent}) >= 1`;
    const planned = `profile IN (SELECT profile FROM bench.profiles WHERE plan = ${text(plan)})`;
    const sql = (where, outer, more) => `SELECT 'size', count() FROM (
      SELECT profile FROM bench.events WHERE ${among([often, lately])} AND time <= ${spec.at} ${where} GROUP BY profile HAVING ${having}) ${outer}${settings(more)}`;
    return {
      'trait first': sql(`AND ${planned}`, ''),
      'trait first, in order': sql(`AND ${planned}`, '', inOrder),
      'trait last': sql('', `WHERE ${planned}`),
      'trait last, in order': sql('', `WHERE ${planned}`, inOrder),
    };
  },
};

const answers = await measure(spec, ask, (q) => kinds[q.kind](q));
session.close();
console.log(JSON.stringify({ version, threads, events: Number(count), bytes: Number(bytes), parts: Number(parts), load_seconds: loadSeconds, answers }));
