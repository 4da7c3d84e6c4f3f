const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** A time of day, with the date if it is another day. It is absolute, so that rows of a list do not change. */
export function Time({ at, isFull = false }: { readonly at: number; readonly isFull?: boolean }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span class="muted">not a time</span>;
  const isToday = day.format(date) === day.format(new Date());
  const time = `${clock.format(date)}${isFull ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : ''}`;
  const iso = date.toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {isToday ? time : `${day.format(date)} ${time}`}
    </time>
  );
}
