/** Sockets that are opened when nobody else's is free: one at a time speaks on each, and many speak on each in turn. */
export class Connections<Socket> {
  readonly #free: Socket[] = [];
  readonly #all: Socket[] = [];

  constructor(
    private readonly open: () => Socket | Promise<Socket>,
    private readonly end: (socket: Socket) => unknown,
  ) {}

  async use<T>(speak: (socket: Socket) => Promise<T>): Promise<T> {
    let socket = this.#free.pop();
    if (socket === undefined) {
      socket = await this.open();
      this.#all.push(socket);
    }
    try {
      return await speak(socket);
    } finally {
      this.#free.push(socket);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(this.end));
  }
}
