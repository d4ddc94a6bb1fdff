/** The oldest method of crypt(3): 25 rounds of DES (FIPS 46-3) over zeros, with two letters of salt that swap bits of its expansion. */

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bit numbers of the standard, from 1. */
const bits = (text: string): readonly number[] => text.trim().split(/\s+/).map((number) => Number(number) - 1);

const INITIAL = bits(`58 50 42 34 26 18 10 2 60 52 44 36 28 20 12 4 62 54 46 38 30 22 14 6 64 56 48 40 32 24 16 8
  57 49 41 33 25 17 9 1 59 51 43 35 27 19 11 3 61 53 45 37 29 21 13 5 63 55 47 39 31 23 15 7`);
const FINAL = bits(`40 8 48 16 56 24 64 32 39 7 47 15 55 23 63 31 38 6 46 14 54 22 62 30 37 5 45 13 53 21 61 29
  36 4 44 12 52 20 60 28 35 3 43 11 51 19 59 27 34 2 42 10 50 18 58 26 33 1 41 9 49 17 57 25`);
const EXPANSION = bits('32 1 2 3 4 5 4 5 6 7 8 9 8 9 10 11 12 13 12 13 14 15 16 17 16 17 18 19 20 21 20 21 22 23 24 25 24 25 26 27 28 29 28 29 30 31 32 1');
const PERMUTATION = bits('16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25');
const KEY_HALVES = bits(`57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36
  63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4`);
const KEY_CHOICE = bits(`14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2
  41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32`);
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];

/** The eight substitution boxes: four rows of sixteen hexadecimal digits each. */
const BOXES = [
  'e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d', 'f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9',
  'a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c', '7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e',
  '2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453', 'c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d',
  '4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c', 'd2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b',
].map((box) => box.replace(/ /g, '').split('').map((digit) => parseInt(digit, 16)));

type Bits = readonly number[];

const chosen = (from: Bits, order: Bits): number[] => order.map((place) => from[place]!);

/** Sixteen keys of 48 bits. */
function schedule(key: Bits): Bits[] {
  const halves = chosen(key, KEY_HALVES);
  let left = halves.slice(0, 28);
  let right = halves.slice(28);
  return SHIFTS.map((shift) => {
    left = [...left.slice(shift), ...left.slice(0, shift)];
    right = [...right.slice(shift), ...right.slice(0, shift)];
    return chosen([...left, ...right], KEY_CHOICE);
  });
}

function round(half: Bits, key: Bits, expansion: Bits): number[] {
  const mixed = expansion.map((place, i) => half[place]! ^ key[i]!);
  const out: number[] = [];
  for (let box = 0; box < 8; box++) {
    const [a, b, c, d, e, f] = mixed.slice(box * 6, box * 6 + 6) as [number, number, number, number, number, number];
    const value = BOXES[box]![((a << 1) | f) * 16 + ((b << 3) | (c << 2) | (d << 1) | e)]!;
    out.push((value >> 3) & 1, (value >> 2) & 1, (value >> 1) & 1, value & 1);
  }
  return chosen(out, PERMUTATION);
}

function encrypted(block: Bits, keys: readonly Bits[], expansion: Bits): number[] {
  const start = chosen(block, INITIAL);
  let left: Bits = start.slice(0, 32);
  let right: Bits = start.slice(32);
  for (const key of keys) {
    const mixed = round(right, key, expansion);
    [left, right] = [right, left.map((bit, i) => bit ^ mixed[i]!)];
  }
  return chosen([...right, ...left], FINAL);
}

/** The expansion with the bits swapped that the salt names. */
function salted(salt: string): Bits {
  const expansion = [...EXPANSION];
  for (let letter = 0; letter < 2; letter++) {
    const value = ALPHABET.indexOf(salt[letter]!);
    for (let bit = 0; bit < 6; bit++) {
      const at = letter * 6 + bit;
      if ((value >> bit) & 1) [expansion[at], expansion[at + 24]] = [expansion[at + 24]!, expansion[at]!];
    }
  }
  return expansion;
}

/** Seven bits of each of the first eight characters; the eighth is parity. */
function keyOf(password: string): number[] {
  const key = new Array<number>(64).fill(0);
  for (let i = 0; i < Math.min(8, password.length); i++) {
    for (let bit = 0; bit < 7; bit++) key[i * 8 + bit] = (password.charCodeAt(i) >> (6 - bit)) & 1;
  }
  return key;
}

/** Thirteen letters: the salt and the encrypted block. `settings` starts with two letters of `./0-9A-Za-z`. */
export function cryptDes(password: string, settings: string): string {
  const expansion = salted(settings);
  const keys = schedule(keyOf(password));
  let block: number[] = new Array<number>(64).fill(0);
  for (let i = 0; i < 25; i++) block = encrypted(block, keys, expansion);
  let out = settings.slice(0, 2);
  const padded = [...block, 0, 0];
  for (let at = 0; at < 66; at += 6) out += ALPHABET[padded.slice(at, at + 6).reduce((value, bit) => value * 2 + bit, 0)]!;
  return out;
}

/** True for what a hash of this method looks like. */
export function isDesHash(hash: string): boolean {
  return /^[./0-9A-Za-z]{13}$/.test(hash);
}
