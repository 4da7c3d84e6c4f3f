/** An account without its password. */
export interface Account {
  /**
   * The person's id at KISSmetrics, in the browser and here. It is stable, unlike an e-mail address, and has no commas or
   * colons, which the platform replaces with spaces.
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
