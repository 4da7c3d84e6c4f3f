export const headersFailed = (): string =>
  'The function in the option `headers` of webhook() threw an error. Fix the function.';

export const headersAreAsync = (): string =>
  'The function in the option `headers` of webhook() returned a promise. ' +
  'Return the headers themselves, and fetch a token in the option `credentials`.';
