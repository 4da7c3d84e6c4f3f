import business from 'facebook-nodejs-business-sdk';
import { createHash } from 'node:crypto';
import * as lib from '../../../lib/index.js';
import { nothing } from '../differences.mjs';

const { Content, CustomData, EventRequest, FacebookAdsApi, ServerEvent, UserData } = business;

const datasetId = '1234567890123456';
const accessToken = 'ACCESS_TOKEN_OF_A_DATASET';

export const meta = {
  name: 'Meta',
  sdk: 'facebook-nodejs-business-sdk',
  answer: ({ body }) => ({
    body: { events_received: JSON.parse(body).data.length, messages: [], fbtrace_id: 'AbCdEf' },
  }),
  records({ body, ...request }) {
    const { data, ...envelope } = JSON.parse(body);
    return data.map((message) => ({ ...request, envelope, message }));
  },
  startTheirs(url) {
    // Its host is a constant.
    Object.defineProperty(FacebookAdsApi, 'GRAPH', { get: () => url, configurable: true });
    return {
      async send(call, id) {
        if (call.type !== 'track') return false;
        await new EventRequest(accessToken, datasetId).setEvents([serverEvent(call, id)]).execute();
      },
      close() {},
    };
  },
  ours: (url) => lib.meta({ datasetId, accessToken, apiVersion: 'v24.0', endpoint: url }),
  differences: [
    {
      at: 'query/access_token',
      theirs: accessToken,
      ours: nothing,
      reason: 'The body has the token. The SDK sends it in the URL, too, where access logs keep it.',
    },
    { at: 'envelope/*', theirs: null, ours: nothing, reason: 'An option of the SDK that is not set.' },
    {
      at: 'envelope/id',
      theirs: datasetId,
      ours: nothing,
      reason: 'The path has the id of the dataset.',
    },
    {
      at: 'message/custom_data',
      theirs: {},
      ours: nothing,
      calls: ['an event without properties'],
      reason: 'An empty object has no effect.',
    },
    {
      at: 'message/user_data/ln/0',
      calls: ['an order with data of the person'],
      reason: 'Meta asks for names without punctuation before they are hashed. The SDK keeps it.',
    },
    {
      at: 'declined',
      theirs: nothing,
      ours: 'expired',
      calls: ['an event of last year'],
      reason: 'Meta rejects the whole request for one event that is older than 7 days.',
    },
    {
      at: '**',
      ours: nothing,
      calls: ['an event of last year'],
      reason: 'The SDK sends it, and loses the other events of the request.',
    },
  ],
};

function serverEvent(call, id) {
  const page = call.context?.page;
  const event = new ServerEvent()
    .setEventName(call.name)
    .setEventTime(Math.floor((call.timestamp ?? new Date()).getTime() / 1_000))
    .setEventId(id)
    .setUserData(userData(call))
    .setCustomData(customData(call.properties))
    .setActionSource(page ? 'website' : 'system_generated');
  return page ? event.setEventSourceUrl(page.url) : event;
}

/** The SDK leaves it to the caller to give dates and states in the form that Meta documents. */
const STATES = { California: 'CA' };

/** The SDK hashes everything but the external id, which is the caller's to hash. */
function userData({ userId, anonymousId, context, person }) {
  const ids = [userId, anonymousId].filter((id) => id !== undefined);
  const data = new UserData().setExternalIds(ids.map((id) => createHash('sha256').update(id).digest('hex')));
  if (context) data.setClientIpAddress(context.ip).setClientUserAgent(context.userAgent);
  if (!person) return data;
  return data
    .setEmail(person.email)
    .setPhone(person.phone)
    .setFirstName(person.firstName)
    .setLastName(person.lastName)
    .setDateOfBirth(person.dateOfBirth.replaceAll('-', ''))
    .setGender(person.gender)
    .setCity(person.city)
    .setState(STATES[person.state])
    .setZip(person.postalCode)
    .setCountry(person.country);
}

function customData({ value, currency, order_id, num_items, content_ids, contents, ...custom }) {
  const data = new CustomData();
  if (value !== undefined) data.setValue(value);
  if (currency !== undefined) data.setCurrency(currency);
  if (order_id !== undefined) data.setOrderId(order_id);
  if (num_items !== undefined) data.setNumItems(num_items);
  if (content_ids !== undefined) data.setContentIds(content_ids);
  if (contents !== undefined) {
    data.setContents(
      contents.map(({ id, quantity, item_price }) =>
        new Content().setId(id).setQuantity(quantity).setItemPrice(item_price),
      ),
    );
  }
  return data.setCustomProperties(custom);
}
