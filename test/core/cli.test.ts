import { describe, expect, test } from '@jest/globals';
import { HelpRequest, parseCommandLine } from '../../src/core/cli.js';
import { FLAGS } from '../../src/core/cli_flags.js';

describe('parseCommandLine', () => {
  test('keeps the order of the files, those after -- last', () => {
    expect(parseCommandLine(['-f', 'b', '-D', '-f', 'a', '--', 'z', 'y']).files).toEqual(['b', 'a', 'z', 'y']);
  });

  test('a command line as from an init script', () => {
    const cli = parseCommandLine(['-f', 'a', '-D', '-p', '/run/a.pid', '-n', '500', '-m', '256', '-L', 'me', '-C', '/etc', '-sf', '12', '13', '-st', '14']);
    expect(cli).toMatchObject({ daemon: true, pidfile: '/run/a.pid', maxconn: 500, memory: 256, localpeer: 'me', directory: '/etc', splice: true });
    expect(cli.old).toEqual([
      { pid: 12, signal: 'SIGUSR1' },
      { pid: 13, signal: 'SIGUSR1' },
      { pid: 14, signal: 'SIGTERM' },
    ]);
  });

  test('switches', () => {
    expect(parseCommandLine(['-f', 'a', '-dS', '-dR', '-dW', '-dD', '-c', '-V'])).toMatchObject({
      splice: false, reusePort: false, zeroWarning: true, diagnostic: true, check: true, verbose: true, quiet: false,
    });
    expect(parseCommandLine(['-f', 'a'])).toMatchObject({
      splice: true, reusePort: true, zeroWarning: false, diagnostic: false, check: false, daemon: false, foreground: false, version: 'no',
    });
  });

  test('-V reverts -q, -d keeps the process in the foreground', () => {
    expect(parseCommandLine(['-q', '-f', 'a']).quiet).toBe(true);
    expect(parseCommandLine(['-q', '-V', '-f', 'a']).quiet).toBe(false);
    expect(parseCommandLine(['-d', '-f', 'a'])).toMatchObject({ foreground: true, debug: true });
  });

  test('-v, -vv, -cc and -dK', () => {
    expect(parseCommandLine(['-v']).version).toBe('short');
    expect(parseCommandLine(['-vv']).version).toBe('long');
    expect(parseCommandLine(['-cc', 'streq(a,b)']).condition).toBe('streq(a,b)');
    expect(parseCommandLine(['-dKall']).keywords).toBe('all');
  });

  test('says which flags have no effect', () => {
    expect(parseCommandLine(['-W', '-dM', '-f', 'a']).accepted).toEqual(['-W', '-dM']);
  });

  test.each([
    [[], 'no configuration file given'],
    [['-n', 'many', '-f', 'a'], "option '-n' needs an integer from 1 to 2147483647, not 'many'"],
    [['-n', '0', '-f', 'a'], "option '-n' needs an integer from 1"],
    [['-sf', '1a', '-f', 'a'], "option '-sf' needs an integer"],
    [['-dt', '-f', 'a'], "option '-dt' (traces) is not supported yet"],
    [['--nonsense'], "unknown option '--nonsense'"],
  ])('refuses %j', (argv, message) => {
    expect(() => parseCommandLine(argv)).toThrow(message);
  });

  test('--help shows every flag that does something, as one types it', () => {
    let help = '';
    try {
      parseCommandLine(['--help']);
    } catch (error) {
      expect(error).toBeInstanceOf(HelpRequest);
      help = (error as Error).message;
    }
    for (const row of FLAGS.filter(({ status }) => status === undefined)) expect(help).toMatch(new RegExp(`^ +-${row.flag}[ <]`, 'm'));
    expect(help).not.toContain('--disable');
  });
});
