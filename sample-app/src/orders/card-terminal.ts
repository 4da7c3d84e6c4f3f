import { HttpException, HttpStatus, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';

/** Takes every card but the one that says `declined`. */
@Injectable()
export class CardTerminal {
  async charge(card: string | undefined, _amount: number): Promise<void> {
    await pause(5);
    if (card === 'declined') throw new HttpException('The card was declined', HttpStatus.PAYMENT_REQUIRED);
  }
}
