/** A number or a word of the command line: `--name=1`. */
export function option(name, otherwise) {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`));
  if (given === undefined) return otherwise;
  const text = given.slice(name.length + 3);
  return typeof otherwise === 'number' ? Number(text) : text;
}
