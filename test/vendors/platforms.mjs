/** Every platform whose vendor has an SDK for servers. */
export const PLATFORMS = {};
