import { expect, test } from '@jest/globals';
import { newFigures } from '../../../src/backends/resolver/figures.js';
import { NameserverState } from '../../../src/backends/resolver/section.js';
import { resolversText } from '../../../src/backends/resolver/text.js';
import { nameserver } from './fake.js';

const one = new NameserverState(nameserver('ns1'));
one.figures.sent = 176;
one.figures.cname_error = 2;
const resolver = { sections: [{ name: 'r', servers: [one] }, { name: 'default', servers: [] }] };

// As Debian's haproxy writes it.
test('show resolvers', () => {
  const lines = ['Resolvers section r', ' nameserver ns1:', '  sent:        176', '  snd_error:   0', '  valid:       0', '  update:      0', '  cname:       0', '  cname_error: 2', '  any_err:     0', '  nx:          0', '  timeout:     0', '  refused:     0', '  other:       0', '  invalid:     0', '  too_big:     0', '  truncated:   0', '  outdated:    0', ''];
  expect(resolversText(resolver, 'r')).toBe(lines.join('\n'));
  expect(resolversText(resolver)).toBe(`${lines.join('\n')}Resolvers section default\n`);
  expect(resolversText(resolver, 'x')).toBeNull();
  expect(Object.values(newFigures())).toEqual(Array(15).fill(0));
});
