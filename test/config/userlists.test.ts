import { expect, test } from '@jest/globals';
import { modelOf } from './loaded.js';

test('groups and users may name each other, in any order', async () => {
  const { userlists } = await modelOf([
    'userlist l1', ' group g1 users tiger,scott', ' group g2 users xdb,scott', ' user tiger password $6$k$h', " user scott insecure-password 'el gato'", ' user xdb groups g3', ' group g3', '',
  ].join('\n'));
  expect(userlists).toEqual([{
    name: 'l1', groups: ['g1', 'g2', 'g3'],
    users: [
      { name: 'tiger', password: '$6$k$h', insecure: false, groups: ['g1'] },
      { name: 'scott', password: 'el gato', insecure: true, groups: ['g1', 'g2'] },
      { name: 'xdb', password: '', insecure: false, groups: ['g3', 'g2'] },
    ],
  }]);
});

test('of two lists or users of one name the first counts', async () => {
  const { userlists } = await modelOf('userlist l\n user a insecure-password x\n user a insecure-password y\nuserlist l\n user b\n');
  expect(userlists).toEqual([{ name: 'l', groups: [], users: [{ name: 'a', password: 'x', insecure: true, groups: [] }] }]);
});
