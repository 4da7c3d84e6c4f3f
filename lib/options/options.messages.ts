/** Sentences about wrong options. */
export const optionMessages = {
  sameName: (name: string, first: number, second: number): string =>
    `TrackingModule: \`destinations[${first}]\` and \`destinations[${second}]\` are both named '${name}'; ` +
    'give one of them another `name`.',
  oldDispatcher: (option: string): string =>
    `TrackingModule: option \`${option}\` is a dispatcher of undici 6 or older; expected one of undici 7 or 8. ` +
    'It would reject every request, so nothing could be delivered. Run `npm install undici@7` and create the dispatcher with ' +
    'it. The `undici` built into Node 20 and 22 is version 6.',
  uncheckedHosts: (option: string): string =>
    `TrackingModule: option \`${option}\` is false together with a \`dispatcher\`; expected only one of the two. ` +
    'A dispatcher or proxy makes its own connections, so addresses cannot be checked. Remove the dispatcher; or omit ' +
    '`allowPrivateHosts`, and forbid private addresses in the proxy.',
  badProxy: (variable: string): string =>
    `TrackingModule: the environment variable \`${variable}\` is not the URL of a proxy; expected one with http: or https:, such as ` +
    'http://proxy.example.com:3128, with user and password, if any, percent-encoded. Nothing could be delivered. ' +
    'Correct it, or remove NODE_USE_ENV_PROXY.',
  uncheckedProxy: (option: string, variable: string): string =>
    `TrackingModule: option \`${option}\` is false together with a proxy (\`${variable}\`); expected only one of the two. ` +
    'A proxy makes its own connections, so addresses cannot be checked. Add the host to NO_PROXY; or omit ' +
    '`allowPrivateHosts`, and forbid private addresses in the proxy.',
  severalWays: (ways: readonly string[]): string =>
    `TrackingModule: forRootAsync() got ${ways.map((way) => `\`${way}\``).join(' and ')}; expected only one of them. ` +
    'Each of them makes the options. Remove the others.',
  /** @param got the kind of value */
  noObject: (way: string, got: string): string =>
    `TrackingModule: \`${way}\` of forRootAsync() returned ${got}; expected an object with \`destinations\`. ` +
    'Return the options from it: an arrow function with braces needs `return`.',
};
