import { lowered } from '../latin1.js';
import type { ConverterRow } from '../row.js';
import { checkVariable, given, onText, optional, required, variableText } from './row.js';
import { expandGroups, isProblem, parseRegex } from '../compile/regex.js';

const upper = (text: string): string => text.replace(/[a-z]+/g, (run) => run.toUpperCase());

/** Host without its port, in lower case; brackets of an IPv6 address stay. */
function hostOnly(text: string): string {
  const parts = /^(\[[^\]]*\]|[^:]*)/.exec(text);
  return lowered(parts?.[1] ?? text);
}

function portOnly(text: string): number {
  const parts = /^(?:\[[^\]]*\]|[^:]*):([0-9]+)$/.exec(text);
  return parts === null ? 0 : Number(parts[1]);
}

function reverse(text: string): string {
  let out = '';
  for (let i = text.length - 1; i >= 0; i--) out += text[i];
  return out;
}

/** Labels of a host name in reverse order; one trailing dot is dropped, empty labels are no sample. */
function reverseDomain(text: string): string | undefined {
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  return labels.includes('') ? undefined : labels.reverse().join('.');
}

function trim(name: string, doc: string, edge: (text: string, chars: string) => string): ConverterRow {
  return {
    name, args: [required('chars')], in: 'str', out: 'str', doc,
    compile(args) {
      const chars = String(args[0]);
      return (value) => edge(value as string, chars);
    },
  };
}

function trimStart(text: string, chars: string): string {
  let from = 0;
  while (from < text.length && chars.includes(text[from]!)) from++;
  return text.slice(from);
}

function trimEnd(text: string, chars: string): string {
  let to = text.length;
  while (to > 0 && chars.includes(text[to - 1]!)) to--;
  return text.slice(0, to);
}

const concat: ConverterRow = {
  name: 'concat', args: [optional('start'), optional('var'), optional('end')], in: 'str', out: 'str',
  doc: 'the sample, a string, a variable, a string',
  compile(args) {
    const start = given(args[0]) ? String(args[0]) : '';
    const end = given(args[2]) ? String(args[2]) : '';
    const middle = variableText(args[1]);
    return (value, tx) => (value as string) + start + (middle(tx) ?? '') + end;
  },
  check: (args) => checkVariable(args[1], 1),
};

const addItem: ConverterRow = {
  name: 'add_item', args: [required('delim'), optional('var'), optional('suff')], in: 'str', out: 'str',
  doc: 'the sample, a delimiter if both sides are not empty, a variable, a suffix',
  compile(args) {
    const delimiter = String(args[0]);
    const suffix = given(args[2]) ? String(args[2]) : '';
    const middle = variableText(args[1]);
    return (value, tx) => {
      const item = (middle(tx) ?? '') + suffix;
      const text = value as string;
      return text !== '' && item !== '' ? text + delimiter + item : text + item;
    };
  },
  check: (args) => (!given(args[1]) && !given(args[2]) ? { arg: 2, problem: 'expects a suffix if there is no variable' } : checkVariable(args[1], 1)),
};

const regsub: ConverterRow = {
  name: 'regsub', args: [required('regex', 'regex'), required('subst'), optional('flags')], in: 'str', out: 'str',
  doc: 'replaces what matches the expression; flags: g all, i whatever case',
  compile(args) {
    const flags = given(args[2]) ? String(args[2]) : '';
    const regex = parseRegex(String(args[0]), flags.includes('i'), flags.includes('g') ? 'g' : '');
    if (isProblem(regex)) return () => undefined;
    const template = String(args[1]);
    return (value) => (value as string).replace(regex, (...found: unknown[]) => {
      const groups = found.slice(0, found.findIndex((part) => typeof part === 'number')) as string[];
      return expandGroups(template, groups);
    });
  },
  check(args) {
    const regex = parseRegex(String(args[0]), false);
    if (isProblem(regex)) return { arg: 0, problem: regex.problem };
    return given(args[2]) && !/^[gi]*$/.test(String(args[2])) ? { arg: 2, problem: "expects flags 'g' and 'i'" } : null;
  },
};

const param: ConverterRow = {
  name: 'param', args: [required('name'), optional('delim')], in: 'str', out: 'str', doc: 'first parameter of that name in a list of name=value',
  compile(args) {
    const name = String(args[0]);
    const text = given(args[1]) ? String(args[1]) : '&';
    const delimiter = /^0x[0-9a-fA-F]{2}$/.test(text) ? String.fromCharCode(parseInt(text, 16)) : text.charAt(0);
    return (value) => {
      for (const part of (value as string).split(delimiter)) {
        const equals = part.indexOf('=');
        if (equals < 0 ? part === name : part.slice(0, equals) === name) return equals < 0 ? '' : part.slice(equals + 1);
      }
      return undefined;
    };
  },
};

export const textConverters: readonly ConverterRow[] = [
  onText('lower', 'str', 'lower case', lowered),
  onText('upper', 'str', 'upper case', upper),
  onText('length', 'int', 'number of bytes', (text) => text.length),
  onText('host_only', 'str', 'a Host value without its port, in lower case', hostOnly),
  onText('port_only', 'int', 'port of a Host value, 0 if none', portOnly),
  onText('cut_crlf', 'str', 'what comes before the first end of line', (text) => /^[^\r\n]*/.exec(text)![0]),
  onText('reverse', 'str', 'bytes in reverse order', reverse),
  onText('reverse_dom', 'str', 'labels of a host name in reverse order', reverseDomain),
  trim('ltrim', 'drops these characters at the start', trimStart),
  trim('rtrim', 'drops these characters at the end', trimEnd),
  concat, addItem, regsub, param,
];
