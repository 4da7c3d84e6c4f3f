import type { EventName, EventProperties, TrackingService } from 'nestjs-tracking';

declare const tracking: TrackingService;
declare const name: string;
declare const either: 'Page Viewed' | 'Signed Out';

// compiles: all that is required
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12 });
// compiles: what is optional, and options
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, coupon: 'x', tier: 'pro' }, { key: 'o-1' });
// compiles: what is nested
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, items: [{ sku: 'a' }] });
// compiles: no properties where none is required
tracking.track('Page Viewed');
// compiles: options without properties
tracking.track('Page Viewed', undefined, { userId: 7 });
// compiles: an event that has none
tracking.track('Signed Out');
// compiles: one of a union
tracking.track('Payment Made', { method: 'invoice', number: 7 });
// compiles: more, where the schema takes more
tracking.track('Survey Answered', { score: 5, because: 'of that' });
// compiles: what the validator would make of it need not be given
tracking.track('Trial Started', { startsAt: '2026-11-23' });
// compiles: record() takes the same
void tracking.record('Order Completed', { orderId: 'o-1', revenue: 12 });
// compiles: traits as the plan has them
tracking.identify({ plan: 'pro' }, { userId: 'ann' });
// compiles: a group's, too
tracking.group('g-1', { seats: 5 });
// compiles: an alias is in no plan
tracking.alias('visitor', 'ann');
// compiles: what the service gives is what it gave before
tracking.track('Signed Out') satisfies string | undefined;
// compiles: a name of several, where each may do without properties
tracking.track(either);
// compiles: an object that was made before, with more in it, as everywhere in TypeScript
tracking.track('Page Viewed', wider());

// @ts-expect-error -- a name that the plan has not
tracking.track('Order Complete', { orderId: 'o-1', revenue: 12 });
// @ts-expect-error -- a name that is not known until it runs
tracking.track(name);
// @ts-expect-error -- no properties where some are required
tracking.track('Order Completed');
// @ts-expect-error -- undefined instead of them
tracking.track('Order Completed', undefined);
// @ts-expect-error -- a required property is missing
tracking.track('Order Completed', { orderId: 'o-1' });
// @ts-expect-error -- a property of a wrong type
tracking.track('Order Completed', { orderId: 'o-1', revenue: '12' });
// @ts-expect-error -- a property that the plan has not
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, currency: 'EUR' });
// @ts-expect-error -- a word that is none of the enumeration
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, tier: 'gold' });
// @ts-expect-error -- a wrong type within a list
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, items: [{ sku: 1 }] });
// @ts-expect-error -- a misspelt optional property
tracking.track('Page Viewed', { pth: '/' });
// @ts-expect-error -- properties of an event that has none
tracking.track('Signed Out', { reason: 'bored' });
// @ts-expect-error -- halves of two members of a union
tracking.track('Payment Made', { method: 'card', number: 7 });
// @ts-expect-error -- what a loose schema requires is required all the same
tracking.track('Survey Answered', { because: 'of that' });
// compiles: groups, and the type of a group
tracking.track('Signed Out', {}, { groups: { company: 'acme', team: 7 } });
tracking.group('g-1', { seats: 5 }, { groupType: 'company', groups: { region: 'eu' } });
// @ts-expect-error -- only group() has a type of a group
tracking.track('Signed Out', {}, { groupType: 'company' });
// @ts-expect-error -- an id that is none
tracking.track('Signed Out', {}, { groups: { company: { id: 'acme' } } });
// @ts-expect-error -- an option that does not exist
tracking.track('Signed Out', {}, { usrId: 7 });
// @ts-expect-error -- more than there is
tracking.track('Signed Out', {}, {}, {});
// @ts-expect-error -- record() takes the same names
void tracking.record('Nope');
// @ts-expect-error -- and the same properties
void tracking.record('Order Completed', { orderId: 'o-1' });
// @ts-expect-error -- a trait of a wrong value
tracking.identify({ plan: 'gold' });
// @ts-expect-error -- a required trait is missing
tracking.identify({ country: 'DE' });
// @ts-expect-error -- a trait that the plan has not
tracking.identify({ plan: 'pro', email: 'x' });
// @ts-expect-error -- a group without the traits that are required
tracking.group('g-1');
// @ts-expect-error -- a group's trait of a wrong type
tracking.group('g-1', { seats: 'five' });

/** A wrapper of the application's own keeps the types. */
function logged<Name extends EventName>(event: Name, properties: EventProperties<Name>): void {
  void [event, properties];
}
// compiles: through a wrapper
logged('Order Completed', { orderId: 'o-1', revenue: 12 });
// @ts-expect-error -- a wrong type through a wrapper
logged('Order Completed', { orderId: 'o-1', revenue: '12' });
// @ts-expect-error -- a wrong name through a wrapper
logged('Nope', {});

function wider(): { path: string; more: number } {
  return { path: '/', more: 1 };
}
