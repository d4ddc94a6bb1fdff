import { describe, expect, test } from '@jest/globals';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { render } from '../../src/config/render.js';

const source = (text: string) => ({ index: 0, name: 'haproxy.cfg', text });

function at(text: string, words: string, rest: Partial<Diagnostic> = {}): Diagnostic {
  const start = text.indexOf(words);
  return { severity: 'alert', summary: 'it is wrong', advice: null, span: { source: 0, start, end: start + words.length }, related: [], ...rest };
}

/** The line of the excerpt and the one with the mark, as they stand below each other. */
function marked(text: string, words: string): string[] {
  return render(at(text, words), [source(text)], 1).split('\n').slice(2);
}

test('the first line is the one that HAProxy would print; excerpt, help and notes follow', () => {
  const text = 'global\n\nfrontend web\n  acl a src 1\n  acl b srv 1\n';
  const related = [{ span: { source: 0, start: 8, end: 20 }, text: 'the section starts here' }];
  expect(render(at(text, 'srv', { advice: "Did you mean 'src'?", related }), [source(text)], 4711)).toBe([
    '[ALERT]    (4711) : config : parsing [haproxy.cfg:5] : it is wrong',
    '  |',
    '5 |   acl b srv 1',
    '  |         ^^^',
    "  = help: Did you mean 'src'?",
    '  = note: the section starts here [haproxy.cfg:3]',
    '3 | frontend web',
    '  | ^^^^^^^^^^^^',
  ].join('\n'));
});

test('each level has its label, and what has no place has no excerpt', () => {
  const labels = (['alert', 'warning', 'notice', 'diag'] as const).map((severity) => render({ severity, summary: 's', advice: 'Do it.', span: null, related: [] }, [], 1));
  expect(labels).toEqual(['[ALERT]   ', '[WARNING] ', '[NOTICE]  ', '[DIAG]    '].map((label) => `${label} (1) : config : s\n   = help: Do it.`));
});

describe('the mark stands under the words', () => {
  test('behind tabs', () => {
    expect(marked('\t\tx\ty z\n', 'y')).toEqual(['1 |         x    y z', '  |              ^']);
  });

  test('behind UTF-8 and wide characters, which the text holds byte by byte', () => {
    const text = Buffer.from('node "é漢字" wrong\n', 'utf8').toString('latin1');
    expect(marked(text, 'wrong')).toEqual(['1 | node "é漢字" wrong', '  |              ^^^^^']);
  });

  test('behind bytes that are no UTF-8, and control characters', () => {
    expect(marked('a\xff\x01 wrong\n', 'wrong')).toEqual(['1 | aÿ· wrong', '  |     ^^^^^']);
  });

  test('at the end of a line, where nothing is', () => {
    const text = 'global\n  daemon';
    expect(render({ ...at(text, 'x'), span: { source: 0, start: text.length, end: text.length } }, [source(text)], 1).split('\n').slice(2)).toEqual([
      '2 |   daemon', '  |         ^',
    ]);
  });

  test('over several lines only up to the end of the first', () => {
    expect(marked('a bc\nde\n', 'bc\nde')).toEqual(['1 | a bc', '  |   ^^']);
  });

  test('in a long line, of which only the part around it is shown', () => {
    const [line, mark] = marked(`${'x '.repeat(5000)}wrong ${'y '.repeat(5000)}\n`, 'wrong');
    expect(line!.length).toBeLessThan(200);
    expect(line!.slice(mark!.indexOf('^'), mark!.lastIndexOf('^') + 1)).toBe('wrong');
  });

  test('with CR LF as without', () => {
    expect(marked('a wrong\r\nb\r\n', 'wrong')).toEqual(['1 | a wrong', '  |   ^^^^^']);
  });
});
