/** Keywords of `global` sections. */
import { checkRows } from './check.js';
import { environmentRows } from './environment.js';
import { httpRows } from './http.js';
import { jwtRows } from './jwt.js';
import { globalLogRows } from './log.js';
import { knownGlobalRows } from './known.js';
import { processRows } from './process.js';
import { runtimeRows } from './runtime.js';
import { savedRows } from './saved.js';
import { stickRows } from './stick.js';
import { tuneRows } from './tune.js';
import { variableRows } from './variables.js';
import { unixBindRow } from './unix_bind.js';
import { KeywordTable } from '../table.js';

export const globalTable = new KeywordTable([...processRows, ...tuneRows, ...stickRows, ...checkRows, ...savedRows, ...runtimeRows, ...environmentRows, ...variableRows, unixBindRow, ...jwtRows, ...httpRows, ...globalLogRows, ...knownGlobalRows]);
