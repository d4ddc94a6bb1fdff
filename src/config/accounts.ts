/** Users and groups of the system, from /etc/passwd and /etc/group. */
import { readFileSync } from 'node:fs';

/** Numeric id of a user; null if there is none. */
export function findUser(name: string): number | null {
  return find('/etc/passwd', name);
}

/** Numeric id of a group; null if there is none. */
export function findGroup(name: string): number | null {
  return find('/etc/group', name);
}

// Both files have the name in the first and the id in the third field.
function find(file: string, name: string): number | null {
  let contents: string;
  try {
    contents = readFileSync(file, 'latin1');
  } catch {
    return null;
  }
  for (const line of contents.split('\n')) {
    const fields = line.split(':');
    if (fields[0] === name && /^[0-9]+$/.test(fields[2] ?? '')) return Number(fields[2]);
  }
  return null;
}
