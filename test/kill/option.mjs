/** A number of the command line: `--name=1`. */
export function option(name, otherwise) {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`));
  return given === undefined ? otherwise : Number(given.slice(name.length + 3));
}
