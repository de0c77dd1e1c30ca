// The peer: loads a RowBinary file of (profile UInt64, time UInt64, code UInt8) into ClickHouse (chdb, in this process)
// in the layout that suits it best, asks the same funnels in every form that may be fastest, and prints one JSON object.
//   node clickhouse.mjs FILE DIR SPEC      SPEC: {"names":[…],"window":ms,"repeats":5,"questions":[{"label","steps"}]}
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { rmSync } from 'node:fs';
const { Session } = createRequire(import.meta.url)('chdb');

const [, , file, dir, specText] = process.argv;
const spec = JSON.parse(specText);
rmSync(dir, { recursive: true, force: true });
const session = new Session(dir);
const text = (s) => `'${s.replaceAll("'", "''")}'`;
const ask = (sql) => session.query(sql, 'JSONCompact');
const rows = (sql) => JSON.parse(ask(sql)).data;

const threads = availableParallelism();
const version = rows('SELECT version()')[0][0];
session.query('CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic');
session.query(`CREATE TABLE bench.events (profile UInt64, time UInt64, event LowCardinality(String))
  ENGINE = MergeTree ORDER BY (profile, time)`);
let began = performance.now();
session.query(`INSERT INTO bench.events
  SELECT profile, time, arrayElement([${spec.names.map(text)}], code + 1)
  FROM file(${text(file)}, 'RowBinary', 'profile UInt64, time UInt64, code UInt8')
  SETTINGS max_threads = ${threads}, max_insert_threads = 1`);
session.query('OPTIMIZE TABLE bench.events FINAL');
const loadSeconds = (performance.now() - began) / 1000;
const [[count, bytes, parts]] = rows(`SELECT sum(rows), sum(bytes_on_disk), count() FROM system.parts
  WHERE database = 'bench' AND table = 'events' AND active`);

const forms = {
  'every event': { where: false, settings: '' },
  'only the steps\' events': { where: true, settings: '' },
  'only the steps\' events, aggregation in order': { where: true, settings: ', optimize_aggregation_in_order = 1' },
};
const sqlOf = (q, form) => `SELECT level, count() FROM (
    SELECT profile, windowFunnel(${spec.window}, 'strict_once')(time, ${q.steps.map((s) => `event = ${text(s)}`)}) AS level
    FROM bench.events ${form.where ? `WHERE event IN (${q.steps.map(text)})` : ''} GROUP BY profile)
  GROUP BY level ORDER BY level SETTINGS max_threads = ${threads}${form.settings}`;

const answers = [];
for (const q of spec.questions) {
  let best;
  const all = [];
  for (const [how, form] of Object.entries(forms)) {
    const sql = sqlOf(q, form);
    const runs = [];
    let result, before;
    for (let n = 0; n < 1 + spec.repeats; n++) {
      if (n === 1) before = process.cpuUsage();
      began = performance.now();
      result = ask(sql);
      if (n > 0) runs.push(performance.now() - began);
    }
    const used = process.cpuUsage(before);
    const processor = (used.user + used.system) / 1000 / spec.repeats; // milliseconds, all threads together
    const levels = JSON.parse(result).data.map(([level, n]) => [Number(level), Number(n)]);
    const counts = q.steps.map((_, i) => levels.reduce((sum, [level, n]) => sum + (level > i ? n : 0), 0));
    runs.sort((a, b) => a - b);
    const one = { label: q.label, how, counts, millis: runs[runs.length >> 1], best: runs[0], processor };
    all.push(one);
    if (!best || one.millis < best.millis) best = one;
  }
  if (all.some((a) => String(a.counts) !== String(best.counts))) throw new Error(`the forms disagree: ${JSON.stringify(all)}`);
  answers.push({ ...best, forms: all.map(({ how, millis }) => ({ how, millis })) });
}
session.close();
console.log(JSON.stringify({ version, threads, events: Number(count), bytes: Number(bytes), parts: Number(parts), load_seconds: loadSeconds, answers }));
