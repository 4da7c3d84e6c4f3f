import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TrackingModule, TrackingService, memory } from '../../lib/index.js';

/** A Nest application with one destination. */
export async function startOurs(destination) {
  class AppModule {}
  Module({ imports: [TrackingModule.forRoot({ destinations: [destination], buffer: memory() })] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'fatal'] });
  const tracking = app.get(TrackingService);
  const delivered = () => tracking.stats().lanes[destination.name].delivered;
  const reasons = newReasons(() => tracking.stats().rejected);
  return {
    /** Records one call and delivers it. Returns the id of its event, or the reason for which the destination declined it. */
    async send(call) {
      const before = delivered();
      const id = record(tracking, call);
      if (id === undefined) return { declined: reasons.next() };
      await tracking.flush();
      if (delivered() !== before + 1) throw new Error(`'${call.title}': ${JSON.stringify(tracking.stats())}`);
      return { id };
    },
    close: () => app.close(),
  };
}

function record(tracking, call) {
  const { userId, anonymousId, timestamp, groups, context, person } = call;
  const options = { userId, anonymousId, timestamp, groups, context, person };
  switch (call.type) {
    case 'track':
      return tracking.track(call.name, call.properties, options);
    case 'identify':
      return tracking.identify(call.properties, options);
    case 'group':
      return tracking.group(call.groupId, call.properties, { ...options, groupType: call.groupType });
    case 'alias':
      return tracking.alias(call.previousId, userId, { timestamp });
    default:
      throw new Error(`no such call: ${call.type}`);
  }
}

/** An event that its only destination declines is rejected, with the destination's reason. */
function newReasons(counts) {
  let before = counts();
  return {
    next() {
      const after = counts();
      const reason = Object.keys(after).find((name) => after[name] !== before[name]);
      before = after;
      return reason;
    },
  };
}
