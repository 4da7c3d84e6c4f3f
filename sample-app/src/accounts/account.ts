/** What everyone may see of an account, its owner first. */
export interface Account {
  /**
   * What KISSmetrics knows this person by, in the browser and here: stable, unlike an e-mail address, and free of the
   * commas and colons that the platform turns into spaces.
   */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly company?: string;
  readonly role: 'customer' | 'admin';
  readonly createdAt: Date;
}

export interface SignUp {
  email: string;
  password: string;
  name: string;
  company?: string;
}

export interface Credentials {
  email: string;
  password: string;
}
