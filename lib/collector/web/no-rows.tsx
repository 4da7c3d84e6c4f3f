import { Link } from './link.js';
import { place } from './place.js';

/** Explains an empty list: its filters match nothing, or nothing arrived. */
export function NoRows({ what }: { readonly what: string }) {
  const { view, ...filters } = place.use();
  const isFiltered = Object.values(filters).some((each) => each !== undefined);
  return (
    <div class="empty">
      <h3>{isFiltered ? `No ${what} match` : `No ${what} yet`}</h3>
      {isFiltered ? (
        <p>
          The lists keep only the latest; the counts include everything.{' '}
          <Link to={{ view }}>Remove all filters</Link>
        </p>
      ) : (
        <p>They appear here within a second after your application sends them.</p>
      )}
    </div>
  );
}
