import type { RuleFamily } from '../model.js';

/** All rule families, in the order in which they are evaluated. */
export const RULE_FAMILIES: readonly RuleFamily[] = [
  'tcp-request connection',
  'tcp-request session',
  'tcp-request content',
  'http-request',
  'tcp-response content',
  'http-response',
  'http-after-response',
];
