import { VERDICT_ERROR, VERDICT_REPLY, VERDICT_YIELD } from '../abi.js';
import { responseHead } from '../response.js';
import type { ActionRow, CompileEnv } from '../row.js';
import { verdict } from '../verdict.js';
import { wanted } from './words.js';

const SERVICES = ['prometheus-exporter'] as const;

/** What the main thread answers to a question for metrics. */
export interface MetricsAnswer {
  readonly status: number;
  /** Content type. */
  readonly type: string;
  readonly body: Uint8Array;
}

interface Service {
  readonly service: string;
}

/** Asks for the metrics and answers the parked session when they are there; the session may be gone by then. */
async function answerMetrics(env: CompileEnv, session: number, query: string): Promise<void> {
  const engine = env.engine();
  try {
    const metrics = (await env.ask('metrics', query)) as MetricsAnswer;
    const { body } = metrics;
    const head = responseHead(metrics.status, [
      ['content-length', String(body.length)], ['content-type', metrics.type], ['cache-control', 'no-cache'],
    ]);
    const staged = engine.reply(session, Buffer.from(head, 'latin1'), body);
    engine.resume(session, staged ? VERDICT_REPLY : verdict(VERDICT_ERROR, 500));
  } catch {
    engine.resume(session, verdict(VERDICT_ERROR, 500));
  }
}

export const useService: ActionRow<Service> = {
  name: 'use-service', families: ['http-request'], final: true, doc: 'lets a built-in service answer: prometheus-exporter',
  parse(cursor) {
    const word = wanted(cursor, "'use-service' expects a service name.");
    if (word === undefined) return undefined;
    const known = (SERVICES as readonly string[]).includes(word.text);
    return known ? { service: word.text } : cursor.error(word, `'${word.text}' unknown service name.`, `Services are: ${SERVICES.join(', ')}.`);
  },
  compile: (_data, env) => (tx) => {
    env.counters.intercepted(tx);
    void answerMetrics(env, tx.session, tx.query() ?? '');
    return VERDICT_YIELD;
  },
};
