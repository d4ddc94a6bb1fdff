/**
 * What a health check can end with: HAProxy's names (management guide, check_status), the phrase its logs use, and the number that
 * SS_CHECK_STATUS holds and state files have.
 */
export interface CheckStatus {
  readonly name: string;
  readonly code: number;
  /** "Server b/s is DOWN, reason: <phrase>". */
  readonly phrase: string;
  readonly passed: boolean;
}

function row(code: number, name: string, phrase: string, passed = false): CheckStatus {
  return { code, name, phrase, passed };
}

export const UNKNOWN = row(0, 'UNK', 'Unknown');
export const INITIALISING = row(1, 'INI', 'Initializing');
/** An agent said something that is neither good nor bad. */
export const CHECKED = row(3, 'CHECKED', 'No status change');
export const HEALTH_ANALYSIS = row(4, 'HANA', 'Health analyze');
export const SOCKET_ERROR = row(5, 'SOCKERR', 'Socket error');
export const L4_OK = row(6, 'L4OK', 'Layer4 check passed', true);
export const L4_TIMEOUT = row(7, 'L4TOUT', 'Layer4 timeout');
export const L4_CONNECT = row(8, 'L4CON', 'Layer4 connection problem');
export const L6_OK = row(9, 'L6OK', 'Layer6 check passed', true);
export const L6_TIMEOUT = row(10, 'L6TOUT', 'Layer6 timeout');
export const L6_RESPONSE = row(11, 'L6RSP', 'Layer6 invalid response');
export const L7_TIMEOUT = row(12, 'L7TOUT', 'Layer7 timeout');
export const L7_RESPONSE = row(13, 'L7RSP', 'Layer7 invalid response');
export const L7_OK = row(15, 'L7OK', 'Layer7 check passed', true);
export const L7_CONDITIONAL = row(16, 'L7OKC', 'Layer7 check conditionally passed', true);
export const L7_STATUS = row(17, 'L7STS', 'Layer7 wrong status');
export const PROCESS_ERROR = row(18, 'PROCERR', 'External check error');
export const PROCESS_TIMEOUT = row(19, 'PROCTOUT', 'External check timeout');
export const PROCESS_OK = row(20, 'PROCOK', 'External check passed', true);

/** All of them, in the order of their codes. */
export const checkStatuses: readonly CheckStatus[] = [
  UNKNOWN, INITIALISING, CHECKED, HEALTH_ANALYSIS, SOCKET_ERROR, L4_OK, L4_TIMEOUT, L4_CONNECT, L6_OK, L6_TIMEOUT, L6_RESPONSE, L7_TIMEOUT, L7_RESPONSE, L7_OK,
  L7_CONDITIONAL, L7_STATUS, PROCESS_ERROR, PROCESS_TIMEOUT, PROCESS_OK,
];

const byName = new Map(checkStatuses.map((status) => [status.name, status]));

export function statusNamed(name: string): CheckStatus {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`there is no check status '${name}'`);
  return found;
}

/** Those that carry a code of the protocol into messages and statistics. */
const CODED = new Set([L7_OK, L7_CONDITIONAL, L7_STATUS, PROCESS_ERROR, PROCESS_TIMEOUT, PROCESS_OK]);

export const hasCode = (status: CheckStatus): boolean => CODED.has(status);
