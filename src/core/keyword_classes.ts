/** HAProxy's keyword classes, and how their lists begin. */
const CLASSES: readonly { readonly name: string; readonly title: string; readonly doc: string }[] = [
  { name: 'acl', title: 'ACL keywords', doc: 'ACL keywords' },
  { name: 'cfg', title: 'configuration keywords', doc: 'configuration keywords' },
  { name: 'cnv', title: 'sample converter functions', doc: 'sample converter keywords' },
  { name: 'smp', title: 'sample fetch functions', doc: 'sample fetch functions' },
];

const HELP = ['# List of supported keyword classes:', 'all: list all keywords', ...CLASSES.map(({ name, doc }) => `${name}: ${doc}`), ''].join('\n');

/**
 * What `-dK<class,…>` prints of the full text of lists: those of the classes asked for, `all`, or `help` for the names of the classes.
 * Undefined for a class that doesn't exist.
 */
export function keywordClasses(text: string, classes: string): string | undefined {
  const lists = text.split(/^(?=# List of )/m);
  const parts: string[] = [];
  for (const name of classes === '' ? ['help'] : classes.split(',')) {
    if (name === 'help') parts.push(HELP);
    else if (name === 'all') parts.push(text);
    else {
      const found = CLASSES.find((row) => row.name === name);
      if (found === undefined) return undefined;
      parts.push(...lists.filter((list) => list.startsWith(`# List of registered ${found.title}`)));
    }
  }
  return parts.join('');
}
