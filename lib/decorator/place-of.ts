/** How messages name a decorated method: `OrdersController.create`. Takes anything: decorators are put on what is none, too. */
export function placeOf(target: object | undefined, key: string | symbol | undefined): string {
  const itsClass = typeof target === 'function' ? target : target?.constructor;
  return [itsClass?.name, key]
    .filter((part) => part !== undefined && part !== '')
    .map(String)
    .join('.');
}
