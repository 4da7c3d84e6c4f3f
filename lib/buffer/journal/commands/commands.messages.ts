import { eventsOf } from '../../../event/counted.js';

/** Answers to a command that could not be carried out. */
export const commandMessages = {
  diskFails: (code: string) =>
    `The disk is rejecting writes (${code}). Repeat the command when 'status' shows the journal open.`,
  failed: (code: string) =>
    `The command was only partly carried out (${code}). Repeat it; completed work is not done twice.`,
  full: (events: number) => {
    const were = events === 1 ? 'was' : 'were';
    return `${eventsOf(events)} ${were} skipped because the journal is full. Repeat the command when it has room.`;
  },
  noOwner: (group: string) =>
    `The folders of ${group} have no readable list of destinations. Start their application and repeat the command.`,
  noDestination: (name: string) =>
    `The application has no destination '${name}'. No event was imported. Give the name of one that \`status\` shows.`,
  undecided: (destinations: readonly string[]) => {
    const theyGet = destinations.length === 1 ? 'it gets' : 'they get';
    return `When some events were accepted, ${destinations.join(', ')} did not exist or did not get them. Only the application can decide whether ${theyGet} them. No event was queued. Repeat the command while the application runs, or send to other destinations only.`;
  },
  notOpened: (group: string) =>
    `The folders of ${group} could not be opened. Run the command as the user that their application runs as.`,
};
