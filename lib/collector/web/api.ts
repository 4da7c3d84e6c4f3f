/** Reads from the JSON API. @throws Error with the API's message */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return parse<T>(await fetch(`./_collector/${path}`, { signal: signal ?? null }));
}

export async function change(method: 'POST' | 'DELETE', path: string, value?: unknown): Promise<void> {
  await parse(
    await fetch(`./_collector/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: value === undefined ? null : JSON.stringify(value),
    }),
  );
}

/** The API's error; undefined if there was no answer. */
export class ApiError extends Error {}

async function parse<T>(response: Response): Promise<T> {
  const value: unknown = await response.json();
  if (!response.ok) throw new ApiError((value as { error?: string }).error ?? `HTTP ${response.status}.`);
  return value as T;
}

export function queryOf(members: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, `${value}`]],
  );
  return `?${new URLSearchParams(given)}`;
}
