/** The user of a Basic `Authorization` header; undefined: there is none, or it is empty. */
export function basicUser(header: string | undefined): string | undefined {
  if (header === undefined || !/^basic /i.test(header)) return undefined;
  const text = Buffer.from(header.slice('Basic '.length), 'base64').toString();
  const [user = ''] = text.split(':', 1);
  return user === '' ? undefined : user;
}

/** The token of a Bearer `Authorization` header; undefined: there is none, or it is empty. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)$/i.exec(header)?.[1];
}
