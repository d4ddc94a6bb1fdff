import { describe, expect, test } from '@jest/globals';
import { parseLine } from '../../../src/core/command/line.js';

describe('parseLine', () => {
  test.each<[string, string[][], string | null]>([
    ['show info', [['show', 'info']], null],
    ['  show\tinfo  ', [['show', 'info']], null],
    ['show info;show stat ; ;', [['show', 'info'], ['show', 'stat']], null],
    ['set var proc.a str(x\\;y\\ z)', [['set', 'var', 'proc.a', 'str(x;y z)']], null],
    ['a\\\\b', [['a\\b']], null],
    ['', [], null],
    [';;', [], null],
    ['add map #0 <<', [['add', 'map', '#0']], ''],
    ['set ssl cert x.pem <<%EOF%', [['set', 'ssl', 'cert', 'x.pem']], '%EOF%'],
    ['show version;add acl #1 <<', [['show', 'version'], ['add', 'acl', '#1']], ''],
    ['add map #0 x<<', [['add', 'map', '#0', 'x<<']], null],
    ['<<', [], ''],
  ])('%j', (text, commands, payloadEnd) => {
    expect(parseLine(text)).toEqual({ commands, payloadEnd });
  });

  test('a pattern of more than 64 characters is a word', () => {
    expect(parseLine(`a <<${'x'.repeat(64)}`).payloadEnd).toHaveLength(64);
    expect(parseLine(`a <<${'x'.repeat(65)}`)).toEqual({ commands: [['a', `<<${'x'.repeat(65)}`]], payloadEnd: null });
  });
});
