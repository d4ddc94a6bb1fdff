import type { ConverterRow } from '../row.js';
import { given, optional, required } from './row.js';

interface Choice {
  readonly name: string;
  /** 0 to 1. */
  readonly weight: number;
}

/** Values of a list such as `fr-CH, fr;q=0.9`. A weight that can't be read counts as 1. */
function choices(text: string): Choice[] {
  return text.split(',').map((part) => {
    const [name = '', parameter = ''] = part.split(';', 2).map((piece) => piece.trim());
    const weight = /^q\s*=\s*([01](?:\.[0-9]{0,3})?)$/.exec(parameter)?.[1];
    return { name, weight: weight === undefined ? 1 : Math.min(1, Number(weight)) };
  });
}

/** The offered value for a name: itself, or its base language. */
function offered(name: string, offers: ReadonlySet<string>): string | undefined {
  if (offers.has(name)) return name;
  const dash = name.lastIndexOf('-');
  return dash < 0 ? undefined : offered(name.slice(0, dash), offers);
}

export const languageConverters: readonly ConverterRow[] = [
  {
    name: 'language', args: [required('value'), optional('default')], in: 'str', out: 'str',
    doc: 'the value of lang;lang;… with the highest weight in an Accept-Language list, or the default',
    compile(args) {
      const offers = new Set(String(args[0]).split(';'));
      const none = given(args[1]) ? String(args[1]) : undefined;
      return (value) => {
        let best: string | undefined;
        let weight = 0;
        for (const choice of choices(value as string)) {
          if (choice.weight <= weight) continue;
          const found = offered(choice.name, offers);
          if (found === undefined) continue;
          best = found;
          weight = choice.weight;
        }
        return best ?? none;
      };
    },
  },
];
