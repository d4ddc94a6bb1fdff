import { request } from './client.js';

/** The sections that give a proxy of the tests a metrics page on this port. */
export function metricsFrontend(port: number): string {
  return `frontend metrics\n  mode http\n  bind 127.0.0.1:${port}\n  http-request use-service prometheus-exporter if { path /metrics }`;
}

/** A scrape: values by their name with labels, as in `haproxy_server_current_sessions{proxy="b",server="s"}`. */
export async function scrape(port: number, query = ''): Promise<ReadonlyMap<string, number>> {
  const { status, body } = await request(port, { path: `/metrics${query}` });
  if (status !== 200) throw new Error(`the metrics page answered ${status}`);
  const values = new Map<string, number>();
  for (const line of body.toString().split('\n')) {
    const at = line.lastIndexOf(' ');
    if (!line.startsWith('#') && at > 0) values.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return values;
}
