import {
  clearUserData,
  newTracker,
  setUserId,
  trackPageView,
  trackSelfDescribingEvent,
} from '@snowplow/browser-tracker';

export function start({ url, schemas }, user) {
  newTracker('web', url, { appId: 'shop' });
  // The tracker keeps no user: each page names the one who is signed in.
  if (user !== undefined) setUserId(user.id);
  trackPageView();
  const track = async (name) => {
    trackSelfDescribingEvent({ event: { schema: schemas[name], data: {} } });
    // It writes its cookies 10 milliseconds after an event.
    while (!/(?:^|; )_sp_id\./.test(document.cookie)) await new Promise(requestAnimationFrame);
  };
  return {
    track,
    identify(userId) {
      setUserId(userId);
      return track('Person Named');
    },
    reset() {
      clearUserData({ preserveSession: false, preserveUser: false });
      setUserId(null);
    },
  };
}
