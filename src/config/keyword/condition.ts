import type { AclScope } from '../acl.js';
import { parseCondition as parse } from '../condition.js';
import type { Condition } from '../model.js';
import type { Walk } from '../walk.js';
import { checkConditionPlace } from './place.js';
import type { Place } from './place.js';
import { expressionScope } from './scope.js';

/** What ACLs and conditions on the line see: also the ACLs of the proxy and pattern files. */
export function aclScope(walk: Walk): AclScope {
  const { site } = walk;
  if (site.proxy === null) throw new Error('conditions stand in proxy sections only');
  const { acls } = site.proxy;
  return { ...expressionScope(walk), acls, host: (host) => site.hosts.push(host) };
}

/** The condition at the end of a rule of `place`; null without one, undefined after an error. */
export function parseCondition(walk: Walk, place: Place): Condition | null | undefined {
  const words = walk.condition();
  if (words.length === 0) return null;
  const condition = parse(words, aclScope(walk));
  if (condition !== undefined) checkConditionPlace(walk, condition, place);
  return condition;
}
