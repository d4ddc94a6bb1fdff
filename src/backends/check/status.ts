/**
 * What a health check can end with: HAProxy's names (management guide, check_status), the phrase its logs use, and the number that
 * SS_CHECK_STATUS holds.
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
export const SOCKET_ERROR = row(3, 'SOCKERR', 'Socket error');
export const L4_OK = row(4, 'L4OK', 'Layer4 check passed', true);
export const L4_TIMEOUT = row(5, 'L4TOUT', 'Layer4 timeout');
export const L4_CONNECT = row(6, 'L4CON', 'Layer4 connection problem');

/** All of them, by code. */
export const checkStatuses: readonly CheckStatus[] = [
  UNKNOWN,
  INITIALISING,
  row(2, 'HANA', 'Health analyze'),
  SOCKET_ERROR,
  L4_OK,
  L4_TIMEOUT,
  L4_CONNECT,
  row(7, 'L6OK', 'Layer6 check passed', true),
  row(8, 'L6TOUT', 'Layer6 timeout'),
  row(9, 'L6RSP', 'Layer6 invalid response'),
  row(10, 'L7TOUT', 'Layer7 timeout'),
  row(11, 'L7RSP', 'Layer7 invalid response'),
  row(12, 'L7OK', 'Layer7 check passed', true),
  row(13, 'L7OKC', 'Layer7 check conditionally passed', true),
  row(14, 'L7STS', 'Layer7 wrong status'),
  row(15, 'PROCERR', 'External check error'),
  row(16, 'PROCTOUT', 'External check timeout'),
  row(17, 'PROCOK', 'External check passed', true),
];
