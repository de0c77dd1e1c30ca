import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const writeKey = 'e2e-write-key-0123456789abcdefghij'
export const apiKey = 'e2e-api-key-0123456789abcdefghijkl'

const program = process.env.WEND_BINARY ?? fileURLToPath(new URL('../../../bin/wend', import.meta.url))

/** A running wend on a data directory of its own. */
export class Wend {
  private constructor(
    readonly url: string,
    private readonly data: string,
    private readonly child: ChildProcess,
    private readonly lines: string[],
  ) {}

  /** Starts `wend demo` or `wend serve` and waits for the line that says it answers. */
  static async start(command: 'demo' | 'serve', ...flags: string[]): Promise<Wend> {
    const data = await mkdtemp(join(tmpdir(), 'wend-e2e-'))
    const child = spawn(program, [command, '--data', data, '--listen', '127.0.0.1:0', ...flags], {
      env: { ...process.env, WEND_BOOTSTRAP_WRITE_KEY: writeKey, WEND_BOOTSTRAP_API_KEY: apiKey },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const lines: string[] = []
    const url = await new Promise<string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => { reject(new Error(`wend ended with ${String(code)} before it was ready:\n${lines.join('\n')}`)) })
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line)
        const ready = /^wend: ready on (\S+)/.exec(line)
        if (ready?.[1]) resolve(ready[1])
      })
    })
    child.removeAllListeners('exit')
    return new Wend(url, data, child, lines)
  }

  /** What the server wrote to standard error. */
  get log(): string {
    return this.lines.join('\n')
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    if (this.child.exitCode === null && this.child.kill('SIGTERM')) await ended
    await rm(this.data, { recursive: true, force: true })
  }

  /** Asks the API with the administrator's token. */
  async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const res = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await res.text()
    if (!res.ok) throw new Error(`${method} ${path}: ${String(res.status)} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** Sends one event to the collecting side, as any program would. */
  async track(event: string, userId: string, properties: Record<string, unknown> = {}): Promise<void> {
    const res = await fetch(`${this.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event, userId, properties, messageId: randomUUID() }),
    })
    if (res.status !== 200) throw new Error(`track: ${String(res.status)} ${await res.text()}`)
  }

  /** A journey of one stage, with a touchpoint for each of these events. */
  async drawJourney(id: string, title: string, events: Record<string, string>): Promise<void> {
    for (const [touchpoint, event] of Object.entries(events)) {
      await this.call('POST', '/api/v1/touchpoints', {
        apiVersion: 'wend/v1',
        kind: 'Touchpoint',
        metadata: { id: touchpoint, title: event },
        spec: { channel: 'Test', match: [{ event }] },
      })
    }
    await this.call('POST', '/api/v1/journeys', {
      apiVersion: 'wend/v1',
      kind: 'Journey',
      metadata: { id, title },
      spec: {
        state: 'current',
        level: 'macro',
        actor: 'profile',
        stages: [{ id: `${id}-stage`, title: 'Everything', steps: [{ id: `${id}-step`, title: 'Arrive', touchpoints: Object.keys(events) }] }],
      },
    })
  }

  /** The names of the events on the timeline of whom this text finds; empty while nobody is found. */
  async timelineOf(who: string): Promise<string[]> {
    const { people } = await this.call<{ people: { id: string }[] }>('GET', `/api/v1/profiles?query=${encodeURIComponent(who)}`)
    if (!people[0]) return []
    const { events } = await this.call<{ events: { name: string }[] }>('GET', `/api/v1/profiles/${people[0].id}/timeline`)
    return events.map((e) => e.name)
  }
}
