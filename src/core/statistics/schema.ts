/** The JSON schema of `show info json` and `show stat json` (management guide: show schema json). */
const words = (...list: string[]): object => ({ type: 'string', enum: list });
const whole = (minimum: number, maximum?: number): object => ({ type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) });
const object = (properties: Readonly<Record<string, object>>): object => ({ type: 'object', properties, required: Object.keys(properties) });
const refer = (name: string): object => ({ $ref: `#/definitions/${name}` });
const list = (title: string, item: object): object => ({ title, type: 'array', items: { title: 'InfoItem', ...item } });
const value = (type: string, of: object): object => object({ type: words(type), value: of });

const ITEM = { field: refer('field'), processNum: refer('processNum'), tags: refer('tags'), value: refer('typedValue') };

export const schema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  oneOf: [
    list('Info', object(ITEM)),
    { title: 'Stat', type: 'array', items: list('Object', object({ objType: words('Frontend', 'Backend', 'Listener', 'Server', 'Unknown'), proxyId: whole(0), id: whole(0), ...ITEM })) },
    { title: 'Error', ...object({ errorStr: { type: 'string' } }) },
  ],
  definitions: {
    field: object({ pos: whole(0), name: { type: 'string' } }),
    processNum: whole(1),
    tags: object({
      origin: words('Metric', 'Status', 'Key', 'Config', 'Product', 'Unknown'),
      nature: words('Gauge', 'Limit', 'Min', 'Max', 'Rate', 'Counter', 'Duration', 'Age', 'Time', 'Name', 'Output', 'Avg', 'Unknown'),
      scope: words('Cluster', 'Process', 'Service', 'System', 'Unknown'),
    }),
    typedValue: {
      oneOf: [
        value('s32', whole(-(2 ** 31), 2 ** 31 - 1)), value('s64', whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
        value('u32', whole(0, 2 ** 32 - 1)), value('u64', whole(0, Number.MAX_SAFE_INTEGER)), value('str', { type: 'string' }),
      ],
    },
  },
} as const;
