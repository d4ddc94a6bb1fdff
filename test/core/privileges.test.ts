import { expect, test } from '@jest/globals';
import { missingPrivileges } from '../../src/core/privileges.js';
import { modelOf } from '../config/loaded.js';

const TIMEOUTS = 'defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n';
const usesrc = 'backend b\n source 0.0.0.0 usesrc clientip\n server s 127.0.0.1:1\n';

test.each([
  ['nothing asks for them', 'backend b\n source 127.0.0.1\n server s 127.0.0.1:1\n', 1000, null],
  ['usesrc as root', usesrc, 0, null],
  ['usesrc as a user', usesrc, 1000, /need root/],
  ['a server line as a user', 'backend b\n server s 127.0.0.1:1 source 0.0.0.0 usesrc client\n', 1000, /need root/],
  ['a transparent listener as a user', 'frontend f\n bind 127.0.0.1:1 transparent\n', 1000, /need root/],
  ['a transparent listener whose process becomes a user', 'global\n uid 1000\nfrontend f\n bind 127.0.0.1:1 transparent\n', 0, null],
  ['usesrc of a process that becomes a user', `global\n uid 1000\n${usesrc}`, 0, /the user cannot be changed/],
])('%s', async (_, text, euid, expected) => {
  const said = missingPrivileges(await modelOf(text.startsWith('global') ? text.replace(/\n(?=backend|frontend)/, `\n${TIMEOUTS}`) : TIMEOUTS + text), euid);
  if (expected === null) expect(said).toBeNull();
  else expect(said).toMatch(expected);
});
