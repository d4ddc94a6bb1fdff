/** Words that open a section wherever they start a line. Which of them we implement is the business of the keyword tables. */
export const SECTION_KEYWORDS = [
  'global', 'defaults', 'frontend', 'backend', 'listen', 'peers', 'resolvers', 'mailers', 'userlist', 'http-errors', 'ring',
  'log-forward', 'log-profile', 'cache', 'fcgi-app', 'program', 'crt-store', 'traces', 'acme', 'healthcheck',
] as const;

export type SectionKeyword = (typeof SECTION_KEYWORDS)[number];

const KEYWORDS: ReadonlySet<string> = new Set(SECTION_KEYWORDS);

export function isSectionKeyword(word: string): word is SectionKeyword {
  return KEYWORDS.has(word);
}
