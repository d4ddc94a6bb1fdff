import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerAnswers, WorkerStart } from './mail.js';

export interface PoolEvents {
  /** A question of a worker; the promise's value is the answer. */
  ask(topic: string, request: unknown): Promise<unknown>;
  log(line: string): void;
  /** Log messages for rings. */
  records(records: Uint8Array): void;
  gc(worker: number, pauses: readonly (readonly [string, number])[]): void;
  /** A worker ended though nobody asked it to: the process can't go on. */
  died(worker: number, reason: string): void;
}

/** The worker threads of one configuration. */
export class WorkerPool {
  private readonly workers: Worker[];
  private readonly events: PoolEvents;
  private closing = false;
  private nextQuestion = 0;
  private readonly questions = new Map<number, (value: unknown) => void>();
  private readonly waiting = new Map<FromWorker['kind'], { left: Set<number>; done(): void }>();

  /** `memory`: limit of each worker's JavaScript heap in megabytes, null = Node's default. `entry`: URL of the compiled worker module. */
  constructor(starts: readonly WorkerStart[], memory: number | null, events: PoolEvents, entry: URL = new URL('worker.js', import.meta.url)) {
    this.events = events;
    this.workers = starts.map((start, index) => {
      const worker = new Worker(entry, {
        name: `worker ${index + 1}`,
        workerData: start,
        ...(memory === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: memory } }),
      });
      worker.on('message', (mail: FromWorker) => this.receive(index, mail));
      worker.on('error', (error) => this.died(index, error.message));
      worker.on('exit', (code) => this.died(index, `it ended with status ${code}`));
      return worker;
    });
  }

  /** Resolves when every worker has sent a mail of this kind, counted from now. */
  all(kind: FromWorker['kind']): Promise<void> {
    return new Promise((done) => this.waiting.set(kind, { left: new Set(this.workers.keys()), done }));
  }

  /** Asks every worker; the answers in the order of the workers. */
  question<T extends keyof WorkerAnswers>(topic: T): Promise<readonly WorkerAnswers[T][]> {
    return Promise.all(this.workers.map((_, worker) => {
      const id = this.nextQuestion++;
      this.tellOne(worker, { kind: 'question', id, topic });
      return new Promise<WorkerAnswers[T]>((answer) => this.questions.set(id, (value) => answer(value as WorkerAnswers[T])));
    }));
  }

  tell(mail: ToWorker): void {
    for (const worker of this.workers) worker.postMessage(mail);
  }

  tellOne(worker: number, mail: ToWorker): void {
    this.workers[worker]?.postMessage(mail);
  }

  /** Ends all workers and resolves when they are gone. */
  async close(): Promise<void> {
    this.closing = true;
    const gone = this.workers.map((worker) => new Promise((done) => worker.once('exit', done)));
    this.tell({ kind: 'close' });
    await Promise.all(gone);
  }

  private receive(index: number, mail: FromWorker): void {
    switch (mail.kind) {
      case 'ask':
        return void this.answer(index, mail.id, this.events.ask(mail.topic, mail.request));
      case 'reply':
        this.questions.get(mail.id)?.(mail.value);
        return void this.questions.delete(mail.id);
      case 'log':
        return this.events.log(mail.line);
      case 'records':
        this.events.records(mail.records);
        return this.workers[index]?.postMessage({ kind: 'taken', bytes: mail.records.length } satisfies ToWorker);
      case 'gc':
        return this.events.gc(index, mail.pauses);
      default: {
        const waiting = this.waiting.get(mail.kind);
        if (waiting?.left.delete(index) && waiting.left.size === 0) waiting.done();
      }
    }
  }

  private async answer(index: number, id: number, question: Promise<unknown>): Promise<void> {
    const reply = await question.then(
      (value) => ({ value, error: null }),
      (error: Error) => ({ value: null, error: error.message }),
    );
    this.workers[index]?.postMessage({ kind: 'answer', id, ...reply } satisfies ToWorker);
  }

  private died(index: number, reason: string): void {
    if (this.closing) return;
    this.closing = true;
    this.events.died(index, reason);
  }
}
