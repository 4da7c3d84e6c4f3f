import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Script } from '../answers/script.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import { answerJson } from '../http/answer.js';
import { readBody } from '../http/read-body.js';
import type { EventQuery, Ledger } from '../ledger/ledger.js';

/** What the JSON API shows and changes. */
export interface CollectorState {
  readonly ledger: Ledger;
  readonly script: Script;
}

/** Answers a request below `/_collector`. */
export function answerApi(
  { ledger, script }: CollectorState,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
  response: ServerResponse,
): void {
  const query = Object.fromEntries(searchParams);
  const limit = Math.min(Number(query['limit'] ?? 100) || 100, 1_000);
  switch (`${request.method} ${pathname.slice('/_collector'.length)}`) {
    case 'GET /stats':
      return answerJson(response, 200, {
        platforms: ledger.platformCounts(),
        names: ledger.nameCounts(),
        answers: script.answers,
      });
    case 'GET /events':
      return answerJson(response, 200, ledger.events({ ...(query as EventQuery), limit }));
    case 'GET /invalid':
      return answerJson(
        response,
        200,
        ledger.events({ limit: Infinity }).filter(({ problems }) => problems.length > 0),
      );
    case 'GET /requests':
      return answerJson(response, 200, ledger.requests().slice(0, limit));
    case 'POST /reset':
      ledger.clear();
      script.clear();
      return answerJson(response, 200, {});
    case 'GET /answers':
      return answerJson(response, 200, script.answers);
    case 'POST /answers':
      return readBody(request, (body) => {
        for (const each of [JSON.parse(body ?? '[]') as ScriptedAnswer | ScriptedAnswer[]].flat())
          script.add(each);
        answerJson(response, 200, script.answers);
      });
    case 'DELETE /answers':
      script.clear();
      return answerJson(response, 200, []);
    default:
      return answerJson(response, 404, { error: `Not found: ${request.method} ${pathname}.` });
  }
}
