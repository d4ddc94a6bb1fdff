import { afterEach, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { tcpOrigin } from '../support/origin.js';
import { startProxy, temporaryDirectory } from '../support/proxy.js';
import { metricsFrontend, scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const NOBODY = 65534;

test('chroot, uid and gid: the superuser gives its rights away, others are told that they have none', async () => {
  const directory = temporaryDirectory();
  const jail = join(directory.path, 'jail');
  mkdirSync(jail);
  const origin = await stage.origin(tcpOrigin((socket) => socket.end('hi')));
  const [port, metrics] = [stage.port(), stage.port()];
  const text = config(section('global', `chroot ${jail}`, `uid ${NOBODY}`, `gid ${NOBODY}`, 'nbthread 2'), defaults('tcp'), metricsFrontend(metrics),
    section('listen l', `bind 127.0.0.1:${port}`, 'option splice-auto', `server s 127.0.0.1:${origin.port}`));
  if (process.geteuid?.() !== 0) {
    await expect(startProxy(text)).rejects.toThrow(/cannot chroot to .* \(Operation not permitted\)/);
  } else {
    const proxy = await stage.proxy(text);
    expect(readlinkSync(`/proc/${proxy.pid}/root`)).toBe(jail);
    expect(readFileSync(`/proc/${proxy.pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t65534\t65534\t65534\nGid:\t65534\t65534\t65534\t65534\n/m);
    expect(await exchange(port, '', true)).toBe('hi');
    // The code of the exporter was loaded while its files could still be reached.
    expect((await scrape(metrics)).get('haproxy_frontend_connections_total{proxy="l"}')).toBe(1);
  }
  directory.remove();
});
