import { Link } from './link.js';
import { Empty } from './parts/empty.js';
import { place } from './place.js';

/** Explains an empty list: its filters match nothing, or nothing arrived. */
export function NoRows({ what }: { readonly what: string }) {
  const { view, ...filters } = place.use();
  const isFiltered = Object.values(filters).some((each) => each !== undefined);
  if (!isFiltered) {
    return (
      <Empty title={`No ${what} yet`}>
        <p>They appear here within a second after your application sends them.</p>
      </Empty>
    );
  }
  return (
    <Empty title={`No ${what} match`}>
      <p>
        The lists keep only the latest; the counts include everything.{' '}
        <Link to={{ view }}>Remove all filters</Link>
      </p>
    </Empty>
  );
}
