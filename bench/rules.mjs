// The rules of the case `rules`, the same for tsproxy and haproxy: 20 path ACLs that are all asked, six header rules, an added request id.
const PATHS = ['path_beg /api/', 'path_beg /static/', 'path_beg /img/', 'path_beg -i /css/', 'path_beg /js/', 'path /admin /login /logout', 'path_beg /health', 'path /search', 'path_beg /cart',
  'path_beg /checkout', 'path_beg /user/', 'path_beg /account/', 'path_end .php .asp .cgi', 'path_end .png', 'path_dir blog', 'path_sub /../', 'path_beg /docs/ /help/', 'path -i /about',
  'path_beg /download/', 'path_reg ^/v[0-9]+/'];

export const rules = [
  ...PATHS.map((test, i) => `acl p${i} ${test}`),
  `http-request deny if ${PATHS.slice(0, 10).map((_test, i) => `p${i}`).join(' or ')}`,
  'http-request set-header X-Section users if p10 or p11 or p12 or p13 or p14',
  'http-request set-header X-Section files if p15 or p16 or p17 or p18 or p19',
  'http-request set-header X-Forwarded-Proto http',
  'http-request add-header X-Via bench',
  'http-request del-header X-Internal',
  'http-request set-header X-Client %[src]',
  'unique-id-format %{+X}o%ci:%cp_%fi:%fp_%Ts_%rt:%pid',
  'unique-id-header X-Request-Id',
];
