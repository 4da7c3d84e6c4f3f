import { nodeFiles } from '../../lib/buffer/journal/files/node-files.js';
import type { Command, CommandResult } from '../../lib/buffer/journal/ownership/command.js';
import { Inbox } from '../../lib/buffer/journal/ownership/inbox.js';
import type { AFolder } from './a-journal.js';

/** Answers the commands in a folder's inbox, as its application would. */
export class AnOwner {
  readonly commands: Command[] = [];
  #running = true;
  readonly #ended: Promise<void>;

  constructor(folder: AFolder, answer: (command: Command) => CommandResult | Promise<CommandResult>) {
    this.#ended = this.#run(new Inbox(nodeFiles, folder.path), answer);
  }

  async end(): Promise<void> {
    this.#running = false;
    await this.#ended;
  }

  async #run(
    inbox: Inbox,
    answer: (command: Command) => CommandResult | Promise<CommandResult>,
  ): Promise<void> {
    while (this.#running) {
      for (const command of await inbox.take()) {
        this.commands.push(command);
        await inbox.progress(command.id, { done: 1, total: 2 });
        await inbox.answer(command.id, await answer(command));
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
