import type { Observable } from 'rxjs';
import { Track } from 'nestjs-tracking';
import type { Operation } from '../stand.js';
import { done, EXPECTED, observe, pause, personIn, reject, succeed, Work } from '../work.js';

/** What makes a class a handler: of a command, of the jobs of a queue. */
export interface HandlerKind {
  /** The method that its framework calls: `execute`, `handle`, `process`. */
  readonly method: string;
  /** Marks the class that handles an operation. */
  readonly on: (operation: Operation) => ClassDecorator;
  /** Above `@Track()`: `@RunAs()`, where the message itself says who it is about; or what tells of its end. */
  readonly as?: MethodDecorator;
  /** Around the handler of `adorned`. */
  readonly adornment: MethodDecorator;
  /** What its framework wants them to extend. */
  readonly Base?: abstract new () => object;
}

export type HandlerClass = new (work: Work) => object;

/** One class for each operation, for frameworks that have one method in a class. All are named `Handler`. */
export function handlersOf(kind: HandlerKind): Record<Exclude<Operation, 'guarded'>, HandlerClass> {
  const { method, on, as = () => undefined, adornment, Base = Object } = kind;

  abstract class WithWork extends Base {
    constructor(protected readonly work: Work) {
      super();
    }
  }

  const succeeds = (): HandlerClass => {
    @on('succeed')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @as
      @Track('succeed', EXPECTED)
      [method](message: unknown): Promise<string> {
        return succeed(personOf(message));
      }
    }
    return Handler;
  };
  const rejects = (): HandlerClass => {
    @on('reject')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @Track('reject', EXPECTED)
      @as
      [method](message: unknown): Promise<string> {
        return reject(personOf(message));
      }
    }
    return Handler;
  };
  const observes = (): HandlerClass => {
    @on('observe')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @as
      @Track('observe', EXPECTED)
      [method](message: unknown): Observable<string> {
        return observe(personOf(message));
      }
    }
    return Handler;
  };
  const worksOn = (): HandlerClass => {
    @on('work on')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @as
      [method](message: unknown): Promise<string> {
        return this.work.on(personOf(message));
      }
    }
    return Handler;
  };
  const twice = (): HandlerClass => {
    @on('twice')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @as
      @Track('first', EXPECTED)
      @Track('second', EXPECTED)
      async [method](message: unknown): Promise<string> {
        await pause(personOf(message));
        return done('twice', personOf(message));
      }
    }
    return Handler;
  };
  const inherits = (): HandlerClass => {
    abstract class BaseHandler extends WithWork {
      @as
      @Track('inherited', EXPECTED)
      async [method](message: unknown): Promise<string> {
        await pause(personOf(message));
        return done('inherited', personOf(message));
      }
    }
    @on('inherited')
    class Handler extends BaseHandler {
      constructor(work: Work) {
        super(work);
      }
    }
    return Handler;
  };
  const overrides = (): HandlerClass => {
    abstract class BaseHandler extends WithWork {
      @Track('overridden below', EXPECTED)
      async [method](message: unknown): Promise<string> {
        await pause(personOf(message));
        return done('overridden', personOf(message));
      }
    }
    @on('overridden')
    class Handler extends BaseHandler {
      constructor(work: Work) {
        super(work);
      }
      @as
      @Track('overridden', EXPECTED)
      [method](message: unknown): Promise<string> {
        const { [method]: below } = BaseHandler.prototype as unknown as Methods;
        return below!.call(this, message);
      }
    }
    return Handler;
  };
  const isScoped = (): HandlerClass => {
    @on('scoped')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @as
      @Track('scoped', EXPECTED)
      async [method](message: unknown): Promise<string> {
        await pause(personOf(message));
        return done('scoped', personOf(message));
      }
    }
    return Handler;
  };
  const isAdorned = (): HandlerClass => {
    @on('adorned')
    class Handler extends WithWork {
      constructor(work: Work) {
        super(work);
      }
      @as
      @Track('adorned', EXPECTED)
      @adornment
      async [method](message: unknown): Promise<string> {
        await pause(personOf(message));
        return done('adorned', personOf(message));
      }
    }
    return Handler;
  };
  return {
    succeed: succeeds(),
    reject: rejects(),
    observe: observes(),
    'work on': worksOn(),
    twice: twice(),
    inherited: inherits(),
    overridden: overrides(),
    scoped: isScoped(),
    adorned: isAdorned(),
  };
}

/** Where the events of such handlers come from. */
export function sourcesOf(source: string): Record<Operation, string> {
  return {
    succeed: source,
    reject: source,
    observe: source,
    'work on': source,
    twice: source,
    inherited: source,
    overridden: source,
    scoped: source,
    guarded: source,
    adorned: source,
  };
}

type Methods = Record<string, (message: unknown) => Promise<string>>;

function personOf(message: unknown): string {
  return personIn([message]) ?? 'nobody';
}
