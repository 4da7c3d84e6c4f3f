const WIDTH = 120;
const HEIGHT = 28;

/** The pace of the last minute as a line, newest on the right. Decorative: the number is beside it. */
export function Spark({ samples, length }: { readonly samples: readonly number[]; readonly length: number }) {
  const smooth = samples.map((_, index) => mean(samples.slice(Math.max(0, index - 3), index + 1)));
  const top = Math.max(...smooth, 1);
  const step = WIDTH / (length - 1);
  const start = length - samples.length;
  const points = smooth.map((each, index) => {
    const y = HEIGHT - 1 - (each / top) * (HEIGHT - 4);
    return `${((start + index) * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return (
    <svg
      class="spark delivered"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {points.length > 1 && (
        <>
          <path class="area" d={`${line}V${HEIGHT}H${(start * step).toFixed(1)}Z`} />
          <path d={line} />
        </>
      )}
    </svg>
  );
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
