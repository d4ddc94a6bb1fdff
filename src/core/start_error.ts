/** The start failed and nothing was accepted; each line is one alert. */
export class StartError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}
