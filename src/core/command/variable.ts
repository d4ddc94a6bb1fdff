import { formatIp } from '../ip.js';
import type { Value } from '../row.js';
import { parseVariable } from '../variable.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';

/** The type and the text of a value, as HAProxy shows samples. */
function shown(value: Value): readonly [type: string, text: string] {
  switch (typeof value) {
    case 'boolean': return ['bool', value ? '1' : '0'];
    case 'string': return ['str', value];
    case 'object': return 'bin' in value ? ['bin', Buffer.from(value.bin, 'latin1').toString('hex').toUpperCase()] : [`ipv${value.family}`, formatIp(value)];
    default: return ['sint', String(value)];
  }
}

function getVariable({ args: [name], runtime: { processVariables } }: Call): Answer {
  if (name === undefined) return failure('Missing process-wide variable identifier.');
  const variable = parseVariable(name);
  const value = variable?.scope === 'proc' ? processVariables.get(variable.name) : undefined;
  if (value === undefined) return failure('Variable not found.');
  const [type, text] = shown(value);
  return `${name}: type=${type} value=<${text}>\n`;
}

async function setVariable({ args: [name, ...words], runtime: { processVariables } }: Call): Promise<Answer> {
  if (name === undefined) return failure('Missing process-wide variable identifier.');
  const [first] = words;
  const kind = first === 'fmt' ? 'fmt' : 'expr';
  const text = (first === 'fmt' || first === 'expr' ? words.slice(1) : words).join(' ');
  if (text === '') return failure("Missing either 'expr', 'fmt' or expression.");
  const variable = parseVariable(name);
  if (variable?.scope !== 'proc') return failure(`'set var': cannot set variable '${name}', only scope 'proc' is permitted here.`);
  const problem = await processVariables.set(variable.name, kind, text);
  return problem === null ? '' : failure(problem);
}

/** Variables of the process (management guide, 9.3). */
export const variableRows: readonly CommandRow[] = [
  { words: 'get var', usage: '<name>', doc: 'retrieve contents of a process-wide variable', level: 'operator', run: getVariable },
  { words: 'set var', usage: '<name> [fmt|expr] {<fmt>|<expr>}', doc: 'set variable from an expression or format', level: 'operator', mode: 'experimental', run: setVariable },
];
