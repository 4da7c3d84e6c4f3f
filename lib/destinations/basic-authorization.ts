/** The value of an `Authorization` header with a user and a password (RFC 7617). */
export function basicAuthorization(user: string, password = ''): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
