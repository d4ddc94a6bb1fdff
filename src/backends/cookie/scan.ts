/** The cookies of a header line by their places in it. A Cookie line has several, a Set-Cookie line counts for its first one. */

/** Reused from one cookie to the next. */
export interface Place {
  /** Where the cookie's part begins: at the line's start, or behind the delimiter before it. */
  start: number;
  nameStart: number;
  nameEnd: number;
  /** Without blanks around it. */
  valueStart: number;
  valueEnd: number;
  /** The delimiter behind it, or the line's end. */
  end: number;
  /** False for a name without `=`. */
  hasValue: boolean;
}

export function newPlace(): Place {
  return { start: 0, nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0, end: 0, hasValue: false };
}

const isSpace = (code: number): boolean => code === 32 || code === 9;

/** Index of the next `;` or `,` outside of quotes, or the end. */
function delimiter(line: string, from: number): number {
  let quoted = false;
  for (let i = from; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 92 && quoted) i++;
    else if ((code === 59 || code === 44) && !quoted) return i;
  }
  return line.length;
}

/** Finds the cookie whose part begins at `from`; false at the end of the line. */
export function nextCookie(line: string, from: number, place: Place): boolean {
  if (from >= line.length) return false;
  place.start = from;
  place.end = delimiter(line, from);
  let at = from;
  while (at < place.end && isSpace(line.charCodeAt(at))) at++;
  place.nameStart = at;
  const equals = line.indexOf('=', at);
  place.hasValue = equals >= 0 && equals < place.end;
  let nameEnd = place.hasValue ? equals : place.end;
  let valueStart = place.hasValue ? equals + 1 : place.end;
  let valueEnd = place.end;
  while (nameEnd > at && isSpace(line.charCodeAt(nameEnd - 1))) nameEnd--;
  while (valueStart < valueEnd && isSpace(line.charCodeAt(valueStart))) valueStart++;
  while (valueEnd > valueStart && isSpace(line.charCodeAt(valueEnd - 1))) valueEnd--;
  place.nameEnd = nameEnd;
  place.valueStart = valueStart;
  place.valueEnd = valueEnd;
  return true;
}

/** True if the cookie at that place has this name and a value. */
export function isNamed(line: string, { nameStart, nameEnd, hasValue }: Place, name: string): boolean {
  return hasValue && nameEnd - nameStart === name.length && line.startsWith(name, nameStart);
}

/** True for a part without anything in it. */
export function isBlank({ nameStart, end }: Place): boolean {
  return nameStart === end;
}

/** True for the attributes of old ($Path and so on) that belong to the cookie before them. */
export function isAttribute(line: string, { nameStart }: Place): boolean {
  return line.charCodeAt(nameStart) === 36;
}
