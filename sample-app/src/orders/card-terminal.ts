import { HttpException, HttpStatus, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';

/** Accepts every card except `declined`. */
@Injectable()
export class CardTerminal {
  async charge(card: string | undefined, _amount: number): Promise<void> {
    await pause(5);
    if (card === 'declined') throw new HttpException('The card was declined', HttpStatus.PAYMENT_REQUIRED);
  }
}
