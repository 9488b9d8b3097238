import type { Clock } from './ports.ts';

interface Estimate {
  /** 0 to 1. */
  readonly done: number;
  /** Undefined until enough is done for an estimate. */
  readonly leftMs: number | undefined;
}

/** Estimates the time left. Gives none before half a second and 2 % of the work. */
function estimator(clock: Clock): (done: number) => Estimate {
  const start = clock();
  return (done) => {
    const passed = clock() - start;
    const known = passed > 500 && done > 0.02;
    return { done, leftMs: known ? (passed / done) * (1 - done) : undefined };
  };
}

function formatEstimate({ done, leftMs }: Estimate): string {
  const percent = `${Math.floor(done * 100)} %`;
  if (leftMs === undefined) return percent;
  const seconds = Math.ceil(leftMs / 1000);
  if (seconds < 90) return `${percent}, about ${seconds} s left`;
  return `${percent}, about ${Math.round(seconds / 60)} min left`;
}

/** "42 %, about 8 s left", from the speed of the present stage. Each stage starts a new estimate. */
export function stageProgress(clock: Clock): (stage: string, done: number) => string {
  let current: string | undefined;
  let estimate = estimator(clock);
  return (stage, done) => {
    if (stage !== current) {
      current = stage;
      estimate = estimator(clock);
    }
    return formatEstimate(estimate(done));
  };
}
