import type { Diagnostic } from '../config/diagnostic.js';
import { parseSources } from '../config/parser.js';
import { Environment } from '../config/variables.js';

/**
 * `-cc`: evaluates a condition exactly as a line of `.if` would be (quotes, variables and all): in a file whose only section depends
 * on it. The value, or what is wrong with the condition.
 */
export function evaluateLine(text: string, env: NodeJS.ProcessEnv, localpeer: string): boolean | string {
  const problems: Diagnostic[] = [];
  const source = { index: 0, name: '-cc', text: `.if ${text.replaceAll('\n', ' ')}\nglobal\n.endif\n` };
  const sections = parseSources([source], { report: (diagnostic) => problems.push(diagnostic) }, Environment.ofProcess(env, localpeer));
  const alert = problems.find(({ severity }) => severity === 'alert');
  if (alert === undefined) return sections.length > 0;
  return alert.advice === null ? alert.summary : `${alert.summary}; ${alert.advice}`;
}
