/**
 * HAProxy's regular expressions (PCRE) as JavaScript ones, matched on latin1 text. What differs in writing and is in use is
 * translated; what JavaScript has no word for is refused when the configuration is read.
 */

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~', cntrl: '\\x00-\\x1f\\x7f', print: '\\x20-\\x7e', graph: '\\x21-\\x7e', word: '\\w',
};

const ESCAPES: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '(?=\\n?$)', h: '[ \\t]', a: '\\x07', e: '\\x1b' };

export interface RegexProblem {
  readonly problem: string;
}

/** The expression, or what is wrong with it. */
export function parseRegex(text: string, ignoreCase: boolean, flags = ''): RegExp | RegexProblem {
  const inline = /^\(\?([ims]+)\)/.exec(text);
  const set = new Set([...flags, ...(inline?.[1] ?? '')]);
  if (ignoreCase) set.add('i');
  const source = translate(inline === null ? text : text.slice(inline[0].length));
  if (typeof source !== 'string') return source;
  try {
    return new RegExp(source, [...set].join(''));
  } catch (error) {
    return { problem: (error as Error).message.replace(/^Invalid regular expression: /, '') };
  }
}

export function isProblem(regex: RegExp | RegexProblem): regex is RegexProblem {
  return !(regex instanceof RegExp);
}

function translate(text: string): string | RegexProblem {
  let out = '';
  for (let i = 0; i < text.length;) {
    if (text[i] === '\\') {
      const next = text[i + 1] ?? '';
      out += ESCAPES[next] ?? `\\${next}`;
      i += 2;
    } else if (text[i] === '[') {
      const end = classEnd(text, i);
      if (end < 0) return { problem: 'missing terminating ] for character class' };
      out += translateClass(text.slice(i, end));
      i = end;
    } else if (/^\(\?(?![:=!<])|^\(\?<(?![=!A-Za-z_])|^\(\?[PR|#>]/.test(text.slice(i, i + 4))) {
      const named = /^\(\?P<(\w+)>/.exec(text.slice(i));
      if (named === null) return { problem: `'${text.slice(i, i + 3)}' groups are not supported` };
      out += `(?<${named[1]}>`;
      i += named[0].length;
    } else if (/[*+?}]/.test(text[i - 1] ?? '') && text[i] === '+' && text[i - 2] !== '\\') {
      return { problem: 'possessive quantifiers are not supported' };
    } else out += text[i++];
  }
  return out;
}

/** Index after the `]` that ends the class at `start`, -1 if there is none. */
function classEnd(text: string, start: number): number {
  let i = start + 1;
  if (text[i] === '^') i++;
  if (text[i] === ']') i++;
  for (; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text.startsWith('[:', i)) {
      const close = text.indexOf(':]', i);
      if (close > 0) i = close + 1;
    } else if (text[i] === ']') return i + 1;
  }
  return -1;
}

function translateClass(text: string): string {
  const body = text.slice(1, -1);
  const negated = body.startsWith('^');
  const rest = (negated ? body.slice(1) : body)
    .replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all)
    .replace(/\\h/g, ' \\t')
    .replace(/^\]/, '\\]');
  return `[${negated ? '^' : ''}${rest}]`;
}

/** Replaces \0..\9 of a template with the groups of a match; other escapes give the character itself. */
export function expandGroups(template: string, match: RegExpExecArray | readonly (string | undefined)[]): string {
  let out = '';
  for (let i = 0; i < template.length; i++) {
    const char = template[i]!;
    if (char !== '\\' || i + 1 === template.length) {
      out += char;
      continue;
    }
    const next = template[++i]!;
    if (next >= '0' && next <= '9') out += match[Number(next)] ?? '';
    else if (next === 'x' && /^[0-9a-fA-F]{2}/.test(template.slice(i + 1))) {
      out += String.fromCharCode(parseInt(template.slice(i + 1, i + 3), 16));
      i += 2;
    } else out += next;
  }
  return out;
}
