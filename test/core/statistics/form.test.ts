import { describe, expect, test } from '@jest/globals';
import { applyForm, formActions, type FormParts } from '../../../src/core/statistics/form.js';
import { model } from '../../backends/model.js';

function house(): { parts: FormParts; done: string[] } {
  const done: string[] = [];
  const note = (what: string): null => {
    done.push(what);
    return null;
  };
  const made = model({ kind: 'frontend', name: 'f' }, { name: 'b', servers: [{}, {}] }, { name: 'c', servers: [{}] });
  const parts: FormParts = {
    model: made,
    control: { administer: (server, to) => note(`${to} ${server}`), enable: (server, on) => note(`${on ? 'enable' : 'disable'} ${server}`), setHealth: (server, to) => (server === 1 ? 'tracks' : note(`${to} ${server}`)) },
    checks: { enable: (server, which, on) => server === 0 && note(`${which} ${on} ${server}`) === null, setAgent: (server, up) => server === 0 && note(`agent ${up} ${server}`) === null },
    traffic: { shutdownSessions: (whose) => void note(`shutdown ${JSON.stringify(whose)}`) },
  };
  return { parts, done };
}

describe('the form', () => {
  test.each([
    ['s=s1&action=drain&b=b', 'DONE', ['drain 0']],
    ['b=%233&action=maint&s=s1&s=s2', 'DONE', ['maint 0', 'maint 1']],
    ['s=s1&s=nono&action=ready&b=b', 'PART', ['ready 0']],
    ['s=s1&s=s2&action=hdown&b=b', 'PART', ['down 0']],
    ['s=s2&action=ehlth&b=b', 'NONE', []],
    ['s=s1&action=dagent&b=b', 'DONE', ['agent false 0']],
    ['s=s1&action=arunn&b=b', 'DONE', ['agent true 0']],
    ['s=s1&action=shutdown&b=b', 'DONE', ['shutdown {"of":"server","index":0}']],
    ['s=s1&action=disable&b=b', 'DONE', ['disable 0']],
    ['s=nono&action=ready&b=b', 'ERRP', []],
    ['s=s1&action=foo&b=b', 'ERRP', []],
    ['s=s1&action=constructor&b=b', 'ERRP', []],
    ['s=s1&action=ready&b=f', 'ERRP', []],
    ['s=s1&b=b', 'NONE', []],
    ['action=ready&b=b', 'NONE', []],
    ['rubbish', 'NONE', []],
  ])('%s', (form, result, expected) => {
    const { parts, done } = house();
    expect([applyForm(parts, form, []), done]).toEqual([result, expected]);
  });

  test('proxies out of the scope are not touched', () => {
    const { parts, done } = house();
    expect(applyForm(parts, 's=s1&action=maint&b=c', ['b'])).toBe('DENY');
    expect(applyForm(parts, 's=s1&action=maint&b=b', ['b'])).toBe('DONE');
    expect(done).toEqual(['maint 0']);
  });

  test('each action has a word of its own', () => {
    expect(new Set(formActions.map(({ word }) => word)).size).toBe(formActions.length);
  });
});
