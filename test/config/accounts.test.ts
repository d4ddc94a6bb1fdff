import { expect, test } from '@jest/globals';
import { findGroup, findUser } from '../../src/config/accounts.js';
import { messages, modelOf } from './loaded.js';

test('users and groups of the system by name', async () => {
  expect([findUser('root'), findGroup('root'), findUser('no-such-user'), findGroup('no:such')]).toEqual([0, 0, null, null]);
  expect((await modelOf('global\n user root\n group root\n')).global).toMatchObject({ uid: 0, gid: 0 });
  expect(await messages('global\n uid 1\n user root\n')).toEqual(['alert: user/uid already specified <user>']);
  expect((await modelOf('frontend f\n bind /tmp/x user root group root\n')).listeners[0]).toMatchObject({ uid: 0, gid: 0 });
});
