import { expect, test } from '@jest/globals';
import { crypt } from '../../src/core/crypt.js';
import { Users } from '../../src/core/userlist.js';

const users = new Users({
  name: 'l', groups: [],
  users: [
    { name: 'ann', password: 'secret', insecure: true, groups: [] }, { name: 'bob', password: crypt('pw', '$6$salt')!, insecure: false, groups: [] },
    { name: 'odd', password: '$2b$05$unknown', insecure: false, groups: [] },
  ],
});

test.each([
  ['ann', 'secret', true], ['ann', '', false], ['ann', 'secret ', false], ['bob', 'pw', true], ['bob', 'wp', false], ['bob', crypt('pw', '$6$salt')!, false], ['odd', '$2b$05$unknown', false], ['eve', '', false],
])('%s, %s: %s', (name, password, expected) => {
  // Twice: the second verdict is remembered.
  for (let i = 0; i < 2; i++) expect(users.authenticated(name, password)?.name).toBe(expected ? name : undefined);
});

test('no more than some verdicts are remembered', () => {
  const list = new Users({ name: 'l', groups: [], users: [{ name: 'u', password: 'nothing known', insecure: false, groups: [] }] });
  for (let i = 0; i < 3000; i++) list.authenticated('u', String(i));
  expect((list as unknown as { verdicts: Map<string, boolean> }).verdicts.size).toBeLessThanOrEqual(1024);
});
