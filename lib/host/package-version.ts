/** The version in package.json, which a test compares. A constant, because reading the file would slow every import. */
export const PACKAGE_VERSION = '0.1.0';
