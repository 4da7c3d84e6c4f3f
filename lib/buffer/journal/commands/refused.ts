/** Why a command was not carried out, in words for whoever gave it. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

/** The journal is closed while a command runs: whoever takes the folder over finds the command again. */
export class CommandInterrupted extends Error {
  override readonly name = 'CommandInterrupted';
}
