// What both peers share: each question is asked in every form that its engine may answer fastest, the fastest form is
// asked again, and its times and its answer are reported as rows of [key, number].
import { availableParallelism } from 'node:os';

export const threads = availableParallelism();
export const text = (s) => `'${s.replaceAll("'", "''")}'`;

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

// once asks one time: its answer, the real time and the processor time of all threads, in milliseconds.
async function once(ask, sql) {
  const began = performance.now();
  const before = process.cpuUsage();
  const rows = await ask(sql);
  const used = process.cpuUsage(before);
  return { rows, millis: performance.now() - began, processor: (used.user + used.system) / 1000 };
}

// settle makes the same rows of every form's answer: keys and numbers, sorted, without zeros.
function settle(question, rows) {
  let out = rows.map((r) => [r.slice(0, -1).join('|'), Number(r.at(-1))]);
  if (question.kind === 'funnel' || question.kind === 'breakdown') out = reached(question, rows);
  return out.filter(([, n]) => n !== 0).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

// reached turns people per deepest step (…, level, n) into people at each step or beyond.
function reached(question, rows) {
  const sums = new Map();
  for (const row of rows) {
    const group = row.slice(0, -2);
    for (let step = 1; step <= Number(row.at(-2)); step++) {
      const key = [...group, step].join('|');
      sums.set(key, (sums.get(key) ?? 0) + Number(row.at(-1)));
    }
  }
  return [...sums];
}

// measure asks all questions. A form is tried once (the first one twice, to read the files into memory); those near the
// fastest, by real or by processor time, are asked up to spec.repeats times more, fewer if one takes long.
export async function measure(spec, ask, formsOf) {
  const answers = [];
  for (const question of spec.questions) {
    const forms = Object.entries(formsOf(question)).map(([how, sql]) => ({ how, sql }));
    await once(ask, forms[0].sql);
    for (const form of forms) {
      Object.assign(form, await once(ask, form.sql));
      form.rows = settle(question, form.rows);
      if (String(form.rows) !== String(forms[0].rows)) {
        throw new Error(`${question.label}: "${form.how}" and "${forms[0].how}" disagree: ${differing(form.rows, forms[0].rows)}`);
      }
    }
    const near = (figure) => (f) => f[figure] <= 1.3 * Math.min(...forms.map((other) => other[figure]));
    const again = forms.filter((f) => near('millis')(f) || near('processor')(f));
    const fastest = (list) => list.reduce((a, b) => (b.millis < a.millis ? b : a));
    while (again.length > 0 || !fastest(forms).best) {
      const form = again.pop() ?? fastest(forms);
      const runs = [];
      for (let n = Math.max(1, Math.min(spec.repeats, Math.floor(spec.patience / form.millis))); n > 0; n--) runs.push(await once(ask, form.sql));
      form.millis = median(runs.map((r) => r.millis));
      form.best = Math.min(...runs.map((r) => r.millis));
      form.processor = runs.reduce((sum, r) => sum + r.processor, 0) / runs.length;
    }
    const { how, sql, rows, millis, best, processor } = fastest(forms);
    answers.push({ label: question.label, how, sql, rows, millis, best, processor, forms: forms.map(({ how, millis }) => ({ how, millis })) });
  }
  return answers;
}

function differing(a, b) {
  const have = new Map(b);
  const [key, n] = a.find(([key, n]) => have.get(key) !== n) ?? b.find(([key]) => !a.some(([k]) => k === key));
  return `${key}: ${n} and ${have.get(key)}`;
}
