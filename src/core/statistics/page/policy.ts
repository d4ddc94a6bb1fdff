import { createHash } from 'node:crypto';
import { script } from './script.js';
import { style } from './style.js';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What browsers may do with the page: run its own script and style, ask where it came from, and nothing else. */
export const PAGE_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['content-security-policy', [
    "default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`, "img-src data:", "connect-src 'self'", "form-action 'self'",
    "base-uri 'none'", "frame-ancestors 'none'",
  ].join('; ')],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
];
