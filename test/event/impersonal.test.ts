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
