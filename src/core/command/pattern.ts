import type { PatternKind } from '../pattern/control.js';
import { failure, information, type Answer, type Call, type CommandRow } from './row.js';

const NAMES: Readonly<Record<PatternKind, string>> = { map: 'map', acl: 'ACL' };

type ListCall = Call & { readonly at: number; readonly version: number | undefined; readonly words: readonly string[] };

/** Takes `[@<version>] <list>` off the words and runs with the rest; `missing`: what is said without a list. */
function onList(kind: PatternKind, missing: string, run: (call: ListCall) => Answer): CommandRow['run'] {
  return (call) => {
    const [first = '', ...rest] = call.args;
    const version = first.startsWith('@') ? Number(first.slice(1)) : undefined;
    const words = version === undefined ? [...call.args] : rest;
    const name = words.shift();
    if (name === undefined && missing !== '') return failure(missing);
    const at = call.runtime.patterns.find(name ?? '', kind);
    if (at === undefined) return failure(`Unknown ${NAMES[kind]} identifier. Please use #<id> or <file>.`);
    if (version !== undefined && !Number.isSafeInteger(version)) return failure('Version number expected behind @.');
    return run({ ...call, at, version, words });
  };
}

const done = (problem: string | null): Answer => (problem === null ? '' : failure(problem));

/** An entry has no address here: its place in the list stands for it, as a number to delete it by. */
const entryLine = (kind: PatternKind, at: number, { key, value }: { readonly key: string; readonly value: string }): string =>
  `0x${(at + 1).toString(16)} ${key}${kind === 'map' ? ` ${value}` : ''}\n`;

function* showAll(kind: PatternKind, { runtime }: Call): Generator<string> {
  yield '# id (file) description\n';
  for (const { list, description, current, next, size } of runtime.patterns.states(kind)) {
    yield `${list.id} (${list.file?.file ?? ''}) ${description}. curr_ver=${current} next_ver=${next} entry_cnt=${size}\n`;
  }
}

const showOne = (kind: PatternKind): CommandRow['run'] =>
  onList(kind, '', ({ runtime, at, version }) => {
    const entries = runtime.patterns.entries(at, version);
    return (function* () {
      for (const [i, entry] of entries.entries()) yield entryLine(kind, i, entry);
    })();
  });

/** The key behind `#0x…`, as `show` printed it. */
function keyOf({ runtime, at, version }: ListCall, word: string): string {
  const place = /^#0x([0-9a-f]+)$/i.exec(word);
  return place === null ? word : (runtime.patterns.entries(at, version)[parseInt(place[1]!, 16) - 1]?.key ?? word);
}

/** Lines `<key> <value>` of a payload, or the words. */
function addMap(call: ListCall): Answer {
  const { runtime: { patterns }, at, version, words, payload } = call;
  const lines = payload === null ? null : payload.split('\n').filter((line) => line.trim() !== '');
  if (lines === null ? words.length < 2 : words.length > 0) {
    return failure("'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload");
  }
  for (const line of lines ?? [words.join(' ')]) {
    const [, key, value] = /^\s*(\S+)\s*(.*)$/.exec(line)!;
    if (value === '') return failure(`Missing value for key '${key}'.`);
    const problem = patterns.add(at, key!, value!, version);
    if (problem !== null) return failure(problem);
  }
  return '';
}

function* answers(kind: PatternKind, { runtime, at }: ListCall, sample: string): Generator<string> {
  for (const { use, entry } of runtime.patterns.get(at, sample)) {
    const head = `type=${use.method}, case=${use.ignoreCase ? 'insensitive' : 'sensitive'}`;
    const found = kind === 'map' ? 'found' : 'match';
    if (entry === undefined) yield `${head}, ${found}=no\n`;
    else if (kind === 'map') yield `${head}, found=yes, idx=tree, key="${entry.key}", value="${entry.value}", type="${'output' in use ? String(use.output) : 'str'}"\n`;
    else yield `${head}, match=yes, idx=tree, pattern="${entry.key}"\n`;
  }
}

/** The commands that maps and files of ACLs have in common. */
function rowsOf(kind: PatternKind): CommandRow[] {
  const name = NAMES[kind];
  const missing = `Missing ${name} identifier.`;
  const two = `This command expects two parameters: ${name} identifier and key.`;
  return [
    {
      words: `show ${kind}`,
      usage: kind === 'map' ? '[@ver] [map]' : '[@<ver>] <acl>]',
      doc: kind === 'map' ? "report available maps or dump a map's contents" : "report available acls or dump an acl's contents",
      level: 'user',
      run: (call) => (call.args.length === 0 ? showAll(kind, call) : showOne(kind)(call)),
    },
    {
      words: `get ${kind}`,
      usage: kind === 'map' ? '<acl> <value>' : '<acl> <value>',
      doc: `report the patterns matching a sample for ${kind === 'map' ? 'a map' : 'an ACL'}`,
      level: 'user',
      run: (call) => {
        if (call.args.length < 2) return failure(`Missing ${name} identifier and/or key.`);
        return onList(kind, missing, (list) => answers(kind, list, list.words[0] ?? ''))(call);
      },
    },
    {
      words: `del ${kind}`,
      usage: `<${kind}> [<key>|#<ref>]`,
      doc: `delete ${kind} entries matching <key>`,
      level: 'operator',
      run: onList(kind, two, (call) => {
        const [word] = call.words;
        if (word === undefined) return failure(two);
        return done(call.runtime.patterns.del(call.at, keyOf(call, word)));
      }),
    },
    {
      words: `clear ${kind}`,
      usage: `[@<ver>] <${kind}>`,
      doc: `clear the contents of this ${kind}`,
      level: 'operator',
      run: onList(kind, missing, ({ runtime, at, version }) => {
        runtime.patterns.clear(at, version);
        return '';
      }),
    },
    {
      words: `prepare ${kind}`,
      usage: '<acl>',
      doc: `prepare a new version for atomic ${name} replacement`,
      level: 'operator',
      run: onList(kind, '', ({ runtime, at }) => information(`New version created: ${runtime.patterns.prepare(at)}`)),
    },
    {
      words: `commit ${kind}`,
      usage: `@<ver> <${kind}>`,
      doc: `commit the ${name} at this version`,
      level: 'operator',
      run: onList(kind, missing, ({ runtime, at, version }) => {
        if (version === undefined) return failure('Missing version number.');
        return runtime.patterns.commit(at, version) === null ? '' : failure('Version number out of range.');
      }),
    },
  ];
}

/** Maps and files of ACLs (management guide, 9.3). */
export const patternRows: readonly CommandRow[] = [
  ...rowsOf('map'),
  ...rowsOf('acl'),
  {
    words: 'add map',
    usage: '[@<ver>] <map> <key> <val>',
    doc: 'add a map entry (payload supported instead of key/val)',
    level: 'operator',
    run: onList('map', 'Missing map identifier.', addMap),
  },
  {
    words: 'add acl',
    usage: '[@<ver>] <acl> <pattern>',
    doc: 'add an acl entry',
    level: 'operator',
    run: onList('acl', "'add acl' expects two parameters: ACL identifier and pattern.", ({ runtime, at, version, words: [key] }) => {
      if (key === undefined) return failure("'add acl' expects two parameters: ACL identifier and pattern.");
      return done(runtime.patterns.add(at, key, '', version));
    }),
  },
  {
    words: 'set map',
    usage: '<map> [<key>|#<ref>] <value>',
    doc: "modify a map entry",
    level: 'operator',
    run: (call) => {
      if (call.args.length < 3) return failure("'set map' expects three parameters: map identifier, key and value.");
      return onList('map', '', (list) => done(list.runtime.patterns.set(list.at, keyOf(list, list.words[0]!), list.words.slice(1).join(' '))))(call);
    },
  },
];
