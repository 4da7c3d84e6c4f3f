import { type CapturePort, registerPort } from '../../lib/capture/capture-port.js';
import { CapturedOptions } from '../../lib/capture/call.js';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import type { Identity } from '../../lib/event/identity.js';
import type { Notice } from '../../lib/observe/notices.js';
import type { RecordResult } from '../../lib/options/call-options.js';

export interface Recorded {
  readonly name: string;
  readonly properties: unknown;
  readonly options: CapturedOptions;
  readonly source: string | undefined;
  readonly durable: boolean;
}

/** Replaces the `TrackingService`, and records the calls of decorated methods. */
export class RecordingTracking {
  readonly events: Recorded[] = [];
  readonly refused: [reason: string, source: string, error?: unknown][] = [];
  readonly notices: [Notice, string][] = [];
  readonly messages: string[] = [];
  identity: () => Identity | undefined = () => undefined;
  /** The result of `record()`. */
  recorded: () => Promise<RecordResult> = () => Promise.resolve({ id: 'id', state: 'committed' });

  readonly port: CapturePort = {
    refuse: (reason, source, error) =>
      void this.refused.push(error === undefined ? [reason, source] : [reason, source, error]),
    notice: (notice, about, message) => {
      this.notices.push([notice, about]);
      this.messages.push(message());
    },
    identity: () => this.identity(),
  };

  constructor() {
    registerPort(this, this.port);
  }

  track(name: string, properties: unknown, options: CapturedOptions): string {
    this.#keep(name, properties, options, false);
    return 'id';
  }

  record(name: string, properties: unknown, options: CapturedOptions): Promise<RecordResult> {
    this.#keep(name, properties, options, true);
    return this.recorded();
  }

  /** An instance of a decorated class, as Nest would have injected it. */
  bind<T extends object>(instance: T): T {
    bindInstance(instance, this);
    return instance;
  }

  get names(): string[] {
    return this.events.map(({ name }) => name);
  }

  #keep(name: string, properties: unknown, options: CapturedOptions, durable: boolean): void {
    this.events.push({
      name,
      properties,
      options,
      source: CapturedOptions.placeOf(options)?.source,
      durable,
    });
  }
}
