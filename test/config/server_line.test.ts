import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { readServerLine } from '../../src/config/server_line.js';

const TEXT = `defaults
 mode http
 timeout connect 1s
 timeout server 1s
backend test
 option httpchk GET /alive
 default-server weight 77
 server checked 127.0.0.1:1 check
 server bare 127.0.0.1:2
`;

async function read(words: string, dynamic: readonly number[] = []) {
  const { model } = await loadText(TEXT);
  const line = await readServerLine(model!, 0, words, (server) => dynamic.includes(server));
  return 'server' in line ? { ...line.server, model } : line;
}

describe('readServerLine', () => {
  test('keywords mean what they mean in a configuration, defaults of the backend do not count', async () => {
    expect(await read('new 127.0.0.9:80 maxconn 5 backup')).toMatchObject({ name: 'new', proxy: 0, id: null, weight: 1, maxconn: 5, backup: true, address: { address: '127.0.0.9', port: 80 }, check: null });
    expect(await read('new 127.0.0.9:80 id 9')).toMatchObject({ id: 9, forcedId: true });
  });

  test('checks are those of the backend', async () => {
    const found = await read('new 127.0.0.9:80 check inter 5s');
    expect(found).toMatchObject({ check: { inter: 5000, plan: 0 }, model: { checkPlans: [{ type: 'httpchk' }] } });
  });

  test('a name is not resolved', async () => {
    expect(await read('new localhost:80')).toMatchObject({ hostname: 'localhost', unresolved: true });
  });

  test('tracking', async () => {
    expect(await read('new 127.0.0.9:80 track test/checked weight 3')).toMatchObject({ track: 0, weight: 3 });
    expect(await read('new 127.0.0.9:80 track checked')).toMatchObject({ track: 0 });
    const because = async (words: string, dynamic: readonly number[] = []) => (await read(words, dynamic) as { problems: string[] }).problems;
    expect(await because('n 127.0.0.9:80 track test/bare')).toEqual(['unable to use test/bare for tracking as it does not have any check nor agent enabled.']);
    expect(await because('n 127.0.0.9:80 track test/checked', [0])).toEqual(['unable to use test/checked for tracking as it is a dynamic server.']);
    expect(await because('n 127.0.0.9:80 track x/y')).toEqual(["unable to find required proxy 'x' for tracking."]);
  });

  test.each([
    ['', "'server' expects <name> and <addr>[:<port>] as arguments"], ['new', "'server' expects <name> and <addr>[:<port>] as arguments"],
    ['new 127.0.0.1:80 nonsense', 'nonsense'], ['new 127.0.0.1:80 resolvers r', "unable to find required resolvers 'r'"],
  ])('%j is refused', async (words, problem) => {
    expect((await read(words) as { problems: string[] }).problems.join()).toContain(problem);
  });
});
