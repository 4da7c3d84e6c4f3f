import {
  BadRequestException,
  ConflictException,
  Injectable,
  type OnModuleInit,
  UnauthorizedException,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ShopConfig } from '../shop.config.js';
import type { Account, Credentials, SignUp } from './account.js';
import { hashPassword, matchesPassword } from './password.js';

export const ADMIN_EMAIL = 'admin@shop.example';

@Injectable()
export class AccountsService implements OnModuleInit {
  readonly #byEmail = new Map<string, { account: Account; password: string }>();

  constructor(private readonly config: ShopConfig) {}

  async onModuleInit(): Promise<void> {
    await this.create({ email: ADMIN_EMAIL, name: 'Admin', password: this.config.adminPassword }, 'admin');
  }

  async create(
    { email, password, name, company }: Partial<SignUp> = {},
    role: Account['role'],
  ): Promise<Account> {
    if (!isText(email) || !email.includes('@') || !isText(password) || !isText(name)) {
      throw new BadRequestException('name, email and password are required');
    }
    const hash = await hashPassword(password);
    if (this.#byEmail.has(email)) throw new ConflictException('An account with this e-mail address exists');

    const account: Account = {
      id: randomUUID(),
      email,
      name,
      ...(company && { company }),
      role,
      createdAt: new Date(),
    };
    this.#byEmail.set(email, { account, password: hash });
    return account;
  }

  async verify({ email = '', password }: Partial<Credentials> = {}): Promise<Account> {
    const found = this.#byEmail.get(email);
    if (!found || !isText(password) || !(await matchesPassword(password, found.password))) {
      throw new UnauthorizedException('Wrong e-mail address or password');
    }
    return found.account;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
