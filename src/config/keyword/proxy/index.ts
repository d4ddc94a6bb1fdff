/** Keywords of defaults, frontend, backend and listen sections. */
import { KeywordTable } from '../table.js';
import { backendRows } from './backend.js';
import { balanceRows } from './balance.js';
import { bindRows } from './bind.js';
import { captureRows } from './capture.js';
import { checkRows } from './check.js';
import { errorRows } from './errors.js';
import { forwardRows } from './forward.js';
import { httpRows } from './http.js';
import { logRows } from './log.js';
import { knownProxyRows } from './known.js';
import { optionRows } from './option.js';
import { persistenceRows } from './persistence.js';
import { requestRows } from './request.js';
import { ruleRows } from './rules.js';
import { savedRows } from './saved.js';
import { serverRows } from './server.js';
import { settingRows } from './settings.js';
import { statsRows } from './stats.js';
import { stickRows } from './stick.js';
import { switchingRows } from './switching.js';
import { keepAliveRows } from './keepalive.js';
import { timeoutRows } from './timeout.js';

export const proxyTable = new KeywordTable([
  ...settingRows,
  ...bindRows,
  ...serverRows,
  ...savedRows,
  ...backendRows,
  ...balanceRows,
  ...persistenceRows,
  ...switchingRows,
  ...stickRows,
  ...timeoutRows,
  ...keepAliveRows,
  ...ruleRows,
  ...errorRows,
  ...forwardRows,
  ...httpRows,
  ...captureRows,
  ...requestRows,
  ...optionRows,
  ...checkRows,
  ...statsRows,
  ...logRows,
  ...knownProxyRows,
]);
