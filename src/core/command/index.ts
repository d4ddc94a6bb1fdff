import { backendRows } from './backend.js';
import { dynamicRows } from './dynamic.js';
import { handoverRows } from './handover.js';
import { help } from './help.js';
import type { CommandRow } from './row.js';
import { eventRows } from './events.js';
import { processRows } from './process.js';
import { errorRows } from './errors.js';
import { patternRows } from './pattern.js';
import { serverRows } from './server.js';
import { sessionRows } from './session.js';
import { sessionListRows } from './sessions.js';
import { stateRows } from './state.js';
import { statisticsRows } from './statistics.js';
import { CommandTable } from './table.js';
import { tableRows } from './table_commands.js';
import { trafficRows } from './traffic.js';
import { variableRows } from './variable.js';

const helpRow: CommandRow = {
  words: 'help',
  usage: '[<command>]',
  doc: 'list matching or all commands',
  level: 'user',
  run: ({ args, client }) => help(commands, client, args),
};

/** All commands of the runtime API, by family. */
export const commands = new CommandTable([helpRow, ...sessionRows, ...statisticsRows, ...serverRows, ...trafficRows, ...patternRows, ...tableRows, ...dynamicRows, ...stateRows, ...variableRows, ...sessionListRows, ...errorRows, ...processRows, ...eventRows, ...backendRows, ...handoverRows]);
