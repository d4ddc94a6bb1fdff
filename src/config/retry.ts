/** The words of `retry-on` but those that stand for several or none (manual: retry-on). */
export const RETRY_CONDITIONS = [
  'conn-failure', 'empty-response', 'junk-response', 'response-timeout', '0rtt-rejected',
  '401', '403', '404', '408', '421', '425', '429', '500', '501', '502', '503', '504',
] as const;

export type RetryCondition = (typeof RETRY_CONDITIONS)[number];

/** What `all-retryable-errors` stands for. */
export const RETRYABLE: readonly RetryCondition[] = [
  'conn-failure', 'empty-response', 'junk-response', 'response-timeout', '0rtt-rejected', '500', '502', '503', '504',
];
