import type { Diagnostic } from './diagnostic.js';
import type { Reference, UserlistDraft } from './draft.js';
import type { Userlist } from './model.js';
import { didYouMean } from './suggest.js';

/** Users with all their groups, whichever line says so; names that lines of a list use and it doesn't have are reported. */
export function resolveUserlists(drafts: readonly UserlistDraft[], report: (diagnostic: Diagnostic) => void): Userlist[] {
  return drafts.map((draft) => {
    const { name: list, groups, users } = draft;
    const check = (kind: 'user' | 'group', { name, span }: Reference, place: string): boolean => {
      const known: ReadonlyMap<string, unknown> = kind === 'user' ? users : groups;
      if (known.has(name)) return true;
      const summary = `userlist '${list}': no such ${kind} '${name}' specified in ${place}`;
      report({ severity: 'alert', summary, advice: didYouMean(name, known.keys()), span, related: [] });
      return false;
    };
    const members = new Map([...users].map(([name, user]) => [name, new Set(user.groups.filter((group) => check('group', group, `user '${name}'`)).map((group) => group.name))]));
    for (const [group, names] of groups) {
      for (const user of names) if (check('user', user, `group '${group}'`)) members.get(user.name)?.add(group);
    }
    return {
      name: list,
      groups: [...groups.keys()],
      users: [...users].map(([name, { password, insecure }]) => ({ name, password, insecure, groups: [...(members.get(name) ?? [])] })),
    };
  });
}
