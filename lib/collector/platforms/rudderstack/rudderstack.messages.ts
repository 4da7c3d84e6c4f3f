export const emptyBatch = 'Its batch has no events.';
