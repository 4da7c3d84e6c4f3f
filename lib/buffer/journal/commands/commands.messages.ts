/** What a command is answered with where it could not be carried out. */
export const commandMessages = {
  notUnderstood: () =>
    'The application does not understand the command: use the command line of the version that the application runs.',
  diskFails: (code: string) =>
    `The disk takes nothing at the moment (${code}): give the command again once 'status' shows the journal open.`,
  failed: (code: string) =>
    `The command was carried out in part only (${code}): give it again, what is done is not done twice.`,
  full: (events: number) =>
    `${events} events were left out because the journal has no room for them: give the command again once it has, with a filter for those.`,
  noOwner: (group: string) =>
    `The folders of ${group} say nothing that can be read about their destinations: start their application and give the command again.`,
  noDestination: (name: string) =>
    `The application has no destination '${name}'. No event was imported. Give the name of one that \`status\` shows.`,
  notOpened: (group: string) =>
    `The folders of ${group} could not be opened: see that you may write to them, as the user that their application runs as.`,
};
