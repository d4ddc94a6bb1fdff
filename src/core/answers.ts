/** Who in the main thread answers the questions of workers, by topic. */
export class Answers {
  private readonly topics = new Map<string, (request: unknown) => Promise<unknown>>();

  /** From now on `answer` is asked about `topic`. */
  on<Request>(topic: string, answer: (request: Request) => Promise<unknown>): void {
    this.topics.set(topic, answer as (request: unknown) => Promise<unknown>);
  }

  /** Rejects if nobody answers to the topic. */
  ask(topic: string, request: unknown): Promise<unknown> {
    const answer = this.topics.get(topic);
    return answer === undefined ? Promise.reject(new Error(`nobody answers questions on ${topic}`)) : answer(request);
  }
}
