import { lookup } from 'node:dns/promises';

export interface ResolvedHost {
  readonly family: 4 | 6;
  readonly address: string;
}

/** Answers names as getaddrinfo(3) does, IPv4 before IPv6 as HAProxy prefers it. Replaced in tests. */
export type HostLookup = (name: string, family: 4 | 6 | null) => Promise<ResolvedHost | null>;

/** The operating system's answer: hosts file, then DNS; null if there is none. */
export const systemLookup: HostLookup = async (name, family) => {
  try {
    const answers = await lookup(name, { all: true, family: family ?? 0 });
    const best = answers.find((answer) => answer.family === 4) ?? answers[0];
    return best === undefined ? null : { family: best.family === 6 ? 6 : 4, address: best.address };
  } catch {
    return null;
  }
};

/** A lookup that asks for each name once, however many servers bear it. */
export function cachedLookup(ask: HostLookup = systemLookup): HostLookup {
  const known = new Map<string, Promise<ResolvedHost | null>>();
  return (name, family) => {
    const key = `${family ?? 0} ${name.toLowerCase()}`;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = ask(name, family);
      known.set(key, answer);
    }
    return answer;
  };
}
