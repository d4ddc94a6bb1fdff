import { describe, expect, test } from '@jest/globals';
import { FLAGS, normalise, UsageError } from '../../src/core/cli_flags.js';

describe('normalise', () => {
  test.each([
    ['-f takes one value each', ['-f', 'a', '-f', 'b'], ['--file=a', '--file=b']],
    ['a value may start with a dash', ['-f', '-'], ['--file=-']],
    ['two-letter flags are not clusters', ['-db', '-dS', '-cc', '1'], ['--foreground', '--disable-splice', '--check-condition=1']],
    ['glued arguments', ['-dKall', '-dM0x5a,tag', '-dM'], ['--keywords=all', '--memory-debug=0x5a,tag', '--memory-debug=']],
    ['a list of pids ends at the next flag', ['-sf', '1', '22', '-D'], ['--finish=1', '--finish=22', '--daemon']],
    ['a list of pids may be empty', ['-st', '-D'], ['--daemon']],
    ['a list of pids may be the end', ['-D', '-sf'], ['--daemon']],
    ['long options pass', ['--help'], ['--help']],
    ['all after -- are files', ['-D', '--', '-f', 'x'], ['--daemon', '--', '-f', 'x']],
  ])('%s', (_, argv, expected) => {
    expect(normalise(argv).args).toEqual(expected);
  });

  test.each([
    [['proxy.cfg'], "unexpected argument 'proxy.cfg': configuration files are given with -f"],
    [['-z'], "unknown option '-z'"],
    [['-dX'], "unknown option '-dX'"],
    [['-'], "unexpected argument '-'"],
    [['-f'], "option '-f' needs an argument: <file|dir>"],
  ])('refuses %j', (argv, message) => {
    expect(() => normalise(argv)).toThrow(UsageError);
    expect(() => normalise(argv)).toThrow(message);
  });

  test('notes the flags that are known but do nothing', () => {
    expect(normalise(['-W', '-f', 'x', '-dM']).noted.map((row) => row.flag)).toEqual(['W', 'dM']);
  });
});

test('no flag or long option stands twice in the table', () => {
  for (const name of ['flag', 'long'] as const) expect(new Set(FLAGS.map((row) => row[name])).size).toBe(FLAGS.length);
});
