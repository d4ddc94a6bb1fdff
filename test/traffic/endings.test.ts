/** The termination state of streams, as operators grep it; haproxy's own words where it is installed. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dial } from '../support/client.js';
import { ENDINGS, endingConfig, endingOrigin, LogSink, play } from '../support/endings.js';
import { haproxyPresent } from '../support/haproxy.js';
import { tcpOrigin } from '../support/origin.js';
import { temporaryDirectory } from '../support/proxy.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterAll(() => stage.strike());

/** Runs all endings against a proxy that `start` brings up on a configuration. */
async function lines(start: (text: string) => Promise<void>): Promise<Record<string, string | undefined>> {
  const origin = await stage.origin(endingOrigin());
  const nobody = await tcpOrigin(() => undefined);
  await nobody.close();
  const sink = await LogSink.open();
  stage.after(() => sink.close());
  const ports = ENDINGS.map(() => stage.port());
  await start(endingConfig(ENDINGS, ports, origin.port, nobody.port, sink.port));
  return play(stage, ENDINGS, ports, sink);
}

const expected = Object.fromEntries(ENDINGS.map(({ name, line }) => [name, line]));

describe('the state at disconnection', () => {
  test('of every ending', async () => {
    const got = await lines(async (text) => void (await stage.proxy(text)));
    expect(got).toEqual(expected);
  });

  (haproxyPresent ? test : test.skip)('is what haproxy says', async () => {
    const got = await lines(async (text) => {
      const directory = temporaryDirectory();
      stage.after(() => directory.remove());
      const file = join(directory.path, 'haproxy.cfg');
      writeFileSync(file, text);
      const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' });
      stage.after(async () => {
        if (child.exitCode !== null) return;
        const gone = once(child, 'exit');
        child.kill();
        await gone;
      });
      const last = Number(/.*bind 127\.0\.0\.1:(\d+)/s.exec(text)![1]);
      for (;;) {
        if (child.exitCode !== null) throw new Error('haproxy did not start');
        const socket = await dial(last).catch(() => null);
        if (socket !== null) return void socket.destroy();
        await new Promise((done) => setTimeout(done, 20));
      }
    });
    const known = Object.fromEntries(ENDINGS.filter(({ later }) => later === undefined).map(({ name, line }) => [name, line]));
    expect(Object.fromEntries(Object.keys(known).map((name) => [name, got[name]]))).toEqual(known);
  });
});
