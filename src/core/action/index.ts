import type { ActionRow } from '../row.js';
import { addressActions } from './address.js';
import { authAction } from './auth.js';
import { captureAction } from './capture.js';
import { acceptAction, allowAction, denyAction, rejectAction, returnAction } from './deny.js';
import { addHeader, delHeader, replaceHeader, replaceValue, setHeader } from './header.js';
import { binaryHeaderActions } from './headers_bin.js';
import { normalizeUri } from './normalize.js';
import { patternActions } from './pattern.js';
import { redirectAction } from './redirect.js';
import { useService } from './service.js';
import { setStatus, strictMode } from './status.js';
import { doLog } from './log.js';
import { disableRetry, setLogLevel, setNice, setPriorityClass, setPriorityOffset } from './stream.js';
import { stickActions } from './stick.js';
import { uriActions } from './uri.js';
import { setVar, setVarFormat, unsetVar } from './variable.js';
import { pauseAction, tarpitAction, waitForBodyAction, waitForHandshakeAction } from './wait.js';
import { doResolve } from './resolve.js';
import { earlyHint } from './hint.js';
import { markActions } from './mark.js';
import { silentDrop } from './drop.js';
import { setRetries, setTimeoutAction } from './limit.js';

/** All actions of rule sets (manual, section 4.4). Names with parentheses (`set-var(txn.x)`) are listed without them. */
export const actions: readonly ActionRow[] = [
  acceptAction, allowAction, denyAction, rejectAction, returnAction, redirectAction, setHeader, addHeader, delHeader, replaceHeader, replaceValue,
  ...uriActions, setStatus, strictMode, setVar, setVarFormat, unsetVar, useService, captureAction,
  authAction, normalizeUri, ...binaryHeaderActions, setLogLevel, setNice, setPriorityClass, setPriorityOffset, disableRetry, doLog,
  ...stickActions, ...addressActions, ...patternActions, pauseAction, tarpitAction, waitForBodyAction, waitForHandshakeAction, silentDrop, setTimeoutAction, setRetries, earlyHint, ...markActions, doResolve,
] as ActionRow[];
