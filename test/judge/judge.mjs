// ClickHouse (chdb) in this process. Each line read is {"sql": "…"}, each line written the answer to it:
// {"rows": [[…], …]} or {"error": "…"}.
//   node judge.mjs DIR      DIR: an empty folder for what ClickHouse keeps
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { Session } = createRequire(new URL('../bench/package.json', import.meta.url))('chdb');
const session = new Session(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const rows = session.query(JSON.parse(line).sql, 'JSONCompactEachRow').trim(); // one row a line; not parsed: JavaScript numbers lose digits
    answer = `{"rows": [${rows.replaceAll('\n', ',')}]}`;
  } catch (e) {
    answer = JSON.stringify({ error: String(e.message ?? e) });
  }
  process.stdout.write(answer + '\n');
}
session.close();
