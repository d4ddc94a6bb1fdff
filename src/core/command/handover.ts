import { failure, type CommandRow } from './row.js';

/** What a new process sends that takes the listening sockets over (-x). */
export const handoverRows: readonly CommandRow[] = [
  {
    words: '_getsocks',
    doc: 'hand the listening sockets to a new process',
    level: 'admin',
    hidden: true,
    bare: true,
    run({ client, runtime }) {
      if (client.handOver === null) return failure("This socket has no 'expose-fd listeners'.");
      client.closing = true;
      const failed = client.handOver();
      if (failed < 0) runtime.report(`unexpected error while transferring sockets (${runtime.addon.errnoName(-failed)})`);
      return '';
    },
  },
];
