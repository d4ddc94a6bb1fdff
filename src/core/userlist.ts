import { createHmac, randomBytes } from 'node:crypto';
import type { User, Userlist } from '../config/model.js';
import { crypt, sameText } from './crypt.js';

/** Verdicts on passwords that are remembered: a hash takes milliseconds, and clients send theirs with every request. */
const REMEMBERED = 1024;

/** The users of one list, by name. One object per worker and list. */
export class Users {
  private readonly byName: ReadonlyMap<string, User>;
  private readonly key = randomBytes(32);
  private readonly verdicts = new Map<string, boolean>();

  constructor(list: Userlist) {
    this.byName = new Map(list.users.map((user) => [user.name, user]));
  }

  /** The user of that name if the password (latin1) is right. */
  authenticated(name: string, password: string): User | undefined {
    const user = this.byName.get(name);
    if (user === undefined) return undefined;
    const right = user.insecure ? sameText(password, user.password) : this.verify(user, password);
    return right ? user : undefined;
  }

  private verify(user: User, password: string): boolean {
    const key = createHmac('sha256', this.key).update(`${user.password}\n${password}`, 'latin1').digest('base64');
    let verdict = this.verdicts.get(key);
    if (verdict === undefined) {
      const hash = crypt(password, user.password);
      verdict = hash !== undefined && sameText(hash, user.password);
      const oldest = this.verdicts.size < REMEMBERED ? undefined : this.verdicts.keys().next().value;
      if (oldest !== undefined) this.verdicts.delete(oldest);
      this.verdicts.set(key, verdict);
    }
    return verdict;
  }
}
