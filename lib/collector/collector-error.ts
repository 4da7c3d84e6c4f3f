/** An option or a scripted answer that the collector cannot use; its message says what is expected. */
export class CollectorError extends Error {}
