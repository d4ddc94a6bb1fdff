import { expect, test } from '@jest/globals';
import { parseStatsFile } from '../../src/config/stats_file.js';

test('sections name their columns; what makes no sense is left out', () => {
  const text = [
    '#fe guid,stot,', '', '// valid line', 'guid-fe,1024,', 'guid-fe,abc,', '#inval guid,other,', 'guid-foo,0,0,',
    '#be guid,unknown,stot,', 'guid-be,512,1024,', ',1,2', 'guid-short', '#be stot,guid', 'guid-no,1', 'nothing',
  ].join('\n');
  expect(parseStatsFile(text)).toEqual([
    { guid: 'guid-fe', side: 'fe', values: [['stot', 1024]] },
    { guid: 'guid-be', side: 'be', values: [['unknown', 512], ['stot', 1024]] },
    { guid: 'guid-short', side: 'be', values: [] },
  ]);
});

test('numbers beyond what JavaScript counts exactly stay bounded', () => {
  expect(parseStatsFile('#fe guid,stot\na,18446744073709551615')[0]?.values).toEqual([['stot', Number.MAX_SAFE_INTEGER]]);
});
