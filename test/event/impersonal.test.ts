import { describe, expect, test } from '@jest/globals';
import { impersonal } from '../../lib/event/impersonal.js';

describe('a context without its person', () => {
  test('has no address, browser, session or request', () => {
    const context = {
      ip: '203.0.113.7',
      userAgent: 'x',
      referrer: 'x',
      sessions: {},
      requestId: 'x',
      locale: 'de',
    };
    expect(impersonal(context)).toEqual({ locale: 'de' });
    expect(impersonal({ ip: '203.0.113.7' })).toBeUndefined();
  });

  test('has nothing that the protocol of Segment has there about a person', () => {
    const context = {
      traits: { email: 'ada@example.com' },
      device: { id: 'd', advertisingId: 'a' },
      externalIds: [{ id: 'ada' }],
      userId: 'ada',
      anonymousId: 'visitor',
      sessionId: 7,
      groupId: 'acme',
      groups: { company: 'acme' },
      location: { latitude: 40.2, longitude: 74 },
      userAgentData: { mobile: true },
      app: { name: 'shop' },
      timezone: 'Europe/Berlin',
    };
    expect(impersonal(context)).toEqual({ app: { name: 'shop' }, timezone: 'Europe/Berlin' });
  });

  test('has a page without its query, which may hold the id of a click or an email address', () => {
    const page = {
      url: 'https://shop.example/teapots?fbclid=IwAR2F4&email=ada%40example.com#top',
      path: '/teapots',
      title: 'Teapots? All of them',
      search: '?fbclid=IwAR2F4',
      referrer: 'https://mail.example/ada',
    };
    expect(impersonal({ page })).toEqual({
      page: { url: 'https://shop.example/teapots', path: '/teapots', title: 'Teapots? All of them' },
    });
    expect(impersonal({ page: { url: 'https://shop.example/#/invite/ada' } })).toEqual({
      page: { url: 'https://shop.example/' },
    });
    expect(impersonal({ page: 'https://shop.example/?fbclid=1' })).toEqual({ page: 'https://shop.example/' });
    expect(impersonal({ page: { search: '?q=1' } })).toBeUndefined();
    expect(impersonal({ page: 7 })).toEqual({ page: 7 });
  });
});
