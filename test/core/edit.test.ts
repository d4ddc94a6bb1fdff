import { expect, test } from '@jest/globals';
import { EDIT_APPEND, EDIT_DELETE, EDIT_END, EDIT_REPLACE, EDIT_START_LINE } from '../../src/core/abi.js';
import { HeadEdits } from '../../src/core/edit.js';

const OFFSET = 16;
const COUNT = 3;

function records(bytes: Buffer): (readonly [number, number, string])[] {
  const out: (readonly [number, number, string])[] = [];
  for (let at = OFFSET; ;) {
    const length = bytes.readUInt32LE(at + 4);
    out.push([bytes[at]!, bytes.readUInt16LE(at + 2), bytes.toString('latin1', at + 8, at + 8 + length)]);
    if (bytes[at] === EDIT_END) return out;
    at += 8 + Math.ceil(length / 4) * 4;
  }
}

function written(edits: HeadEdits): (readonly [number, number, string])[] {
  const bytes = Buffer.alloc(1024, 0xee);
  edits.write(bytes, COUNT);
  return records(bytes);
}

test('records are written in the order of the head', () => {
  const edits = new HeadEdits({ offset: OFFSET, size: 512 }, 10);
  expect(edits.add('c', '3')).toBe(true);
  expect(edits.replace(2, COUNT, 'b', '\xff')).toBe(true);
  expect(edits.remove(0, COUNT)).toBe(true);
  expect(edits.setStartLine('GET / HTTP/1.1')).toBe(true);
  expect(written(edits)).toEqual([
    [EDIT_START_LINE, 0, 'GET / HTTP/1.1'], [EDIT_DELETE, 0, ''], [EDIT_REPLACE, 2, 'b: \xff'], [EDIT_APPEND, 0, 'c: 3'], [EDIT_END, 0, ''],
  ]);
});

test('what is added can be changed and removed', () => {
  const edits = new HeadEdits({ offset: OFFSET, size: 512 }, 10);
  edits.add('a', '1');
  edits.add('b', '2');
  edits.replace(COUNT + 1, COUNT, 'b', '22');
  edits.remove(COUNT, COUNT);
  expect(edits.addedCount).toBe(1);
  expect(edits.valueAt(COUNT, COUNT)).toBe('22');
  expect(written(edits)).toEqual([[EDIT_APPEND, 0, 'b: 22'], [EDIT_END, 0, '']]);
});

test('a replaced row that is removed is removed', () => {
  const edits = new HeadEdits({ offset: OFFSET, size: 512 }, 10);
  edits.replace(1, COUNT, 'x', 'y');
  edits.remove(1, COUNT);
  expect(edits.isDeleted(1)).toBe(true);
  expect(written(edits)).toEqual([[EDIT_DELETE, 1, ''], [EDIT_END, 0, '']]);
});

test('what does not fit is refused and leaves the rest as it was', () => {
  const edits = new HeadEdits({ offset: OFFSET, size: 64 }, 10);
  // 8 for the end, 8 + 20 for this one.
  expect(edits.add('name', 'x'.repeat(14))).toBe(true);
  expect(edits.add('name', 'y'.repeat(15))).toBe(false);
  expect(edits.add('n', 'y'.repeat(17))).toBe(true);
  expect(edits.remove(0, COUNT)).toBe(false);
  expect(written(edits)).toEqual([[EDIT_APPEND, 0, `name: ${'x'.repeat(14)}`], [EDIT_APPEND, 0, `n: ${'y'.repeat(17)}`], [EDIT_END, 0, '']]);
});

test('changing a value again does not add up', () => {
  const edits = new HeadEdits({ offset: OFFSET, size: 64 }, 10);
  for (let i = 0; i < 100; i++) expect(edits.replace(0, COUNT, 'a', `${i}`) && edits.setStartLine(`S ${i}`)).toBe(true);
});

test('a reset forgets everything', () => {
  const edits = new HeadEdits({ offset: OFFSET, size: 512 }, 10);
  edits.add('a', '1');
  edits.remove(0, COUNT);
  edits.setStartLine('x');
  edits.reset();
  expect([edits.dirty, edits.addedCount, edits.isDeleted(0)]).toEqual([false, 0, false]);
  expect(written(edits)).toEqual([[EDIT_END, 0, '']]);
});
