/** Text as it stands in HTML and figures as people read them. Names and texts of checks are whatever someone wrote: all is escaped. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For contents and for attributes in quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);

/** `1234567` as `1 234 567` with narrow no-break spaces. */
export const grouped = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f');

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in the unit that leaves up to three digits before the point. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)}\u202f${UNITS[unit]}`;
}

/** The two largest units of a time: `3d4h`, `5m2s`. */
export function ageText(seconds: number): string {
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'm'], [Math.floor(seconds) % 60, 's']] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return first < 0 ? '0s' : parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join('');
}

/** Milliseconds as `12 ms` or `1.5 s`. */
export const timeText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)}\u202fms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)}\u202fs`);
