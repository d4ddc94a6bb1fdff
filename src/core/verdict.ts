/** A verdict with its argument, as decide() returns it: the low 8 bits and the 24 above (abi.def). */
export function verdict(code: number, argument: number): number {
  return code | (argument << 8);
}

export function verdictCode(value: number): number {
  return value & 0xff;
}

export function verdictArgument(value: number): number {
  return value >>> 8;
}
