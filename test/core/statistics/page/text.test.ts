import { describe, expect, test } from '@jest/globals';
import { script } from '../../../../src/core/statistics/page/script.js';
import { ageText, escapeHtml, grouped, sizeText, timeText } from '../../../../src/core/statistics/page/text.js';

describe('text of the page', () => {
  test('nothing in it is HTML', () => {
    expect(escapeHtml(`<b a="x" c='y'>&amp;`)).toBe('&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;');
  });

  test('figures as people read them', () => {
    expect([0, 999, 1234567].map(grouped)).toEqual(['0', '999', '1\u202f234\u202f567']);
    expect([0, 999, 1000, 123_456, 5.5e9].map(sizeText)).toEqual(['0\u202fB', '999\u202fB', '1.0\u202fkB', '123\u202fkB', '5.5\u202fGB']);
    expect([0, 59, 60, 3725, 90_000].map(ageText)).toEqual(['0s', '59s', '1m', '1h2m', '1d1h']);
    expect([3, 1500, 61_000].map(timeText)).toEqual(['3\u202fms', '1.5\u202fs', '61\u202fs']);
  });

  test('the script is one, and asks nobody else', () => {
    expect(() => new Function(script)).not.toThrow();
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval|<\/script/);
    expect(script.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
  });
});
